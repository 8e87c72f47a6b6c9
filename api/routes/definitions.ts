/** Deploying and reading process definitions. */
import Type from 'typebox';
import type { StoredDefinition } from '../../engine/index.ts';
import {
  DefinitionDetail,
  DefinitionList,
  DeployedDefinition,
  DeployQuery,
} from '../../schemas/api/definitions.ts';
import type { Json } from '../../schemas/json.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Definitions';

export const definitionRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/definitions',
    operation: 'deployDefinition',
    tag,
    summary: 'Deploy a process definition',
    description:
      'Checks the YAML, proves that no proposal takes effect unapproved, and stores it. New instances of the process get it; running ones stay on theirs.',
    scope: 'deploy',
    query: DeployQuery,
    body: { kind: 'yaml', description: 'The definition: one file, one machine.' },
    success: {
      status: 201,
      schema: DeployedDefinition,
      description: 'Deployed.',
      headers: { Location: 'Where to read it.' },
    },
    refuses: ['not-allowed', 'definition-refused'],
    async handle({ engine, caller, query, body }) {
      const answer = await engine.deploy(caller, body, query.file ?? 'definition.yaml');
      if (answer.kind === 'refusal') return answer;
      const { hash, process, version, current } = answer.value.definition;
      const { findings } = answer.value;
      return reply({ hash, process, version, current, findings }, { location: `/v1/definitions/${hash}` });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/definitions',
    operation: 'listDefinitions',
    tag,
    summary: 'List definitions',
    description: 'Every definition ever deployed, superseded ones included.',
    scope: 'read',
    success: { status: 200, schema: DefinitionList, description: 'The definitions.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller }) {
      const answer = await engine.listDefinitions(caller);
      if (answer.kind === 'refusal') return answer;
      return reply({ items: answer.value.map(summaryOf), next: null });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/definitions/{hash}',
    operation: 'readDefinition',
    tag,
    summary: 'Read a definition and its certificate',
    scope: 'read',
    success: { status: 200, schema: DefinitionDetail, description: 'The definition.' },
    refuses: ['not-allowed', 'definition-unknown'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.readDefinition(caller, parameters.hash);
      if (answer.kind === 'refusal') return answer;
      const compiled = await engine.compiled(parameters.hash);
      const certificate: Json = JSON.parse(answer.value.certificate);
      return reply({
        ...summaryOf(answer.value),
        title: compiled?.definition.title ?? null,
        certificate,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/definitions/{hash}/source',
    operation: 'readDefinitionSource',
    tag,
    summary: 'Read the YAML of a definition',
    description: 'Byte for byte as it was deployed: its SHA-256 is the hash.',
    scope: 'read',
    success: {
      status: 200,
      schema: Type.String(),
      description: 'The YAML text.',
      mediaType: 'text/yaml; charset=utf-8',
    },
    refuses: ['not-allowed', 'definition-unknown'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.readDefinition(caller, parameters.hash);
      return answer.kind === 'refusal' ? answer : reply(answer.value.source);
    },
  }),
];

function summaryOf(definition: StoredDefinition) {
  const { hash, process, version, current, deployedAt, deployedBy } = definition;
  return { hash, process, version, current, deployedAt, deployedBy };
}
