/**
 * The doors by which an instance is moved. Each turns its request into one command with one stimulus, and
 * all of them go down the same path: there is no second door.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { methodOf } from '../oversight/assurance.ts';
import type { ActorSnapshot, Directory } from '../oversight/directory.ts';
import { toldByTimer } from '../oversight/people-told.ts';
import { peopleWithRole } from '../oversight/people-with-role.ts';
import { rosterScope } from '../step/scope.ts';
import type { StoredState } from '../step/stored-state.ts';
import { authorityAtGate, authorityForEvent } from './acting-authority.ts';
import { answeringDoors } from './answer-requests.ts';
import { answeredBefore } from './answered-before.ts';
import { castVote } from './cast-vote.ts';
import { checkScope } from './check-caller.ts';
import { checkRecentSignIn } from './check-sign-in.ts';
import type { Command } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import { countingElectorateOf, type Electorate, electorateOf } from './electorate.ts';
import type { Answer, Caller, Engine, Idempotency, Moved } from './engine-contract.ts';
import { migratingDoors, type SubmitMigration } from './migrate-instances.ts';
import { newId } from './new-id.ts';
import { refuse, refuseUnknownDefinition } from './refuse.ts';
import { showForDecision } from './show-for-decision.ts';
import type { StepQueue } from './step-queue.ts';

type Moving = Pick<
  Engine,
  | 'start'
  | 'override'
  | 'postEvent'
  | 'decide'
  | 'countBallots'
  | 'giveView'
  | 'attendGate'
  | 'fireDueTimers'
  | 'migrate'
> &
  ReturnType<typeof answeringDoors>;

const timersAtOnce = 500;
/** Of one request, while others vote. */
const mostCounts = 5;
const noProposals = { proposals: {} };

