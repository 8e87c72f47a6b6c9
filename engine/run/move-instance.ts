/**
 * The doors by which an instance is moved. Each turns its request into one command with one stimulus, and
 * all of them go down the same path: there is no second door.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { ClaimedRequest, Ledger } from '../ledger/ledger.ts';
import { controlInTheWay, controlOfAgent, controlOfRequests, explainControl } from '../oversight/controls.ts';
import type { ActorSnapshot, Directory } from '../oversight/directory.ts';
import { operatorOfAgent } from '../oversight/operator-of-agent.ts';
import { permits } from '../oversight/permits.ts';
import { rosterScope } from '../step/scope.ts';
import type { StoredState } from '../step/stored-state.ts';
import { checkReader, checkScope } from './check-caller.ts';
import { type Command, isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import { type Electorate, electorateOf } from './electorate.ts';
import type { Answer, Caller, ClaimedProposal, Engine, Idempotency, Moved } from './engine-contract.ts';
import { migratingDoors, type SubmitMigration } from './migrate-instances.ts';
import { newId } from './new-id.ts';
import { peopleWithRole } from './people-with-role.ts';
import { placesFor } from './places-for.ts';
import { refuse, refuseUnknownDefinition } from './refuse.ts';
import { settleRepeated } from './settle-repeated.ts';
import type { StepQueue } from './step-queue.ts';

type Moving = Pick<
  Engine,
  | 'start'
  | 'override'
  | 'postEvent'
  | 'decide'
  | 'claimProposal'
  | 'submitProposal'
  | 'fireDueTimers'
  | 'migrate'
>;

const timersAtOnce = 500;

export function movingDoors(world: BatchWorld, queue: StepQueue): Moving {
  let stuckTimers = 0;
  const move = (
    caller: Caller | null,
    target: { readonly instance: string; readonly starts?: string; readonly migratesTo?: string },
    idempotency: Idempotency | null,
    stimulate: Command['stimulate'],
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
        settle,
        fail,
        attempts: 0,
        fresh: false,
      }),
    );

  const submitMigration: SubmitMigration = (caller, target, idempotency, stimulus) =>
    move(caller, target, idempotency, ({ directory }) => stimulus(directory));

  return {
    ...migratingDoors(world, submitMigration),

    async start(caller, { process: wanted, data }, idempotency) {
      const wrongScope = checkScope(caller, 'start');
      if (wrongScope !== null) return wrongScope;
      const process = await world.processes.current(wanted);
      if (process === null) return refuseUnknownDefinition(wanted);
      const target = { instance: newId(world.clock.now()), starts: process.hash };
      return move(caller, target, idempotency, ({ directory }) => ({
        kind: 'start',
        data,
        responsible: peopleWithRole(directory, process.definition.responsible.role),
      }));
    },

    async postEvent(caller, { instance, type, data, seen }, idempotency) {
      const wrongScope = checkScope(caller, 'event');
      if (wrongScope !== null) return wrongScope;
      return move(caller, { instance }, idempotency, ({ stored }) =>
        seen !== null && stored !== null && stored.seq !== seen
          ? refuseSeen(seen, stored.seq)
          : { kind: 'event', type, data },
      );
    },

    async decide(caller, { instance, state, opened, subject, verdict, reason }, idempotency) {
      const wrongScope = checkScope(caller, 'decide');
      if (wrongScope !== null) return wrongScope;
      return move(caller, { instance }, idempotency, ({ process, directory, stored, actor, time }) => ({
        kind: 'decision',
        gate: state,
        opened,
        subject,
        verdict,
        reason,
        ...electorateAt(process, directory, stored?.state ?? null, state, actor, time),
      }));
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

    async submitProposal(caller, { instance, state, opened, claim, proposal }, idempotency) {
      const wrongScope = checkScope(caller, 'propose');
      if (wrongScope !== null) return wrongScope;
      const holds = await world.ledger.checkClaim(instance, state, opened, caller.principal.id, claim);
      if (!holds) return (await answeredBefore(world.ledger, caller, idempotency)) ?? refuseLostClaim();
      return move(caller, { instance }, idempotency, ({ directory }) => {
        const named = operatorOfAgent(directory, caller.principal.id, proposal.operator);
        if (isRefusal(named)) return named;
        return { kind: 'proposal', state, opened, proposal: { ...proposal, operator: named.operator } };
      });
    },

    async claimProposal(caller, leaseMs) {
      const reader = await checkReader(world.directory, caller, 'propose');
      if (isRefusal(reader)) return reader;
      if (reader.kind !== 'agent') {
        return refuse(
          'not-allowed',
          'Only an AI agent claims requests for a proposal.',
          "Use the agent's own key.",
        );
      }
      const { controls } = await world.directory.current();
      const barred = controlOfAgent(controls, reader.id);
      if (barred !== null) {
        const { code, message, next } = explainControl(barred);
        return refuse(code, message, next);
      }
      const places = await freePlaces(world, await placesFor(world, 'requests', reader), reader.id);
      if (places.length === 0) return { kind: 'done', value: null };
      return { kind: 'done', value: await claimPermitted(world, places, caller, leaseMs) };
    },

    async fireDueTimers() {
      const now = new Date(world.clock.now()).toISOString();
      // A timer that cannot fire (its expression fails, say) stays due. It is tried again each round, beside the
      // others and not instead of them.
      const due = await world.ledger.listDueTimers(now, timersAtOnce + stuckTimers);
      const answers = await Promise.allSettled(
        due.map(({ instance, timer, set }) =>
          move(null, { instance }, null, () => ({ kind: 'timer', timer, set })),
        ),
      );
      const fired = answers.filter((one) => one.status === 'fulfilled' && one.value.kind === 'done').length;
      stuckTimers = due.length - fired;
      return fired;
    },
  };
}

/** Without those whose requests are handed to nobody now: what is behind them in the queue is not to wait for them. */
async function freePlaces(
  world: BatchWorld,
  places: readonly { hash: string; state: string }[],
  agent: string,
): Promise<readonly { hash: string; state: string }[]> {
  const { controls } = await world.directory.current();
  if (controls.length === 0) return places;
  const free: { hash: string; state: string }[] = [];
  for (const place of places) {
    const process = await world.processes.get(place.hash);
    const decision = process?.proposes.get(place.state)?.propose.decision ?? null;
    const request = {
      process: process?.definition.id ?? '',
      instance: null,
      state: place.state,
      decision,
      agent,
    };
    if (controlOfRequests(controls, request) === null) free.push(place);
  }
  return free;
}

