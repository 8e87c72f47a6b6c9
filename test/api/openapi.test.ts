import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { pagePaths } from '../../api/pages/mount-pages.ts';
import { problems } from '../../api/problems.ts';
import { allRoutes } from '../../api/routes/all-routes.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { problemCodes } from '../../schemas/problem-codes.ts';
import { testApp } from './support/caller.ts';
import { document } from './support/document-check.ts';

interface Operation extends JsonObject {
  readonly operationId: string;
  readonly responses: { readonly [status: string]: JsonObject };
  readonly parameters: readonly JsonObject[];
  readonly tags: readonly string[];
}

const paths = document.paths as { readonly [path: string]: { readonly [method: string]: Operation } };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const components = document.components as { schemas: JsonObject };

test('the app serves exactly what the document describes, and the pages', () => {
  // SCIM is described by its RFCs.
  const routes = testApp().app.routes.filter(({ path }) => !path.startsWith('/scim/'));
  const served = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  const pages = pagePaths.map((path) => `GET ${path}`);
  expect(served.sort()).toEqual([...described, ...pages].sort());
});

test('the document is served as it is, to anybody', async () => {
  const response = await testApp().send('GET', '/v1/openapi.json', { anonymous: true });
  expect(await response.json()).toEqual({
    ...document,
    info: { ...(document.info as JsonObject), version: '0.1.0' },
  });
});

test('every reference leads somewhere, and every schema is used', () => {
  const references = new Set<string>();
  walk(document, (object) => {
    if (typeof object.$ref === 'string') references.add(object.$ref);
  });
  const known = Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...references].sort()).toEqual(known.sort());
});

describe('OpenAPI 3.1 rules', () => {
  test('the document has its required fields and no others', () => {
    const allowed = ['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components'];
    expect(Object.keys(document).sort()).toEqual(allowed.sort());
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  });

  test('operation ids are unique, and tags are declared', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
    const declared = (document.tags as readonly JsonObject[]).map(({ name }) => name);
    for (const { operation } of operations) for (const tag of operation.tags) expect(declared).toContain(tag);
  });

  test.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))(
    '%s',
    (_, { path, method, operation }) => {
      const allowed = [
        'operationId',
        'tags',
        'summary',
        'description',
        'security',
        'parameters',
        'requestBody',
        'responses',
      ];
      expect(Object.keys(operation).filter((name) => !allowed.includes(name))).toEqual([]);
      const parameters = operation.parameters ?? [];
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
      for (const parameter of parameters) {
        expect(['path', 'query', 'header']).toContain(parameter.in);
        expect(parameter.schema).toBeDefined();
        if (parameter.in === 'path') expect(parameter.required).toBe(true);
        // OpenAPI ignores header parameters with these names.
        expect(['accept', 'content-type', 'authorization']).not.toContain(
          String(parameter.name).toLowerCase(),
        );
      }
      const keys = parameters.map((one) => `${String(one.in)} ${String(one.name)}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(method === 'get' ? operation.requestBody : undefined).toBeUndefined();
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => /^[23]/.test(status))).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).toEqual(expect.stringMatching(/\S/));
      }
    },
  );

  test('every schema is valid JSON Schema 2020-12, and its examples fit it', () => {
    const ajv = new Ajv2020({
      keywords: ['components'],
      strict: true,
      strictTypes: false,
      formats: { 'date-time': true, 'uri-reference': true },
    });
    for (const [name, schema] of Object.entries(components.schemas)) {
      const validate = ajv.compile({ $ref: `#/components/schemas/${name}`, components } as object);
      for (const example of ((schema as JsonObject).examples ?? []) as readonly Json[]) {
        expect(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      }
    }
  });
});

test('every problem code but those of no route is documented on one, with its own status', () => {
  const told = new Set(
    operations.flatMap(({ operation }) =>
      Object.entries(operation.responses).flatMap(([status, { description }]) =>
        [...String(description).matchAll(/^`([a-z-]+)`:/gm)].map(([, code]) => `${status} ${code}`),
      ),
    ),
  );
  const ofNoRoute = ['method-not-allowed'];
  const expected = problemCodes
    .filter((code) => !ofNoRoute.includes(code))
    .map((code) => `${problems[code].status} ${code}`);
  expect([...told].sort()).toEqual(expected.sort());
});

test('every route that needs a key says so and how one is refused', () => {
  for (const { path, method } of allRoutes) {
    const operation = paths[path]?.[method.toLowerCase()];
    expect(operation?.security).toBeUndefined();
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining(['400', '401', '500', '503']),
    );
  }
});

function walk(value: Json, visit: (object: JsonObject) => void): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) visit(value as JsonObject);
  for (const item of Object.values(value)) walk(item as Json, visit);
}
