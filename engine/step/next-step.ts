/**
 * The one door: decides what a stimulus does to an instance, or why it does nothing. Pure (P10): the same
 * definition, state and stimulus always give the same step, which is what makes the record replayable (P7).
 *
 * It knows no database, no directory and no clock. Who may do what comes with the stimulus.
 */
import type { JsonObject } from '../../schemas/json.ts';
import { type CompiledProcess, ExpressionError } from '../definition/compiled-process.ts';
import { NotCanonical } from '../evidence/canonical-json.ts';
import { toCanonicalObject } from '../evidence/canonical-value.ts';
import { checkOversight } from '../oversight/check-oversight.ts';
import { activeStates } from './active-states.ts';
import { decideAtGate } from './decide-at-gate.ts';
import { effectsBetween } from './effects.ts';
import { explainCandidates } from './explain-candidates.ts';
import { fireTimer } from './fire-timer.ts';
import type { Case, Prepared } from './prepared.ts';
import { snapshotOf } from './process-index.ts';
import { refuseEndless, refuseExpression, refuseFinished, refuseInput } from './refuse.ts';
import { EndlessLoop, runMachine } from './run-machine.ts';
import { sendEvent } from './send-event.ts';
import { changedFields, settle } from './settle.ts';
import { startInstance } from './start-instance.ts';
import type { EntryDraft, Refusal, Step } from './step.ts';
import type { Stimulus } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';
import { submitProposal } from './submit-proposal.ts';

/** Where an instance stands: the seq of its last entry, and the state after it. */
export interface Standing {
  readonly seq: number;
  readonly state: StoredState;
}

/**
 * `stored` is null for a start, and only for that. A step has exactly one entry (P1), with
 * `seq` one higher than the standing's; a refusal changes nothing.
 */
export function nextStep(
  process: CompiledProcess,
  instance: string,
  stored: Standing | null,
  stimulus: Stimulus,
): Step | Refusal {
  try {
    const at = { process, instance, seq: (stored?.seq ?? 0) + 1, stimulus: toCanonicalStimulus(stimulus) };
    const before = stored?.state ?? null;
    const prepared = prepare(at, before);
    return prepared.kind === 'refusal' ? prepared : advance(at, before, prepared);
  } catch (error) {
    if (error instanceof ExpressionError) return refuseExpression(error);
    if (error instanceof NotCanonical) return refuseInput('The data', [{ at: '', message: error.message }]);
    if (error instanceof EndlessLoop) return refuseEndless();
    throw error;
  }
}

/** Expressions MUST read the data as the record has it, or replay could find another order of members. */
function toCanonicalStimulus(stimulus: Stimulus): Stimulus {
  const { actor, authentication, body, request, time } = stimulus;
  const { kind, person, positions, principal, roles, unit } = actor;
  return {
    actor: { kind, person, positions, principal, roles, unit },
    authentication,
    body: toCanonicalObject(body) as unknown as Stimulus['body'],
    request,
    time,
  };
}

function prepare(at: Case, before: StoredState | null): Prepared | Refusal {
  const { body } = at.stimulus;
  if (body.kind === 'start') {
    if (before !== null) throw new Error(`The instance ${at.instance} has started already.`);
    return startInstance(at, body);
  }
  if (before === null) throw new Error(`The instance ${at.instance} has not started.`);
  if (body.kind === 'timer') return fireTimer(at, before, body);
  if (before.status === 'done') return refuseFinished();
  switch (body.kind) {
    case 'event':
      return sendEvent(at, before, body);
    case 'decision':
      return decideAtGate(at, before, body);
    case 'proposal':
      return submitProposal(at, before, body);
  }
}

/** Runs the machine once, settles what it did, and lets nothing through that oversight does not. */
function advance(at: Case, before: StoredState | null, prepared: Prepared): Step | Refusal {
  const { process } = at;
  const { event } = prepared;
  if (event === null) return finish(at, before, prepared, prepared.state, []);
  const run = runMachine(process, before === null ? null : snapshotOf(process, prepared.state), event);
  if (run instanceof ExpressionError) return refuseExpression(run);
  if (before !== null && run.taken.length === 0) {
    if (prepared.otherwise !== null) return finish(at, before, prepared, prepared.otherwise, []);
    return explainCandidates(process, prepared.state, event, prepared.what);
  }
  const after = settle(at, prepared.state, run, event.scope);
  return finish(at, before, prepared, after, run.taken);
}

function finish(
  at: Case,
  before: StoredState | null,
  prepared: Prepared,
  after: StoredState,
  taken: Step['taken'],
): Step | Refusal {
  const changed = changedFields(before?.context ?? {}, after.context);
  if (changed !== null || before === null) {
    const issues = at.process.checkContext(after.context);
    if (issues.length > 0) return refuseInput('The context after this step', issues);
  }
  const violation = checkOversight(at, before, after, { taken, decision: prepared.decision });
  if (violation !== null) return violation;
  return {
    kind: 'step',
    state: after,
    entry: toEntry(at, before, prepared, after),
    data: at.stimulus as unknown as JsonObject,
    changed,
    effects: effectsBetween(before, after),
    taken,
  };
}

function toEntry(at: Case, before: StoredState | null, prepared: Prepared, after: StoredState): EntryDraft {
  const { process, instance, seq, stimulus } = at;
  const { principal, kind, positions, unit } = stimulus.actor;
  const position = positions[0];
  const from = before === null ? [] : activeStates(before.value);
  // Members in order: canonical JSON then has nothing to sort.
  return {
    actor: {
      kind,
      ...(position === undefined ? {} : { position }),
      principal,
      ...(unit === null ? {} : { unit }),
    },
    authentication: [...stimulus.authentication],
    definition: process.hash,
    ...prepared.entry,
    format: 1,
    from: [...from],
    instance,
    kind: stimulus.body.kind,
    request: stimulus.request,
    responsible: [...after.responsible],
    seq,
    time: stimulus.time,
    to: [...(before?.value === after.value ? from : activeStates(after.value))],
  };
}
