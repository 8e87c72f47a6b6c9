/**
 * What somebody who wants a proposal through unapproved might do to a definition, one change a mutant. Each
 * operator tries its change at every place of the file where it can be made.
 */
import { parse } from 'yaml';

export interface Mutant {
  readonly operator: string;
  readonly what: string;
  /** JSON text, which is YAML too. */
  readonly source: string;
}

interface Candidate {
  target?: string;
  guard?: string;
  assign?: { [field: string]: unknown };
  actions?: object;
  allow?: object;
}

interface StateText {
  id?: string;
  type?: string;
  on?: { [event: string]: Candidate[] | null };
  always?: Candidate[];
  after?: { [delay: string]: Candidate[] };
  onDone?: Candidate[];
  onError?: Candidate[];
  entry?: object;
  gate?: {
    binds?: string;
    meaning: string;
    reviewers: object;
    exclude?: string[];
    quorum?: object;
    due?: string;
    onOverdue?: object;
  };
  invoke?: object;
  operator?: object;
  propose?: { decision: string; output: { properties: { [member: string]: { type?: string } } } };
  output?: { [name: string]: unknown };
  initial?: string;
  /** Of a history. */
  target?: string;
  states?: { [name: string]: StateText };
}

interface Text extends StateText {
  decisions: { [kind: string]: { importance?: string; personnel?: boolean; acts?: readonly string[] } };
  messages?: object;
  context: { properties: { [field: string]: { type?: string; enum?: unknown; decision?: string } } };
}

type Report = (what: string) => void;
/** Makes its change at each place in turn: `done` hands in the text as it is then. */
type Operator = (text: Text, done: Report) => void;

export function mutantsOf(source: string): readonly Mutant[] {
  const original = readText(source);
  return Object.entries(operators).flatMap(([operator, operate]) => {
    const found: Mutant[] = [];
    operate(original, (what) => found.push({ operator, what, source: JSON.stringify(original) }));
    return found;
  });
}

const outcomes = ['approved', 'rejected', 'returned'];
const someone = { role: 'somebody' };