/**
 * A request whose agent the definition narrows by unit or expression is looked at in its instance before it is
 * handed out. Those that this agent may not answer are held only while the search goes on, and then given back.
 */
async function claimPermitted(
  world: BatchWorld,
  places: readonly { hash: string; state: string }[],
  caller: Caller,
  leaseMs: number,
): Promise<ClaimedProposal | null> {
  const notMine: ClaimedRequest[] = [];
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const claimed = await world.ledger.claimRequest(places, caller.principal.id, leaseMs);
      if (claimed === null) return null;
      const mine = await toClaimedProposal(world, caller, claimed);
      if (mine !== null) return mine;
      notMine.push(claimed);
    }
    return null;
  } finally {
    for (const { instance, state, claim } of notMine) await world.ledger.releaseClaim(instance, state, claim);
  }
}

/** Null when this agent may not answer it, or it does not stand any more. */
async function toClaimedProposal(
  world: BatchWorld,
  caller: Caller,
  claimed: ClaimedRequest,
): Promise<ClaimedProposal | null> {
  const process = await world.processes.get(claimed.definition);
  const stored = (await world.ledger.loadInstances([claimed.instance])).get(claimed.instance);
  const wanted = process?.proposes.get(claimed.state);
  if (process === null || wanted === undefined || stored === undefined) return null;
  const state = JSON.parse(stored.state) as StoredState;
  const request = state.requests[claimed.state];
  const actor = world.directory.snapshotOf(caller.principal);
  const time = new Date(world.clock.now()).toISOString();
  if (request === undefined || request.opened !== claimed.opened) return null;
  if (!permits(wanted.propose.agent, actor, rosterScope(state, actor, time), process)) return null;
  const { controls } = await world.directory.current();
  const body = { kind: 'proposal', state: claimed.state } as const;
  const attempt = { process: process.definition.id, instance: claimed.instance, state, body, actor };
  if (controlInTheWay(controls, attempt) !== null) return null;
  return {
    instance: claimed.instance,
    process: process.definition.id,
    state: claimed.state,
    opened: claimed.opened,
    decision: claimed.decision,
    claim: claimed.claim,
    leaseUntil: claimed.leaseUntil,
    input: request.input,
    instructions: wanted.propose.instructions ?? null,
    output: JSON.parse(JSON.stringify(wanted.propose.output)),
  };
}

function electorateAt(
  process: CompiledProcess,
  directory: Directory,
  state: StoredState | null,
  gate: string,
  actor: ActorSnapshot,
  time: string,
): Electorate {
  if (state === null) return { roster: [], personBehind: {} };
  return electorateOf(process, gate, directory, state, rosterScope(state, actor, time));
}

async function answeredBefore(
  ledger: Ledger,
  caller: Caller,
  idempotency: Idempotency | null,
): Promise<Answer<Moved> | null> {
  if (idempotency === null) return null;
  let answer: Answer<Moved> | null = null;
  const settle = (given: Answer<Moved>) => {
    answer = given;
  };
  await settleRepeated(ledger, [{ caller, idempotency, settle }]);
  return answer;
}

const refuseSeen = (seen: number, seq: number) =>
  refuse(
    'stale',
    `The instance has moved on: you saw step ${seen}, it is now at step ${seq}.`,
    'Read the instance again, and send the request with the ETag you then have.',
  );

const refuseLostClaim = () =>
  refuse(
    'stale',
    'Your claim on this request has ended: the lease ran out, or the request was answered or withdrawn.',
    'Claim again; if the request still stands you get it with a new claim.',
  );
