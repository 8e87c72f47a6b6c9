import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { schemaFiles, schemaFileText } from '../../schemas/write-schema-files.ts';

describe('schema files', () => {
  for (const [name, schema] of schemaFiles) {
    test(`schemas/${name} is what its source says; run "npm run schemas" if not`, () => {
      const committed = readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8');
      expect(committed).toBe(schemaFileText(schema));
    });

    test(`schemas/${name} is a JSON Schema 2020-12 that a validator accepts`, () => {
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
      expect(() => ajv.compile(JSON.parse(schemaFileText(schema)))).not.toThrow();
    });
  }

  test('a definition may not carry members that its schema does not name', () => {
    const ajv = new Ajv2020({ strict: true });
    const text = readFileSync(new URL('../../schemas/process.schema.json', import.meta.url), 'utf8');
    const check = ajv.compile(JSON.parse(text));
    const valid = {
      id: 'x',
      version: '1.0.0',
      title: { vi: 'X', en: 'X' },
      owner: 'unit:x',
      responsible: { role: 'x' },
      securityLevel: 1,
      classification: 'normal',
      context: { type: 'object' },
      start: { allow: { role: 'x' } },
      initial: 'a',
      states: { a: { type: 'final' } },
    };
    expect(check(valid)).toBe(true);
    expect(check({ ...valid, states: { 'not a name': {} } })).toBe(false);
    expect(check({ ...valid, states: { a: { on: { 'not an event!': 'a' } } } })).toBe(false);
    expect(check({ ...valid, states: { a: { after: { soon: 'a' } } } })).toBe(false);
    expect(check({ ...valid, surprise: true })).toBe(false);
  });
});
