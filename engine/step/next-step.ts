/**
 * The one door: decides what a stimulus does to an instance, or why it does nothing. Pure (P10): the same
 * definition, state and stimulus always give the same step, which is what makes the record replayable (P7).
 *
 * It knows no database, no directory and no clock. Who may do what comes with the stimulus.
 */
import { CalendarEnds } from '../calendar/calendar.ts';
import { type CompiledProcess, ExpressionError } from '../definition/compiled-process.ts';
import { NotCanonical } from '../evidence/canonical-json.ts';
import { toCanonicalObject } from '../evidence/canonical-value.ts';
import { rememberLast } from '../evidence/remember-last.ts';
import type { MigrationMove } from '../oversight/check-migration.ts';
import { checkOversight } from '../oversight/check-oversight.ts';
import { type Control, controlInTheWay, explainControl } from '../oversight/controls.ts';
import { activeStates } from './active-states.ts';
import { attendGate } from './attend-gate.ts';
import { countBallots } from './count-ballots.ts';
import { decideAtGate } from './decide-at-gate.ts';
import type { Destination } from './destination.ts';
import { effectsBetween } from './effects.ts';
import { explainCandidates } from './explain-candidates.ts';
import { fireTimer } from './fire-timer.ts';
import { giveView } from './give-view.ts';
import { migrateInstance } from './migrate-instance.ts';
import { noteDrafters } from './note-drafters.ts';
import { overrideStep } from './override-step.ts';
import type { Case, Prepared } from './prepared.ts';
import { snapshotOf } from './process-index.ts';
import {
  refuse,
  refuseCalendar,
  refuseEndless,
  refuseExpression,
  refuseFinished,
  refuseInput,
} from './refuse.ts';
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
 * `seq` one higher than the standing's; a refusal changes nothing. `destination` is the definition that a
 * migration names, and nothing else looks at it.
 *
 * `controls` are those that stand at this instant. They are no part of the record, since they change no step: they
 * only keep one that would be taken from being taken. Whoever would be refused anyway is not told of them.
 */
export function nextStep(
  process: CompiledProcess,
  instance: string,
  stored: Standing | null,
  stimulus: Stimulus,
  destination: Destination | null = null,
  controls: readonly Control[] = [],
): Step | Refusal {
  const result = freeStep(process, instance, stored, stimulus, destination);
  if (controls.length === 0 || result.kind === 'refusal') return result;
  const { body, actor } = stimulus;
  const attempt = { process: process.definition.id, instance, state: stored?.state ?? null, body, actor };
  const control = controlInTheWay(controls, attempt);
  if (control === null) return result;
  const { code, message, next } = explainControl(control);
  return refuse(code, message, next);
}

function freeStep(
  process: CompiledProcess,
  instance: string,
  stored: Standing | null,
  stimulus: Stimulus,
  destination: Destination | null,
): Step | Refusal {
  // What the ballots come to is told by nothing but the step itself.
  let isCounted = false;
  try {
    const at = { process, instance, seq: (stored?.seq ?? 0) + 1, stimulus: toCanonicalStimulus(stimulus) };
    const before = stored?.state ?? null;
    if (at.stimulus.body.kind === 'migration') return migrate(at, before, at.stimulus.body, destination);
    const prepared = prepare(at, before);
    if (prepared.kind === 'refusal') return prepared;
    isCounted = at.stimulus.body.kind === 'count';
    const step = advance(at, before, prepared);
    return isCounted && step.kind === 'refusal' ? refuseToCount(process) : step;
  } catch (error) {
    if (isCounted && isForeseen(error)) return refuseToCount(process);
    if (error instanceof ExpressionError) return refuseExpression(error);
    if (error instanceof NotCanonical) return refuseInput('The data', [{ at: '', message: error.message }]);
    if (error instanceof EndlessLoop) return refuseEndless();
    if (error instanceof CalendarEnds) return refuseCalendar(error.message);
    throw error;
  }
}

function isForeseen(error: unknown): boolean {
  return [ExpressionError, NotCanonical, EndlessLoop, CalendarEnds].some((kind) => error instanceof kind);
}

/** The same words whatever the outcome is, and whatever of it fails. */
function refuseToCount({ definition: { id, owner, responsible } }: CompiledProcess): Refusal {
  return refuse(
    'not-possible-here',
    'The count cannot be applied as the case stands now. The votes stay in the box, and nothing of them is told.',
    `Ask whoever answers for ${id} (the role ${responsible.role}, at ${owner}): the data of the case or the definition has to change before the ballots can be counted.`,
  );
}