const operators: { readonly [name: string]: Operator } = {
  'retarget an outcome, an answer, a timer or an event': (text, done) => {
    for (const { place, candidate } of candidatesIn(text)) {
      if (candidate.target === undefined) continue;
      for (const id of idsIn(text)) {
        if (`#${id}` === candidate.target) continue;
        changing(candidate, { target: `#${id}` }, () => done(`${place} leads to ${id}`));
      }
    }
  },
  'remove a gate': (text, done) => {
    for (const [id, state] of gatesIn(text)) {
      const on = withoutRemarks(state.on);
      changing(state, { gate: undefined, on }, () => done(`${id} is no gate`));
    }
  },
  'let somebody send what a gate decided': (text, done) => {
    for (const [id, state] of gatesIn(text)) {
      const on = Object.fromEntries(
        Object.entries(withoutRemarks(state.on)).map(([event, list]) => [
          event,
          outcomes.includes(event) ? (list ?? []).map((one) => ({ ...one, allow: someone })) : list,
        ]),
      );
      changing(state, { gate: undefined, on }, () => done(`${id} takes its outcomes as events`));
    }
  },
  'leave out one act or one request': (text, done) => {
    for (const [id, state] of statesIn(text)) {
      const next = (state.gate ? state.on?.approved : state.propose ? state.onDone : undefined)?.[0]?.target;
      if (next === undefined) continue;
      const leading = candidatesIn(text).filter(({ candidate }) => candidate.target === `#${id}`);
      const all = (target: string) => {
        for (const { candidate } of leading) candidate.target = target;
      };
      all(next);
      const frame = frameOf(text, id);
      const initial = namesOf(frame).find((name) => `#${frame.states?.[name]?.id}` === next);
      const begins = frame.states?.[frame.initial ?? '']?.id === id && initial !== undefined;
      changing(frame, begins ? { initial } : {}, () => done(`${id} is passed over`));
      all(`#${id}`);
    }
  },
  'weaken a quorum': (text, done) => {
    for (const [id, { gate }] of gatesIn(text)) {
      if (gate?.quorum === undefined) continue;
      for (const quorum of [
        undefined,
        { approve: 1 },
        { approve: 2 },
        { approve: 'two-thirds', of: 'members' },
      ])
        changing(gate, { quorum }, () => done(`${id} needs ${JSON.stringify(quorum) ?? 'one'}`));
    }
  },
  'change what a gate means': (text, done) => {
    for (const [id, { gate }] of gatesIn(text)) {
      for (const meaning of ['consider', 'appraise', 'approve'])
        if (gate && gate.meaning !== meaning)
          changing(gate, { meaning }, () => done(`${id} means ${meaning}`));
    }
  },
  'change what a gate binds': (text, done) => {
    for (const [id, { gate }] of gatesIn(text)) {
      for (const binds of [undefined, ...Object.keys(text.decisions)])
        if (gate && gate.binds !== binds) changing(gate, { binds }, () => done(`${id} binds ${binds}`));
    }
  },
  'exclude nobody': (text, done) => {
    for (const [id, { gate }] of gatesIn(text))
      if (gate?.exclude) changing(gate, { exclude: undefined }, () => done(`${id} excludes nobody`));
  },
  'add an event': (text, done) => {
    addEdges(text, done, (state, target) => ({
      on: { ...state.on, skip: [{ target, allow: someone }] },
    }));
  },
  'add an always': (text, done) => {
    addEdges(text, done, (state, target) => ({ always: [...(state.always ?? []), { target }] }));
  },
  'add a timer': (text, done) => {
    addEdges(text, done, (state, target) => ({ after: { ...state.after, P9D: [{ target }] } }));
  },
  'let a gate be overdue': (text, done) => {
    for (const [id, { gate }] of gatesIn(text)) {
      for (const target of idsIn(text))
        if (gate && target !== id)
          changing(gate, { due: 'P3D', onOverdue: { target: `#${target}` } }, () =>
            done(`${id}, overdue, leads to ${target}`),
          );
    }
  },
  'let an operator move it': (text, done) => {
    addEdges(text, done, (_state, target) => ({ operator: { allow: someone, skip: target } }));
    addEdges(text, done, (_state, target) => ({ operator: { allow: someone, repair: [target] } }));
  },
  'take a message': (text, done) => {
    changing(text, { messages: { news: { keys: { all: "'all'" } } } }, () =>
      addEdges(text, done, (state, target) => ({ on: { ...state.on, news: [{ target }] } })),
    );
  },
  'send a message': (text, done) => {
    changing(text, { messages: { news: { keys: { all: "'all'" }, timeToLive: 'P1D' } } }, () => {
      for (const { place, candidate } of candidatesIn(text))
        changing(candidate, { actions: { send: { message: 'news' } } }, () => done(`${place} sends`));
    });
  },
  'act on a document': (text, done) => {
    for (const [id, state] of statesIn(text)) {
      const entry = { 'document.draft': { input: { title: "'Thư'" } } };
      if (canBeLeft(state)) changing(state, { entry }, () => done(`entering ${id} drafts`));
    }
  },
  'wait for a task': (text, done) => {
    for (const [id, state] of statesIn(text)) {
      const onDone = Object.values(state.on ?? {}).flatMap((list) => list ?? [])[0]?.target;
      if (onDone === undefined || state.gate || state.propose) continue;
      const onwards = [{ target: onDone }];
      const work = {
        invoke: { task: 'document.verify', timeout: 'PT1M' },
        onDone: onwards,
        onError: onwards,
      };
      changing(state, work, () => done(`${id} waits for a task`));
    }
  },
  'write the field of a decision elsewhere': (text, done) => {
    for (const [field, { decision, type }] of Object.entries(text.context.properties)) {
      if (decision === undefined) continue;
      const copy = copyOf(text, field) ?? `proposal.${decision}`;
      for (const value of [copy, ...(type === 'string' ? ["'normal'"] : [])])
        for (const { place, candidate } of candidatesIn(text)) {
          if (candidate.assign?.[field] === value) continue;
          const assign = { ...candidate.assign, [field]: value };
          changing(candidate, { assign }, () => done(`${place} writes ${field}: ${value}`));
        }
      for (const [id, state] of statesIn(text)) {
        if (!canBeLeft(state)) continue;
        changing(state, { entry: { assign: { [field]: copy } } }, () =>
          done(`entering ${id} writes ${field}`),
        );
      }
    }
  },
  'read a proposal early': (text, done) => {
    for (const kind of Object.keys(text.decisions)) {
      const read = `proposal.${kind}.${memberOf(text, kind)} != ''`;
      for (const { place, candidate } of candidatesIn(text)) {
        if (candidate.guard !== undefined) continue;
        changing(candidate, { guard: read }, () => done(`${place} asks ${read}`));
      }
    }
  },
  'call a decision less or more': (text, done) => {
    for (const [kind, decision] of Object.entries(text.decisions)) {
      for (const importance of [undefined, 'ordinary', 'important'])
        for (const personnel of [undefined, true]) {
          if (decision.importance === importance && decision.personnel === personnel) continue;
          const change = { importance, personnel };
          changing(decision, change, () => done(`${kind} is ${JSON.stringify(change)}`));
        }
      for (const acts of [undefined, ['appraise'], ['consider'], ['consider', 'appraise']]) {
        const change = { importance: 'ordinary', personnel: undefined, acts };
        changing(decision, change, () => done(`${kind} is ${JSON.stringify(change)}`));
      }
    }
  },
  'call an ending a success': (text, done) => {
    // The end of a frame is no end of the process: it answers nothing.
    for (const state of Object.values(text.states ?? {})) {
      const { id } = state;
      if (state.type !== 'final') continue;
      for (const output of [undefined, { result: "'issued'" }, { result: "'rejected'" }])
        changing(state, { output }, () => done(`${id} answers ${JSON.stringify(output)}`));
    }
  },
};

