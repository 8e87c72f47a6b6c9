/** Why somebody may do something with an instance, or may not. */
import Type from 'typebox';
import { Title } from '../process-definition.ts';
import { AnyJson, closed, Hash, InstanceId, InstanceStatus } from './common.ts';

export const WhyQuery = Type.Object(
  {
    principal: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'About whom: person:…, service:… or agent:…. Yourself, unless you name another.',
      }),
    ),
    event: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'About this event only, whether any active state takes it or not.',
      }),
    ),
  },
  closed,
);

const Considered = Type.Object({
  transition: Type.String(),
  from: Type.String(),
  position: Type.Object({ line: Type.Integer(), column: Type.Integer() }),
  reason: Type.String(),
  detail: AnyJson,
});

const WhyAnswer = Type.Object({
  kind: Type.Union([Type.Literal('event'), Type.Literal('gate'), Type.Literal('proposal')]),
  name: Type.String({ description: 'The event, or the state of the gate or of the request.' }),
  title: Type.Union([Title, Type.Null()]),
  allowed: Type.Boolean(),
  code: Type.Union([Type.String(), Type.Null()], {
    description: 'The code that an attempt would be refused with; null when it is allowed.',
  }),
  rule: Type.String({ description: 'Whom the definition allows it, in words.' }),
  why: Type.String(),
  next: Type.Union([Type.String(), Type.Null()], { description: 'What to do; null when it is allowed.' }),
  missing: Type.Array(Type.String(), { description: 'What would have to be otherwise.' }),
  considered: Type.Array(Considered, { description: 'The transitions that were looked at.' }),
  who: Type.Array(Type.Object({ principal: Type.String(), name: Type.String() }), {
    description: 'Others who could do it at this instant.',
  }),
  moreMayFollow: Type.Boolean({ description: 'Whether there may be more than those named.' }),
});

export const Why = Type.Object(
  {
    instance: InstanceId,
    process: Type.String(),
    definition: Hash,
    seq: Type.Integer(),
    status: InstanceStatus,
    principal: Type.Object({
      id: Type.String(),
      kind: Type.Union([Type.Literal('person'), Type.Literal('service'), Type.Literal('agent')]),
      name: Type.String(),
      person: Type.String(),
      unit: Type.Union([Type.String(), Type.Null()]),
      roles: Type.Array(Type.String()),
      positions: Type.Array(Type.String()),
      active: Type.Boolean(),
    }),
    answers: Type.Array(WhyAnswer, {
      description: 'One for each event that an active state takes, each open gate and each open request.',
    }),
  },
  { description: 'What a principal may do with an instance now, by which rule, and who else could.' },
);
