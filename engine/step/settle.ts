/**
 * Turns what the machine did into the state that is stored: context, open gates, requests, timers, history.
 * It decides nothing about people; whether the result may be committed is checked afterwards.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Propose } from '../../schemas/process-definition.ts';
import type { Scope } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { toCanonicalObject, toCanonicalValue } from '../evidence/canonical-value.ts';
import { memberOf } from '../evidence/member-of.ts';
import { subjectDigest } from '../oversight/digests.ts';
import { dueOf, reminderOf, withDeadline } from './gate-timers.ts';
import type { Case } from './prepared.ts';
import { contextOf, storedHistory } from './process-index.ts';
import type { MachineRun, Mark } from './run-machine.ts';
import type { OpenGate, ProposalRequest, StoredState, Timer } from './stored-state.ts';
import { withoutTimeMarks } from './time-marks.ts';
import { timeoutOf } from './timeout-of.ts';
import { timerAfter, timerDue } from './timer-due.ts';

/** Throws `ExpressionError` for the input of a request, `NotCanonical` for a context value that is no JSON. */
export function settle(at: Case, before: StoredState, run: MachineRun, scope: Scope): StoredState {
  const { process } = at;
  const { snapshot } = run;
  const done = snapshot.status === 'done';
  const context = contextAfter(before.context, contextOf(snapshot));
  const open = done ? nothingOpen : openAfter(at, before, run.marks);
  const after: StoredState = {
    ...before,
    status: done ? 'done' : 'active',
    value: snapshot.value as Json,
    context,
    history: storedHistory(process, snapshot),
    output: done ? toCanonicalValue(snapshot.output ?? null) : null,
    gates: open.gates,
    requests: withInputs(at, before.proposals, open.requests, { ...scope, context }),
    timers: open.timers,
  };
  return { ...after, gates: withSubjects(at, after, context !== before.context) };
}

/** The state with the inputs and subjects of what was opened in this step, where no transition led to it. */
export function fillIn(at: Case, state: StoredState, scope: Scope): StoredState {
  const filled = { ...state, requests: withInputs(at, state.proposals, state.requests, scope) };
  return { ...filled, gates: withSubjects(at, filled, false) };
}

interface Open {
  readonly gates: { [state: string]: OpenGate };
  readonly requests: { [state: string]: ProposalRequest };
  readonly timers: { [timer: string]: Timer };
}

const nothingOpen: Open = { gates: {}, requests: {}, timers: {} };

/** Follows the marks in their order, so that a state left and entered again in one step opens anew. */
function openAfter(at: Case, before: StoredState, marks: readonly Mark[]): Open {
  if (marks.length === 0) return before;
  const open: Open = {
    gates: { ...before.gates },
    requests: { ...before.requests },
    timers: { ...before.timers },
  };
  for (const mark of marks) {
    if (mark.kind === 'entered') enter(at, open, mark.state);
    else if (mark.kind === 'left') leave(open, mark.state);
    else if (mark.kind === 'timer-cleared') delete open.timers[mark.timer];
    else open.timers[mark.timer] = timerSet(at, mark.timer, mark.delayMs);
  }
  return open;
}

function enter(at: Case, open: Open, state: string): void {
  const propose = at.process.proposes.get(state);
  const gate = at.process.gates.get(state)?.gate;
  if (gate !== undefined) {
    const due = gate.due === undefined ? undefined : timerAfter(at, gate.due);
    open.gates[state] = withDeadline(openGate(at), due);
    if (due !== undefined) open.timers[dueOf(state)] = due;
  }
  if (propose === undefined) return;
  open.requests[state] = openRequest(at, propose.propose);
  if (propose.timeoutMs !== null) open.timers[timeoutOf(state)] = timerDue(at, propose.timeoutMs);
}

/** Its subject is still to be filled in. */
export function openGate({ seq, stimulus }: Case): OpenGate {
  return { opened: seq, openedAt: stimulus.time, subject: '', decisions: [] };
}

