/**
 * The process definition as people write it in YAML: one file, one machine.
 *
 * This file is the single source: the types below are derived from the schemas, and
 * `schemas/process.schema.json` (for editors) is written from them by `npm run schemas`.
 * It says what a definition may look like; what it means, and whether it may run, is
 * decided in `engine/definition` and `engine/verify`.
 */
import Type, { type Static } from 'typebox';
import { Action, Effect } from './definition/action.ts';
import { DocumentDeclaration } from './definition/document.ts';
import { Task } from './definition/invoke.ts';
import { Message } from './definition/message.ts';
import { Decision } from './definition/propose.ts';
import { Schedule } from './definition/schedule.ts';
import { Allow } from './definition/selector.ts';
import { StateSchema, stateFields, stateMap } from './definition/state.ts';
import { closed, EmbeddedSchema, LegalBasis, NAME, Title } from './definition/text.ts';

export { Action, Assignments, Effect } from './definition/action.ts';
export { Delay } from './definition/delay.ts';
export { DocumentDeclaration, DocumentWork } from './definition/document.ts';
export {
  type DocumentOperation,
  documentActions,
  documentTasks,
  type OperationFields,
} from './definition/document-operations.ts';
export { Gate, Meaning, Overdue, Quorum } from './definition/gate.ts';
export { Compensate, Invoke, Retry, Task } from './definition/invoke.ts';
export { Message, Send } from './definition/message.ts';
export { Operator } from './definition/operator.ts';
export { Decision, Propose } from './definition/propose.ts';
export { Schedule } from './definition/schedule.ts';
export { Allow, Selector } from './definition/selector.ts';
export type { State } from './definition/state.ts';
export { Duration, EmbeddedSchema, Expression, LegalBasis, Title, Value } from './definition/text.ts';
export { EventTransition, PlainTransition } from './definition/transition.ts';

/** A whole process definition. */
export const ProcessDefinition = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' }),
    version: Type.String({
      pattern: '^\\d+\\.\\d+\\.\\d+$',
      description: 'For people. What identifies a definition is the SHA-256 of its file.',
    }),
    title: Title,
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    owner: Type.String({
      pattern: '^unit:[a-z0-9-]+$',
      description: 'The system owner (chủ quản hệ thống), Article 3.2.',
    }),
    responsible: Type.Object(
      { role: Type.String({ minLength: 1, maxLength: 200 }) },
      { ...closed, description: 'Who answers for this automated process (Article 27.2b).' },
    ),
    securityLevel: Type.Integer({
      minimum: 1,
      maximum: 5,
      description: 'Security level of the information system (Article 27.2d).',
    }),
    classification: Type.Union(
      [
        Type.Literal('normal'),
        Type.Literal('confidential'),
        Type.Literal('secret'),
        Type.Literal('top-secret'),
      ],
      { description: 'The highest secrecy it may carry. top-secret is refused (Article 1.2).' },
    ),
    legalBasis: Type.Optional(LegalBasis),
    decisions: Type.Optional(Type.Record(Type.String({ pattern: NAME }), Decision, closed)),
    context: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'JSON Schema of the data an instance carries. A property with `decision: KIND` is written only by an approved proposal.',
    }),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2000,
        description: 'A CEL expression naming the person the case is about; that person never decides in it.',
      }),
    ),
    tasks: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Task, {
        ...closed,
        description: 'The tasks that states invoke, besides the document tasks, which need no declaration.',
      }),
    ),
    messages: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Message, {
        ...closed,
        description: 'The messages this process sends, and those it takes as events of the same name.',
      }),
    ),
    documents: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), DocumentDeclaration, {
        ...closed,
        description: 'The documents this process works on.',
      }),
    ),
    schedule: Type.Optional(
      Type.Union([Schedule, Type.Array(Schedule, { minItems: 1, maxItems: 20 })], {
        description: 'When instances start by themselves.',
      }),
    ),
    calendar: Type.Optional(
      Type.String({
        pattern: NAME,
        description: 'The calendar that working days are counted by. Left out: vietnam.',
      }),
    ),
    index: Type.Optional(Type.Array(Type.String({ pattern: NAME }), { maxItems: 16, uniqueItems: true })),
    start: Type.Object(
      { allow: Allow, input: Type.Optional(EmbeddedSchema), title: Type.Optional(Title) },
      {
        ...closed,
        description: 'Who may start an instance. Without `input`: the context, less decision fields.',
      },
    ),
    type: Type.Optional(Type.Literal('parallel')),
    initial: Type.Optional(Type.String({ pattern: NAME })),
    on: stateFields.on,
    states: stateMap,
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign process definition',
    $defs: { State: StateSchema, Action, Effect },
  },
);
export type ProcessDefinition = Static<typeof ProcessDefinition>;
