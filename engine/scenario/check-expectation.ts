/** Compares what is expected after a step with what is there. Whatever is not named is not looked at. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Expectation } from '../../schemas/scenario.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { activeStates } from '../step/active-states.ts';
import type { EntryDraft } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { timerNames } from './timer-names.ts';

/** Where an instance stands after a step. */
export interface Seen {
  readonly process: CompiledProcess;
  readonly state: StoredState;
  readonly entries: readonly EntryDraft[];
}

export interface Mismatch {
  /** From the expectation down, such as `['context', 'summary']`. */
  readonly path: readonly string[];
  readonly expected: Json;
  readonly actual: Json;
}

export function checkExpectation(then: Expectation, seen: Seen): readonly Mismatch[] {
  const { state, entries } = seen;
  const found: Mismatch[] = [];
  const check = (member: keyof Expectation, actual: Json, matches = isSame) => {
    const expected = then[member];
    if (expected !== undefined && !matches(expected as Json, actual))
      found.push({ path: [member], expected: expected as Json, actual });
  };
  const checkPart = (member: keyof Expectation, actual: Json) => {
    if (then[member] !== undefined) matchPart(then[member] as Json, actual, [member], found);
  };
  const states = activeStates(state.value);
  check('state', states.length === 1 ? (states[0] ?? null) : states, (expected) => isIn(expected, states));
  check('status', state.status);
  checkPart('context', state.context);
  checkPart('output', state.output);
  check('outcome', outcomeOf(entries.at(-1)));
  checkPart('proposals', proposalsOf(then, state));
  check('gates', Object.keys(state.gates).sort(), isSameSet);
  if (Array.isArray(then.requests)) check('requests', Object.keys(state.requests).sort(), isSameSet);
  else checkRequests(then, state, found);
  check('timers', runningTimers(seen), isSameSet);
  const kinds = entries.map(({ kind }) => kind);
  check('record', typeof then.record === 'number' ? kinds.length : kinds);
  return found;
}

/** A state that contains others is named for whichever of them is active; nothing active may be left unnamed. */
function isIn(expected: Json, states: readonly string[]): boolean {
  const named = [expected].flat() as readonly string[];
  const contains = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}.`);
  return (
    named.every((name) => states.some((state) => contains(name, state))) &&
    states.every((state) => named.some((name) => contains(name, state)))
  );
}

/** Members that are named must match; null is for one that is not there. Lists must be the same throughout. */
function matchPart(
  expected: Json,
  actual: Json | undefined,
  path: readonly string[],
  found: Mismatch[],
): void {
  if (!isObject(expected) || !isObject(actual)) {
    if (!isSame(expected, actual ?? null)) found.push({ path, expected, actual: actual ?? null });
    return;
  }
  for (const [name, value] of Object.entries(expected)) {
    matchPart(value, Object.hasOwn(actual, name) ? actual[name] : undefined, [...path, name], found);
  }
}

function outcomeOf(entry: EntryDraft | undefined): Json {
  return entry?.counted?.outcome ?? (entry?.gate === undefined ? null : (entry.gate.outcome ?? 'open'));
}

/** In the form in which each is expected: its status alone, or more of it. */
function proposalsOf({ proposals = {} }: Expectation, state: StoredState): JsonObject {
  // Those among which people have yet to choose have what is the same of all of them.
  const chosenAmong = Object.keys(state.candidates ?? {}).map((decision) => {
    const expected = proposals[decision];
    return [decision, typeof expected === 'string' ? 'live' : { status: 'live', acts: [] }] as const;
  });
  return Object.fromEntries([
    ...Object.entries(state.proposals).map(
      ([decision, { status, acts, payload }]) =>
        [decision, typeof proposals[decision] === 'string' ? status : { status, acts, payload }] as const,
    ),
    ...chosenAmong,
  ]);
}

/** Exactly the states that are named wait for a proposal; what the agent is given may be named in part. */
function checkRequests({ requests }: Expectation, state: StoredState, found: Mismatch[]): void {
  if (requests === undefined) return;
  const waiting = Object.fromEntries(
    Object.entries(state.requests).map(([name, { input }]) => [name, input] as const),
  );
  if (!isSameSet(Object.keys(requests), Object.keys(waiting)))
    found.push({ path: ['requests'], expected: Object.keys(requests), actual: Object.keys(waiting) });
  else matchPart(requests as JsonObject, waiting, ['requests'], found);
}

function runningTimers({ process, state }: Seen): readonly string[] {
  const names = timerNames(process);
  return Object.keys(state.timers)
    .map((timer) => names.get(timer) ?? timer)
    .sort();
}

function isSameSet(expected: Json, actual: Json): boolean {
  return isSame([...(expected as readonly string[])].sort(), [...(actual as readonly string[])].sort());
}

function isSame(expected: Json, actual: Json): boolean {
  return canonicalJson(expected) === canonicalJson(actual);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
