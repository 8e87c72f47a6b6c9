/**
 * Says what the definition language knows, member by member, from the schemas that check it. A member
 * that neither the schema nor the list below explains throws: nothing in the language stays unexplained.
 */
import type { TSchema } from 'typebox';
import {
  Action,
  Allow,
  Assignments,
  Compensate,
  Decision,
  DocumentDeclaration,
  type DocumentOperation,
  DocumentWork,
  Duration,
  EmbeddedSchema,
  EventTransition,
  Expression,
  Gate,
  Invoke,
  LegalBasis,
  Message,
  type OperationFields,
  Operator,
  Overdue,
  PlainTransition,
  ProcessDefinition,
  Propose,
  Quorum,
  Retry,
  Schedule,
  Selector,
  Send,
  Task,
  Title,
  Value,
} from '../schemas/process-definition.ts';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly patternProperties?: { readonly [pattern: string]: Schema };
  readonly required?: readonly string[];
}

const plain = (schema: TSchema): Schema => JSON.parse(JSON.stringify(schema)) as Schema;
const processSchema = plain(ProcessDefinition);

/** Each construct with a name of its own, in the words of `docs/language.md`. */
const constructs: ReadonlyMap<string, Schema> = new Map([
  ['process', processSchema],
  ['start', processSchema.properties?.start ?? {}],
  ['state', (processSchema.$defs as { State: Schema }).State],
  ['event transition', plain(EventTransition)],
  ['transition', plain(PlainTransition)],
  ['gate', plain(Gate)],
  ['overdue', plain(Overdue)],
  ['quorum', plain(Quorum)],
  ['propose', plain(Propose)],
  ['invoke', plain(Invoke)],
  ['retry', plain(Retry)],
  ['compensate', plain(Compensate)],
  ['task', plain(Task)],
  ['message', plain(Message)],
  ['send', plain(Send)],
  ['action', plain(Action)],
  ['document', plain(DocumentDeclaration)],
  ['operator', plain(Operator)],
  ['schedule', plain(Schedule)],
  ['decision', plain(Decision)],
  ['selector', plain(Selector)],
]);

/** What the schemas leave to be said here, as `construct.member` or, for several constructs, `*.member`. */
const words: Readonly<Record<string, string>> = {
  'process.id': 'What callers start: `outgoing-document`.',
  'process.description': 'For readers.',
  'process.decisions': 'Each kind of decision on which an AI may propose.',
  'process.index': 'Context fields that instances can be searched by.',
  'process.type': 'The states of the process are all active at once.',
  'process.initial': 'The state it begins in; needed unless `type` is `parallel`.',
  'process.states': 'The states by name, in the order of the file.',
  'start.allow': 'Who may start an instance.',
  'start.input': 'What a start may carry.',
  'state.type':
    'Mostly known by itself: with `states` a state is compound, with `history` a history state, else atomic.',
  'state.description': 'For readers.',
  'state.initial': 'The child a compound state begins in.',
  'state.history': 'Return to the child that was active last; `deep`: to everything below as well.',
  'state.entry': 'What to do on entering.',
  'state.exit': 'What to do on leaving.',
  'state.always': 'Taken at once, as soon as a guard holds.',
  'state.onDone':
    'When the children of a compound or parallel state are done, the proposal has come, or the work is done.',
  'state.onError': 'When no proposal came before its timeout, or the work has failed for good.',
  'state.propose': 'Ask an AI agent for a proposal here.',
  'state.gate': 'People decide here.',
  'state.states': 'The states inside.',
  '*.guard': 'Taken only where this is true.',
  '*.reenter': 'Leave and enter the state even where the target is inside it.',
  'event transition.allow': 'Who may send the event. Absent: nobody.',
  'event transition.input': 'What data it may carry. Absent: none.',
  '*.actions': 'Messages to send and actions on documents, after the fields are set.',
  '*.description': 'For readers.',
  'action.assign': 'Fields to set.',
  'action.send': 'A message to send.',
  'task.input': 'What it takes. Absent: nothing.',
  'task.output': 'What it gives, as `task` in `onDone`. Absent: nothing.',
  'task.worker': 'Which service performs it: it polls for it.',
  'message.input': 'What it carries, as `event` where it is taken. Absent: nothing.',
  'message.timeToLive': 'How long it waits for an instance that takes it.',
  'gate.reviewers': 'Who may decide here.',
  'quorum.approve': 'A number, or a share of the members.',
  'propose.agent': 'Which agents may answer.',
  'propose.input': 'What the agent is given to work from.',
  'propose.output': 'What the payload of a proposal must fit.',
  'propose.instructions': 'Said to the agent in words.',
  'propose.timeout': 'How long to wait; then `onError`.',
  'selector.role': 'Holds one of these roles.',
  'selector.position': 'Holds one of these positions.',
  'selector.principal': 'Is one of these.',
  'selector.expression': 'The expression is true, with `actor` for whoever it is about.',
};