/** Adds an edge from each state to each other one. */
function addEdges(
  text: Text,
  done: Report,
  change: (state: StateText, target: string) => Partial<StateText>,
): void {
  for (const [id, state] of statesIn(text)) {
    if (!canBeLeft(state)) continue;
    for (const target of idsIn(text))
      if (target !== id) changing(state, change(state, `#${target}`), () => done(`from ${id} to ${target}`));
  }
}

/** The change is there while `then` runs, and not afterwards. */
function changing<T extends object>(
  object: T,
  change: { readonly [K in keyof T]?: T[K] | undefined },
  then: () => void,
): void {
  const before = { ...object };
  Object.assign(object, change);
  then();
  for (const key of Object.keys(change)) if (!Object.hasOwn(before, key)) Reflect.deleteProperty(object, key);
  Object.assign(object, before);
}

/** With every candidate written out in a list, and every target by id. */
function readText(source: string): Text {
  // What people read makes the text long, and changes nothing that is proven.
  const plain = JSON.stringify(parse(source), (key, value: unknown) =>
    ['description', 'legalBasis', 'instructions'].includes(key) ? undefined : value,
  );
  const text = JSON.parse(plain) as Text;
  const byOldId = new Map<string, string>();
  const paths = new Map<StateText, readonly string[]>();
  const place = (states: StateText['states'], around: readonly string[]) => {
    for (const [key, state] of Object.entries(states ?? {})) {
      const path = [...around, key];
      if (state.id !== undefined) byOldId.set(state.id, path.join('-'));
      paths.set(state, path);
      place(state.states, path);
    }
  };
  place(text.states, []);
  for (const [state, path] of paths) state.id = path.join('-');
  for (const [, state] of statesIn(text)) Reflect.deleteProperty(state, 'title');
  for (const [, state] of [['', text] as const, ...statesIn(text)]) {
    for (const key of ['always', 'onDone', 'onError'] as const)
      if (state[key] !== undefined) state[key] = listOf(state[key]);
    for (const map of [state.on, state.after])
      for (const [key, value] of Object.entries(map ?? {}))
        if (map && value !== null) map[key] = listOf(value);
    const from = paths.get(state) ?? [];
    const absolute = (target: string) => absoluteTarget(target, from, byOldId);
    for (const list of listsOf(state))
      for (const one of list) if (one.target) one.target = absolute(one.target);
    if (state.type === 'history' && state.target !== undefined) state.target = absolute(state.target);
  }
  for (const { candidate } of candidatesIn(text)) Reflect.deleteProperty(candidate, 'title');
  return text;
}

