/** Deploying and reading process definitions over HTTP. */
import Type from 'typebox';
import { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import { Title } from '../process-definition.ts';
import { closed, Hash, Next, Time } from './common.ts';

export const DeployQuery = Type.Object(
  {
    file: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[^\\u0000-\\u001f]+$',
        default: 'definition.yaml',
        description: 'The file name that findings carry.',
      }),
    ),
  },
  closed,
);

const definitionFields = {
  hash: Hash,
  process: Type.String(),
  version: Type.String(),
  current: Type.Boolean({ description: 'Whether new instances of the process get this one.' }),
};

export const DeployedDefinition = Type.Object(
  {
    ...definitionFields,
    findings: Type.Array(Finding, { description: 'Warnings; a definition with errors is refused.' }),
  },
  { description: 'A definition that was checked, proven and stored.' },
);

const storedFields = { ...definitionFields, deployedAt: Time, deployedBy: Type.String() };

export const DefinitionSummary = Type.Object(storedFields);
export const DefinitionList = Type.Object({ items: Type.Array(DefinitionSummary), next: Next });

export const DefinitionDetail = Type.Object({
  ...storedFields,
  title: Type.Union([Title, Type.Null()]),
  certificate: Type.Unsafe<Json>({
    description: 'The oversight certificate: proof that no proposal takes effect unapproved.',
  }),
});