/** A Markdown table of the members of a construct: name, what it takes, and what it means. */
export function membersTable(construct: string): string {
  const schema = constructs.get(construct);
  if (schema?.properties === undefined) throw new Error(`There is no construct "${construct}".`);
  const rows = Object.entries(schema.properties).map(([name, member]) => {
    const needed = schema.required?.includes(name) === true ? ' *' : '';
    return `| \`${name}\`${needed} | ${formOf(member)} | ${sentencesOf(construct, name, member)} |`;
  });
  return ['| member | takes | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A Markdown table of what may be done with documents: what each takes and gives. `?`: may be left out. */
export function operationsTable(operations: Readonly<Record<string, DocumentOperation>>): string {
  const fields = (all: OperationFields) =>
    Object.entries(all)
      .map(([name, type]) => (type.endsWith('?') ? `\`${name}\`?` : `\`${name}\``))
      .join(', ');
  const rows = Object.entries(operations).map(
    ([name, { description, input, output }]) =>
      `| \`${name}\` | ${fields(input)} | ${fields(output)} | ${description} |`,
  );
  return ['| name | takes | gives | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function sentencesOf(construct: string, name: string, member: Schema): string {
  // The words of a form ("An ISO 8601 duration") explain the form; they say nothing of this member.
  const known = [...forms.values()].some(({ schema }) => schema.description === member.description);
  const said = words[`${construct}.${name}`] ?? words[`*.${name}`];
  const own = known && said !== undefined ? undefined : member.description;
  const sentences = [said, own].filter((sentence) => sentence !== undefined);
  if (sentences.length === 0)
    throw new Error(`Nothing explains "${name}" of ${construct}: add words for it.`);
  return sentences.join(' ').replaceAll('|', '\\|');
}

/** Forms that have a name in the reference. Told by what they are, since options are copies. */
const forms: ReadonlyMap<string, { readonly name: string; readonly schema: Schema }> = new Map(
  (
    [
      ['`{ vi, en }`', Title],
      ['expression', Expression],
      ['value', Value],
      ['duration', Duration],
      ['JSON Schema', EmbeddedSchema],
      ['JSON Schema', processSchema.properties?.context],
      ['who', Allow],
      ['list of `law/article`', LegalBasis],
      ['`field: value`', Assignments],
      ['action', { $ref: '#/$defs/Action' }],
      ['effect', { $ref: '#/$defs/Effect' }],
      ['document work', DocumentWork],
      ['invoke', Invoke],
      ['retry', Retry],
      ['compensate', Compensate],
      ['task', Task],
      ['message', Message],
      ['send', Send],
      ['document', DocumentDeclaration],
      ['operator', Operator],
      ['schedule', Schedule],
      ['target', PlainTransition.properties.target],
      ['transition', PlainTransition],
      ['event transition', EventTransition],
      ['gate', Gate],
      ['overdue', Overdue],
      ['propose', Propose],
      ['quorum', Quorum],
      ['decision', Decision],
      ['selector', Selector],
      ['start', processSchema.properties?.start],
      ['state', { $ref: '#/$defs/State' }],
    ] as const
  ).map(([name, schema]) => {
    const text = JSON.stringify(schema);
    return [text, { name, schema: JSON.parse(text) as Schema }];
  }),
);

function formOf(schema: Schema): string {
  const named = forms.get(JSON.stringify(schema));
  if (named !== undefined) return named.name;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(formOf))].join(', ');
  if (schema.type === 'array') return `list of ${formOf(schema.items ?? {})}`;
  if (schema.type === 'null') return '`null`';
  if (schema.type !== 'object') return schema.type ?? 'any';
  const [inner] = Object.values(schema.patternProperties ?? {});
  if (inner !== undefined) return `\`name:\` ${formOf(inner)}`;
  return `\`{ ${Object.keys(schema.properties ?? {}).join(', ')} }\``;
}