function listOf(value: unknown): Candidate[] {
  return [value].flat().map((one) => (typeof one === 'string' ? { target: one } : (one as Candidate)));
}

/** `.child` is inside the state, `#id` anywhere, and a bare name beside it; each may go on inwards. */
function absoluteTarget(
  target: string,
  from: readonly string[],
  byOldId: ReadonlyMap<string, string>,
): string {
  if (target.startsWith('#')) {
    const [id = '', ...inwards] = target.slice(1).split('.');
    return `#${[byOldId.get(id) ?? id, ...inwards].join('-')}`;
  }
  const around = target.startsWith('.') ? from : from.slice(0, -1);
  return `#${[...around, ...target.replace(/^\./, '').split('.')].join('-')}`;
}

function listsOf(state: StateText): readonly Candidate[][] {
  const maps = [...Object.values(state.on ?? {}), ...Object.values(state.after ?? {})];
  return [...maps, state.always, state.onDone, state.onError].filter((list) => list != null);
}

function candidatesIn(text: Text): readonly { readonly place: string; readonly candidate: Candidate }[] {
  return [['the process', text] as const, ...statesIn(text)].flatMap(([id, state]) =>
    listsOf(state).flatMap((list, index) =>
      list.map((candidate) => ({
        place: `${id}, way ${index + 1} (${candidate.target ?? 'stays'})`,
        candidate,
      })),
    ),
  );
}

function statesIn(text: StateText): readonly (readonly [string, StateText])[] {
  return Object.values(text.states ?? {}).flatMap((state) => [
    [state.id ?? '', state] as const,
    ...statesIn(state),
  ]);
}

function namesOf({ states }: StateText): readonly string[] {
  return Object.keys(states ?? {});
}

/** The state around the one with this id. */
function frameOf(text: Text, id: string): StateText {
  const around = [text, ...statesIn(text).map(([, state]) => state)];
  return around.find(({ states }) => Object.values(states ?? {}).some((state) => state.id === id)) ?? text;
}

function canBeLeft({ type }: StateText): boolean {
  return type !== 'final' && type !== 'history';
}

function gatesIn(text: Text): readonly (readonly [string, StateText])[] {
  return statesIn(text).filter(([, { gate }]) => gate !== undefined);
}

function idsIn(text: Text): readonly string[] {
  return statesIn(text).map(([id]) => id);
}

/** Only at a gate are there remarks. */
function withoutRemarks(on: StateText['on']): NonNullable<StateText['on']> {
  return JSON.parse(JSON.stringify(on ?? {}).replaceAll('"gate.remarks"', '"\'Noted.\'"')) as NonNullable<
    StateText['on']
  >;
}

/** A text in proposals of this kind. */
function memberOf(text: Text, kind: string): string {
  const asking = statesIn(text).find(([, { propose }]) => propose?.decision === kind);
  const members = Object.entries(asking?.[1].propose?.output.properties ?? {});
  return members.find(([, { type }]) => type === 'string')?.[0] ?? '';
}

function copyOf(text: Text, field: string): string | undefined {
  const found = candidatesIn(text).find(({ candidate }) => candidate.assign?.[field] !== undefined);
  const value = found?.candidate.assign?.[field];
  return typeof value === 'string' ? value : undefined;
}
