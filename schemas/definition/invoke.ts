/** Work that a state waits for: a task, another process, or undoing what was done. */
import Type, { type Static } from 'typebox';
import { documentName } from './document.ts';
import { documentTasks } from './document-operations.ts';
import { Allow } from './selector.ts';
import { closed, Duration, EmbeddedSchema, EVENT_NAME, Expression, NAME, Title, Value } from './text.ts';

/** How often a task that failed is tried again, and after what time. */
export const Retry = Type.Object(
  {
    maxAttempts: Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'How often it is tried at most, the first time included.',
    }),
    initialInterval: Type.Optional(
      Type.Union([Duration], { description: 'Wait before the second attempt.' }),
    ),
    backoffCoefficient: Type.Optional(
      Type.Number({ minimum: 1, maximum: 100, description: 'Each wait is so many times the one before.' }),
    ),
    maxInterval: Type.Optional(Type.Union([Duration], { description: 'No wait is longer.' })),
  },
  { ...closed, description: 'How often a failed attempt is repeated. Left out: never.' },
);
export type Retry = Static<typeof Retry>;

const taskName = Type.Union(
  [
    ...Object.entries(documentTasks).map(([name, { description }]) => Type.Literal(name, { description })),
    Type.String({ pattern: EVENT_NAME, description: 'A task declared under `tasks`.' }),
  ] as [Type.TString],
  { description: 'A task declared under `tasks`, or one of the document tasks.' },
);

const Inputs = Type.Record(Type.String({ pattern: NAME }), Value, {
  ...closed,
  description: 'What it is given. Evaluated on entering the state.',
});

const taskFields = {
  document: Type.Optional(documentName),
  input: Type.Optional(Inputs),
  retry: Type.Optional(Retry),
  timeout: Type.Optional(Type.Union([Duration], { description: 'How long it may take; then `onError`.' })),
};

/** What a state waits for. `onDone` follows with the result, `onError` when it failed for good. */
export const Invoke = Type.Object(
  {
    task: Type.Optional(taskName),
    process: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9-]{0,63}$',
        description: 'The id of another process, started as a child of this instance.',
      }),
    ),
    compensate: Type.Optional(
      Type.Literal('all', {
        description: 'Undo everything that has a `compensate` and was done, the latest first.',
      }),
    ),
    ...taskFields,
    forEach: Type.Optional(
      Type.Union([Expression], {
        description: 'A list: one child is started for each of its items, which `input` reads as `item`.',
      }),
    ),
    complete: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Literal('any'), Type.Integer({ minimum: 1, maximum: 1000 })], {
        default: 'all',
        description:
          'How many children must be done before `onDone` follows. `onError` when so many cannot be.',
      }),
    ),
    output: Type.Optional(
      Type.Union([EmbeddedSchema], {
        description: 'What a child answers, so that `task` has a type. A task declares its own.',
      }),
    ),
  },
  {
    ...closed,
    minProperties: 1,
    description: 'One of `task`, `process` and `compensate`, and what it needs.',
  },
);
export type Invoke = Static<typeof Invoke>;

/** The task that undoes what this state did. */
export const Compensate = Type.Object(
  {
    task: taskName,
    ...taskFields,
    input: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Value, {
        ...closed,
        description: 'What it is given; `task` is what the work gave. Evaluated when it is undone.',
      }),
    ),
  },
  {
    ...closed,
    description: 'The task that undoes this one. A state with `invoke: { compensate: all }` runs it.',
  },
);
export type Compensate = Static<typeof Compensate>;

/** A task of this process: what it takes and gives, and who performs it. */
export const Task = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    input: Type.Optional(EmbeddedSchema),
    output: Type.Optional(EmbeddedSchema),
    worker: Type.Optional(Allow),
    http: Type.Optional(
      Type.Object(
        {
          url: Type.String({
            pattern: '^https://[^\\s{}]+$',
            maxLength: 2000,
            description: 'Where the request goes: written out, so that whoever approves the file sees it.',
          }),
          method: Type.Optional(
            Type.Union(
              [Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH'), Type.Literal('GET')],
              { default: 'POST' },
            ),
          ),
        },
        { ...closed, description: 'An HTTP request; the input is its body, and the answer the output.' },
      ),
    ),
  },
  closed,
);
export type Task = Static<typeof Task>;
