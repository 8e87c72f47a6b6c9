/**
 * What is open for an instance after a migration: every gate anew, every request for a proposal anew, and the
 * deadlines that still run. Decisions that were given at an open gate are void: each binds the definition
 * that its reviewer saw (P4).
 */
import type { Delay } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { parseDurationMs, toDelay } from '../definition/duration.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { Blockers } from './blockers.ts';
import { dueOf, reminderOf, withDeadline } from './gate-timers.ts';
import { imagesOf, type Landing, meanings, type StateMap } from './map-states.ts';
import type { Case } from './prepared.ts';
import { openGate, openRequest } from './settle.ts';
import type { StoredState, Timer } from './stored-state.ts';
import { timeoutOf } from './timeout-of.ts';
import { timerAfter, timerDue } from './timer-due.ts';

/**
 * A gate that waits for its reviewers goes on waiting: it becomes a gate that binds the same kind of decision
 * and means no more than it did. Where the other definition still has the very gate, no other one will do.
 */
export function checkPendingGates(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  state: StoredState,
  blockers: Blockers,
): void {
  for (const id of Object.keys(state.gates)) {
    const was = from.gates.get(id)?.gate;
    const images = imagesOf(map, id) ?? [];
    const [image = ''] = images;
    const is = to.gates.get(image)?.gate;
    const onWhat = was?.binds === undefined ? '' : ` on the proposal of "${was.binds}"`;
    const block = (why: string) =>
      blockers.add(
        'not-countersigned',
        id,
        `The gate "${id}"${onWhat} waits for its reviewers, and ${why}. A migration decides nothing: name a gate in the map that leaves them the decision.`,
      );
    if (was === undefined || is === undefined || images.length !== 1) {
      block(`where the map puts it there is no gate`);
      continue;
    }
    if (is.binds !== was.binds) block(`"${image}" decides on something else`);
    const meant = meanings.indexOf(was.meaning);
    const means = meanings.indexOf(is.meaning);
    if (means > meant) block(`"${image}" means more: ${is.meaning} instead of ${was.meaning}`);
    const same = to.gates.get(id)?.gate;
    const stands = image !== id && memberOf(map, id) !== undefined && same?.binds === was.binds;
    if (stands && same?.meaning === was.meaning && means >= meant)
      block(`the other definition still has that very gate, not only "${image}"`);
  }
}

/** Gates and requests as the states of the other definition have them. Inputs and subjects are still to be filled in. */
export function carryWork(
  at: Case,
  to: CompiledProcess,
  before: StoredState,
  landing: Landing,
  blockers: Blockers,
): Pick<StoredState, 'gates' | 'requests' | 'timers'> {
  const gates: { [state: string]: StoredState['gates'][string] } = {};
  const requests: { [state: string]: StoredState['requests'][string] } = {};
  const timers: { [timer: string]: Timer } = {};
  for (const [state, origins] of landing.origins) {
    const gate = to.gates.get(state)?.gate;
    if (gate !== undefined && !isDecided(at.process, before, origins, gate)) {
      const due = gate.due === undefined ? undefined : dueAgain(at, before, origins, state, gate.due);
      gates[state] = withDeadline(openGate(at), due);
      if (due !== undefined) timers[dueOf(state)] = due;
    }
    const propose = to.proposes.get(state);
    if (propose !== undefined && !isAnswered(at.process, before, origins, propose.propose.decision)) {
      requests[state] = openRequest(at, propose.propose);
      if (propose.timeoutMs !== null) timers[timeoutOf(state)] = timerDue(at, propose.timeoutMs);
    }
    Object.assign(timers, deadlinesOf(at, to, before, state, origins));
  }
  checkTimersKnown(at.process, before, blockers);
  return { gates, requests, timers };
}

/** One opening has one outcome: a gate that was decided and not left stays decided while it is the same gate. */
function isDecided(
  from: CompiledProcess,
  before: StoredState,
  origins: readonly string[],
  gate: object,
): boolean {
  return origins.some((origin) => {
    const was = from.gates.get(origin)?.gate;
    const isOpen = memberOf(before.gates, origin) !== undefined;
    return was !== undefined && !isOpen && canonicalJson(was) === canonicalJson(gate);
  });
}

function isAnswered(
  from: CompiledProcess,
  before: StoredState,
  origins: readonly string[],
  decision: string,
): boolean {
  return origins.some(
    (origin) =>
      from.proposes.get(origin)?.propose.decision === decision &&
      memberOf(before.requests, origin) === undefined,
  );
}

/** The time that the reviewers have runs on where it is the same and not over; any other begins with the migration. */
function dueAgain(
  at: Case,
  before: StoredState,
  origins: readonly string[],
  state: string,
  due: Delay,
): Timer {
  for (const origin of origins) {
    const was = at.process.gates.get(origin)?.gate.due;
    const still = memberOf(before.timers, dueOf(origin));
    if (was === undefined || still === undefined || canonicalJson(was) !== canonicalJson(due)) continue;
    return origin === state ? still : { set: at.seq, dueAt: still.dueAt };
  }
  return timerAfter(at, due);
}

/** A deadline of the same length runs on, and one that is over stays over; any other begins with the migration. */
function deadlinesOf(
  at: Case,
  to: CompiledProcess,
  before: StoredState,
  state: string,
  origins: readonly string[],
): { readonly [timer: string]: Timer } {
  const timers: { [timer: string]: Timer } = {};
  for (const [timer, delay] of delaysOf(to, state)) {
    const running = origins.flatMap((origin) =>
      [...delaysOf(at.process, origin)].flatMap(([was, length]) =>
        canonicalJson(length) === canonicalJson(delay) ? [was] : [],
      ),
    );
    const [was] = running;
    if (was === undefined) {
      timers[timer] = timerAfter(at, delay);
      continue;
    }
    const still = memberOf(before.timers, was);
    if (still !== undefined) timers[timer] = was === timer ? still : { set: at.seq, dueAt: still.dueAt };
  }
  return timers;
}

/** The deadlines a state sets when it is entered: their timers, and how long each is. */
function delaysOf(process: CompiledProcess, state: string): ReadonlyMap<string, Delay> {
  const delays = new Map<string, Delay>();
  for (const [timer, [first]] of process.candidates.get(state) ?? []) {
    if (first?.cause.kind === 'after') delays.set(timer, lengthOf(first.cause.delay));
  }
  return delays;
}

/** Of two spellings of one duration the length is the same. */
function lengthOf(text: string): Delay {
  const delay = toDelay(text);
  return typeof delay === 'string' ? `PT${(parseDurationMs(delay) ?? 0) / 1000}S` : delay;
}

/** What is waited for in a way that nobody here knows must not be lost on the way. */
function checkTimersKnown(from: CompiledProcess, before: StoredState, blockers: Blockers): void {
  const known = new Set([
    ...[...from.proposes.keys()].map(timeoutOf),
    ...[...from.gates.keys()].flatMap((gate) => [dueOf(gate), reminderOf(gate)]),
  ]);
  for (const state of from.states?.keys() ?? []) {
    for (const timer of delaysOf(from, state).keys()) known.add(timer);
  }
  for (const timer of Object.keys(before.timers)) {
    if (!known.has(timer))
      blockers.add('not-possible-here', timer, `It waits for "${timer}", which a migration cannot carry.`);
  }
}