/** Expressions MUST read the data as the record has it, or replay could find another order of members. */
function toCanonicalStimulus(stimulus: Stimulus): Stimulus {
  const { actor, authentication, body, calendar, request, time } = stimulus;
  return {
    actor: toCanonicalActor(actor),
    authentication,
    body: toCanonicalObject(body) as unknown as Stimulus['body'],
    ...(calendar === undefined ? {} : { calendar }),
    request,
    time,
  };
}

const toCanonicalActor = rememberLast((actor: Stimulus['actor']): Stimulus['actor'] => {
  const { kind, person, positions, principal, roles, unit } = actor;
  return { kind, person, positions, principal, roles, unit, ...furtherOf(actor) };
});

/** What only some actors have. */
function furtherOf({ bodies, clearance, competences, held, onBehalfOf, unitsAbove }: Stimulus['actor']) {
  return {
    ...(bodies === undefined ? {} : { bodies }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(competences === undefined ? {} : { competences }),
    ...(held === undefined ? {} : { held }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(unitsAbove === undefined ? {} : { unitsAbove }),
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
    case 'count':
      return countBallots(at, before, body);
    case 'view':
      return giveView(at, before, body);
    case 'proposal':
      return submitProposal(at, before, body);
    case 'attend':
      return attendGate(at, before, body);
    case 'override':
      return overrideStep(at, before, body);
    case 'migration':
      throw new Error('A migration asks no machine.');
  }
}

/** The entry is one of the definition that the instance is on from here. No transition is taken. */
function migrate(
  at: Case,
  before: StoredState | null,
  body: Stimulus['body'] & { kind: 'migration' },
  destination: Destination | null,
): Step | Refusal {
  if (before === null) throw new Error(`The instance ${at.instance} has not started.`);
  if (before.status === 'done') return refuseFinished();
  const migrated = migrateInstance(at, before, body, destination);
  if (migrated.kind === 'refusal') return migrated;
  if (destination === null) throw new Error('A migration needs its destination.');
  const prepared: Prepared = {
    kind: 'prepared',
    state: migrated.state,
    event: null,
    otherwise: null,
    decision: null,
    entry: { event: 'migration', migration: { from: at.process.hash } },
    what: 'The migration',
  };
  const { certificate, process } = destination;
  const migration = { from: at.process, certificate, leaves: migrated.landing.leaves };
  return finish({ ...at, process }, before, prepared, migrated.state, [], migration);
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
  migration: MigrationMove | null = null,
): Step | Refusal {
  const changed = changedFields(before?.context ?? {}, after.context);
  if (changed !== null || before === null) {
    const issues = at.process.checkContext(after.context);
    if (issues.length > 0) return refuseInput('The context after this step', issues);
  }
  const noted = noteDrafters(at, after, changed);
  const violation = checkOversight(at, before, noted, { taken, decision: prepared.decision, migration });
  if (violation !== null) return violation;
  return {
    kind: 'step',
    state: noted,
    entry: toEntry(at, before, prepared, noted),
    data: at.stimulus,
    changed,
    effects: effectsBetween(before, noted),
    taken,
  };
}

function toEntry(at: Case, before: StoredState | null, prepared: Prepared, after: StoredState): EntryDraft {
  const { process, instance, seq, stimulus } = at;
  const from = before === null ? [] : activeStates(before.value);
  // Members in order: canonical JSON then has nothing to sort.
  return {
    actor: toEntryActor(stimulus.actor),
    authentication: [...stimulus.authentication],
    definition: process.hash,
    ...prepared.entry,
    format: 1,
    from: [...from],
    instance,
    kind: stimulus.body.kind,
    ...(prepared.entry.migration === undefined ? {} : { migration: prepared.entry.migration }),
    request: stimulus.request,
    responsible: [...after.responsible],
    seq,
    time: stimulus.time,
    to: [...(before?.value === after.value ? from : activeStates(after.value))],
  };
}

const toEntryActor = rememberLast(
  ({ kind, onBehalfOf, positions, principal, unit }: Stimulus['actor']): EntryDraft['actor'] => {
    const position = positions[0];
    return {
      kind,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(position === undefined ? {} : { position }),
      principal,
      ...(unit === null ? {} : { unit }),
    };
  },
);