export function movingDoors(world: BatchWorld, queue: StepQueue): Moving {
  let stuckTimers = 0;
  const move = (
    caller: Caller | null,
    target: { readonly instance: string; readonly starts?: string; readonly migratesTo?: string },
    idempotency: Idempotency | null,
    stimulate: Command['stimulate'],
    actAs?: Command['actAs'],
  ) =>
    new Promise<Answer<Moved>>((settle, fail) =>
      queue.submit({
        instance: target.instance,
        starts: target.starts ?? null,
        migratesTo: target.migratesTo ?? null,
        caller,
        request: caller?.request ?? newId(world.clock.now()),
        idempotency,
        stimulate,
        ...(actAs === undefined ? {} : { actAs }),
        settle,
        fail,
        attempts: 0,
        fresh: false,
      }),
    );

  const submitMigration: SubmitMigration = (caller, target, idempotency, stimulus) =>
    move(caller, target, idempotency, ({ directory, time }) => stimulus(directory, time));

  return {
    ...migratingDoors(world, submitMigration),
    ...answeringDoors(world, (caller, instance, idempotency, stimulate) =>
      move(caller, { instance }, idempotency, stimulate),
    ),

    async start(caller, { process: wanted, data }, idempotency) {
      const wrongScope = checkScope(caller, 'start');
      if (wrongScope !== null) return wrongScope;
      const process = await world.processes.current(wanted);
      if (process === null) return refuseUnknownDefinition(wanted);
      const target = { instance: newId(world.clock.now()), starts: process.hash };
      return move(caller, target, idempotency, ({ directory, time }) => ({
        kind: 'start',
        data,
        responsible: peopleWithRole(directory, process.definition.responsible.role, time),
      }));
    },

    async postEvent(caller, { instance, type, data, seen, onBehalfOf }, idempotency) {
      const wrongScope = checkScope(caller, 'event');
      if (wrongScope !== null) return wrongScope;
      return move(
        caller,
        { instance },
        idempotency,
        ({ stored }) =>
          seen !== null && stored !== null && stored.seq !== seen
            ? refuseSeen(seen, stored.seq)
            : { kind: 'event', type, data },
        ({ stored, ...at }) =>
          stored === null
            ? at.actor
            : authorityForEvent({ ...at, state: stored.state }, type, onBehalfOf ?? null),
      );
    },

    async decide(caller, { factor = null, onBehalfOf = null, mark = null, ...wanted }, idempotency) {
      const wrongScope = checkScope(caller, 'decide');
      if (wrongScope !== null) return wrongScope;
      const stale = checkRecentSignIn(caller, world.clock.now(), world.sessions.decideWithinSeconds);
      if (stale !== null) return (await answeredBefore(world.ledger, caller, idempotency)) ?? stale;
      const { instance, state, opened, subject, verdict, choice = null, reason } = wanted;
      const named = choice === null ? {} : { choice };
      const given = { kind: 'decision', gate: state, opened, subject, verdict, ...named, reason } as const;
      const actAs = toSeat(state, onBehalfOf);
      if (factor === null) {
        const toDecision: Command['stimulate'] = ({ process, directory, stored, actor, time }) =>
          castVote(
            process,
            stored?.state ?? noProposals,
            { ...given, ...electorateAt(process, directory, stored?.state ?? null, state, actor, time) },
            actor,
            mark,
          );
        return move(caller, { instance }, idempotency, toDecision, actAs);
      }
      // Whoever repeats a request repeats its code, too, and gets the answer that it led to.
      const answered = await answeredBefore(world.ledger, caller, idempotency);
      if (answered !== null) return answered;
      const shown = await showForDecision(world, caller, { ...wanted, onBehalfOf }, factor);
      if (shown.kind === 'refusal') return (await answeredBefore(world.ledger, caller, idempotency)) ?? shown;
      const authentication = [...caller.authentication, methodOf(shown.factor)];
      return move(
        { ...caller, authentication },
        { instance },
        idempotency,
        ({ process, directory, stored, actor, time }) =>
          process.hash === shown.definition
            ? castVote(
                process,
                stored?.state ?? noProposals,
                {
                  ...given,
                  factor: shown.factor,
                  ...electorateAt(process, directory, stored?.state ?? null, state, actor, time),
                },
                actor,
                mark,
              )
            : refuse(
                'stale',
                'The instance has gone to another definition since you decided.',
                'Read the gate again, and decide on what it shows now.',
              ),
        actAs,
      );
    },

    async countBallots(caller, { onBehalfOf = null, ...box }, idempotency) {
      const wrongScope = checkScope(caller, 'decide');
      if (wrongScope !== null) return wrongScope;
      const stale = checkRecentSignIn(caller, world.clock.now(), world.sessions.decideWithinSeconds);
      if (stale !== null) return (await answeredBefore(world.ledger, caller, idempotency)) ?? stale;
      const { instance, state: gate, opened, subject } = box;
      const shown = { by: caller.principal.id, proof: caller.proof };
      for (let attempt = 1; ; attempt += 1) {
        const time = new Date(world.clock.now()).toISOString();
        const { ballots, why } = await world.ledger.openBallotBox(
          { instance, gate, opened, subject },
          shown,
          time,
        );
        let isBehind = false;
        const toCount: Command['stimulate'] = ({ process, directory, stored, actor, time }) => {
          const votes = stored?.state.gates[gate]?.decisions ?? [];
          isBehind = votes.filter(({ verdict }) => verdict === 'sealed').length !== ballots.length;
          const body = {
            ...{ kind: 'count' as const, gate, opened, subject, ballots },
            ...electorateAt(
              process,
              directory,
              stored?.state ?? null,
              gate,
              actor,
              time,
              countingElectorateOf,
            ),
          };
          return why === null ? body : { kind: 'casting', body, cast: null, unsealed: refuseShut(why) };
        };
        const answer = await move(caller, { instance }, idempotency, toCount, toSeat(gate, onBehalfOf));
        // Somebody voted since the box was opened: what was taken out is put back, and looked at again.
        const isWorthAnother = answer.kind === 'refusal' && answer.code === 'stale' && isBehind;
        if (!isWorthAnother) return answer;
        if (attempt === mostCounts) return why === null ? answer : refuseShut(why);
      }
    },

    async giveView(caller, { instance, state, opened, text, onBehalfOf = null }, idempotency) {
      const wrongScope = checkScope(caller, 'decide');
      if (wrongScope !== null) return wrongScope;
      const toView: Command['stimulate'] = ({ process, directory, stored, actor, time }) => ({
        kind: 'view',
        gate: state,
        opened,
        text,
        ...electorateAt(process, directory, stored?.state ?? null, state, actor, time),
      });
      return move(caller, { instance }, idempotency, toView, toSeat(state, onBehalfOf));
    },

    async attendGate(caller, { instance, state, act, person, text }, idempotency) {
      const wrongScope = checkScope(caller, 'decide');
      if (wrongScope !== null) return wrongScope;
      return move(caller, { instance }, idempotency, ({ process, directory, stored, actor, time }) => {
        const named = person === null ? undefined : directory.principals.get(person);
        const known = named?.kind === 'person' && named.active;
        return {
          kind: 'attend',
          gate: state,
          opened: stored?.state.gates[state]?.opened ?? 0,
          act,
          person: named?.person ?? person,
          text,
          known,
          ...electorateAt(process, directory, stored?.state ?? null, state, actor, time),
        };
      });
    },

    async override(caller, { instance, state, reason, seen }, idempotency) {
      const wrongScope = checkScope(caller, 'control');
      if (wrongScope !== null) return wrongScope;
      return move(caller, { instance }, idempotency, ({ stored }) =>
        seen !== null && stored !== null && stored.seq !== seen
          ? refuseSeen(seen, stored.seq)
          : { kind: 'override', state, opened: stored?.state.requests[state]?.opened ?? 0, reason },
      );
    },

    async fireDueTimers() {
      const now = new Date(world.clock.now()).toISOString();
      // A timer that cannot fire (its expression fails, say) stays due. It is tried again each round, beside the
      // others and not instead of them.
      const due = await world.ledger.listDueTimers(now, timersAtOnce + stuckTimers);
      const answers = await Promise.allSettled(
        due.map(({ instance, timer, set }) =>
          move(null, { instance }, null, ({ process, directory, stored, actor, time }) => {
            if (stored === null) return { kind: 'timer', timer, set };
            const scope = rosterScope(stored.state, actor, time);
            const told = toldByTimer(process, timer, directory, stored.state, scope);
            return { kind: 'timer', timer, set, ...(told === undefined ? {} : { told }) };
          }),
        ),
      );
      const fired = answers.filter((one) => one.status === 'fulfilled' && one.value.kind === 'done').length;
      stuckTimers = due.length - fired;
      return fired;
    },
  };
}

/** With whose authority they act at the gate: `wanted` is whom they say they act for. */
function toSeat(gate: string, wanted: string | null): NonNullable<Command['actAs']> {
  return ({ stored, ...at }) =>
    stored === null ? at.actor : authorityAtGate({ ...at, state: stored.state }, gate, wanted);
}

function electorateAt(
  process: CompiledProcess,
  directory: Directory,
  state: StoredState | null,
  gate: string,
  actor: ActorSnapshot,
  time: string,
  find: typeof electorateOf = electorateOf,
): Electorate {
  if (state === null) return { roster: [], personBehind: {} };
  return find(process, gate, directory, state, rosterScope(state, actor, time));
}

/** The database and the engine differ on whether the ballots may be counted. */
const refuseShut = (why: string) =>
  refuse(
    'not-possible-here',
    `The database keeps the ballots back: ${why}.`,
    'Read the gate again. If nothing has changed there, ask whoever keeps the directory who of its members could still vote.',
  );

const refuseSeen = (seen: number, seq: number) =>
  refuse(
    'stale',
    `The instance has moved on: you saw step ${seen}, it is now at step ${seq}.`,
    'Read the instance again, and send the request with the ETag you then have.',
  );