/** Its input is still to be filled in. */
export function openRequest({ seq }: Case, { decision, several }: Propose): ProposalRequest {
  return {
    opened: seq,
    decision,
    input: {},
    ...(several === undefined ? {} : { places: several.atMost }),
  };
}

function leave(open: Open, state: string): void {
  delete open.gates[state];
  delete open.requests[state];
  for (const timer of [timeoutOf(state), dueOf(state), reminderOf(state)]) delete open.timers[timer];
}

/** XState counts a working day as a day of the clock; the calendar knows better. */
function timerSet(at: Case, timer: string, delayMs: number): Timer {
  const days = /^xstate\.after\.(\d+) working days?\./.exec(timer)?.[1];
  return days === undefined ? timerDue(at, delayMs) : timerAfter(at, { workingDays: Number(days) });
}

/** What was not assigned, or assigned the value it had, keeps its very reference. */
function contextAfter(before: JsonObject, after: JsonObject): JsonObject {
  if (after === before) return before;
  const context = toCanonicalObject(after);
  return changedFields(before, context) === null ? before : context;
}

/** Fields whose value is another one now; null stands for a field that is gone. Null when none changed. */
export function changedFields(before: JsonObject, after: JsonObject): JsonObject | null {
  if (before === after) return null;
  const changed: { [field: string]: Json } = {};
  for (const [field, value] of Object.entries(after)) {
    const previous = memberOf(before, field);
    if (previous === undefined || !isSame(previous, value)) changed[field] = value;
  }
  for (const field of Object.keys(before)) {
    if (!Object.hasOwn(after, field)) changed[field] = null;
  }
  return Object.keys(changed).length === 0 ? null : changed;
}

export function isSame(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return canonicalJson(one) === canonicalJson(other);
}

/**
 * A request opened by this step gets its input from the context the step ends with. An agent that is asked
 * again may be shown the earlier proposal of the same kind, though it is live: it only proposes another.
 */
function withInputs(
  { process, seq }: Case,
  proposals: StoredState['proposals'],
  requests: Open['requests'],
  scope: Scope,
): Open['requests'] {
  let evaluated = requests;
  for (const [state, request] of Object.entries(requests)) {
    if (request.opened !== seq) continue;
    const earlier = memberOf(proposals, request.decision);
    const proposal =
      earlier === undefined ? scope.proposal : { ...scope.proposal, [request.decision]: earlier.payload };
    const input: { [name: string]: Json } = {};
    for (const [name, expression] of process.proposes.get(state)?.input ?? []) {
      input[name] = expression.evaluate({ ...scope, proposal });
    }
    evaluated = { ...evaluated, [state]: { ...request, input: toCanonicalObject(input) } };
  }
  return evaluated;
}

/** What a gate decides on may change while it is open; the decisions taken before are void then. */
function withSubjects(
  { process, instance, seq }: Case,
  after: StoredState,
  contextChanged: boolean,
): Open['gates'] {
  let gates = after.gates;
  for (const [state, open] of Object.entries(after.gates)) {
    const gate = process.gates.get(state)?.gate;
    if (gate === undefined) throw new Error(`The state ${state} has no gate.`);
    if (open.opened !== seq && !contextChanged && gate.binds === undefined) continue;
    const context = withoutTimeMarks(process, after.context);
    const subject = subjectDigest(instance, gate, after, context, open.edited ?? null);
    if (subject === open.subject) continue;
    // Whoever stepped back did so from the whole opening, whatever is decided there.
    const decisions = open.decisions.filter(({ verdict }) => verdict === 'recuse');
    gates = {
      ...gates,
      [state]:
        open.opened === seq
          ? { ...open, subject, decisions }
          : { ...open, subject: subjectDigest(instance, gate, after, context, seq), decisions, edited: seq },
    };
  }
  return gates;
}
