/**
 * The doors of AI agents: find the requests that wait for a proposal, hold one for a while, and hand a proposal
 * in. Nobody calls an agent; it asks. A claim moves nothing and decides nothing, it only spares two agents the
 * same work; what a proposal comes to is decided where every step is.
 */
import { memberOf } from '../evidence/member-of.ts';
import type { ClaimedRequest, RequestName, WorkPlace } from '../ledger/ledger.ts';
import { controlOfAgent, controlOfRequests, explainControl } from '../oversight/controls.ts';
import type { Principal } from '../oversight/directory.ts';
import { operatorOfAgent } from '../oversight/operator-of-agent.ts';
import { refuseSecondOperator } from '../step/collect-proposals.ts';
import type { Refusal } from '../step/step.ts';
import { answeredBefore } from './answered-before.ts';
import { checkReader, checkScope } from './check-caller.ts';
import { type Command, isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type {
  Answer,
  Caller,
  ClaimedProposal,
  Engine,
  Idempotency,
  Moved,
  OpenProposalRequest,
} from './engine-contract.ts';
import { type Found, lookAt } from './look-at-request.ts';
import { placesFor } from './places-for.ts';
import { isInstanceId, pageSize, refuseCursor } from './read-instance.ts';
import { refuse } from './refuse.ts';

type Answering = Pick<
  Engine,
  'listRequests' | 'claimProposal' | 'claimRequest' | 'renewClaim' | 'releaseClaim' | 'submitProposal'
>;

/** Hands a stimulus to the main path. */
export type SubmitStimulus = (
  caller: Caller,
  instance: string,
  idempotency: Idempotency | null,
  stimulate: Command['stimulate'],
) => Promise<Answer<Moved>>;

export function answeringDoors(world: BatchWorld, submit: SubmitStimulus): Answering {
  return {
    async listRequests(caller, cursor, wantedLimit) {
      const agent = await checkFreeAgent(world, caller);
      if (isRefusal(agent)) return agent;
      if (cursor !== null && !isCursor(cursor)) return refuseCursor();
      const places = await placesFor(world, 'requests', agent);
      if (places.length === 0) return { kind: 'done', value: { items: [], next: null } };
      const limit = pageSize(wantedLimit);
      const rows = await world.ledger.listRequests(places, agent.id, cursor, limit + 1);
      const items: OpenProposalRequest[] = [];
      for (const row of rows.slice(0, limit)) {
        const found = await lookAt(world, agent, row.definition, row);
        if (found.kind !== 'found') continue;
        const { requestedAt, leaseUntil, claimedBy } = row;
        const leasedToYou = claimedBy === agent.id;
        items.push({ ...toRequest(found, row), requestedAt, leaseUntil, leasedToYou });
      }
      const last = rows[limit - 1];
      const next =
        rows.length > limit && last !== undefined
          ? `${last.requestedAt} ${last.instance} ${last.state}`
          : null;
      return { kind: 'done', value: { items, next } };
    },

    async claimProposal(caller, leaseMs) {
      const agent = await checkFreeAgent(world, caller);
      if (isRefusal(agent)) return agent;
      const places = await freePlaces(world, await placesFor(world, 'requests', agent), agent.id);
      if (places.length === 0) return { kind: 'done', value: null };
      return { kind: 'done', value: await claimOldest(world, places, agent, leaseMs) };
    },

    async claimRequest(caller, request, leaseMs) {
      const agent = await checkFreeAgent(world, caller);
      if (isRefusal(agent)) return agent;
      const stored = (await world.ledger.loadInstances([request.instance])).get(request.instance);
      const found =
        stored === undefined ? null : await lookAt(world, agent, stored.definition, request, stored.state);
      if (found?.kind !== 'found') return refuseUnknownRequest();
      const claimed = await world.ledger.claimOneRequest(request, agent.id, leaseMs);
      if (claimed.kind === 'gone') return refuseUnknownRequest();
      if (claimed.kind === 'held') return refuseHeld(claimed.leaseUntil);
      const { claim, leaseUntil } = claimed;
      return { kind: 'done', value: { ...toRequest(found, request), claim, leaseUntil } };
    },

    async renewClaim(caller, { claim, ...request }, leaseMs) {
      const agent = await checkAgent(world, caller);
      if (isRefusal(agent)) return agent;
      const leaseUntil = await world.ledger.renewClaim(request, agent.id, claim, leaseMs);
      return leaseUntil === null
        ? refuseLostClaim()
        : { kind: 'done', value: { request: nameOf(request), leaseUntil } };
    },

    async releaseClaim(caller, { claim, ...request }) {
      const agent = await checkAgent(world, caller);
      if (isRefusal(agent)) return agent;
      // Only the agent who was told this claim knows it; giving back what has ended changes nothing.
      await world.ledger.releaseClaim(request.instance, request.state, claim);
      return { kind: 'done', value: null };
    },

    async submitProposal(caller, { instance, state, opened, claim, proposal }, idempotency) {
      const wrongScope = checkScope(caller, 'propose');
      if (wrongScope !== null) return wrongScope;
      const request = { instance, state, opened };
      const heldUntil = await world.ledger.heldByAnother(request, caller.principal.id, claim);
      if (heldUntil !== null)
        return (await answeredBefore(world.ledger, caller, idempotency)) ?? refuseHeld(heldUntil);
      const answer = await submit(caller, instance, idempotency, ({ directory, stored }) => {
        const named = operatorOfAgent(directory, caller.principal.id, proposal.operator);
        if (isRefusal(named)) return named;
        const asked = memberOf(stored?.state.requests ?? {}, state);
        const heard =
          asked?.opened === opened ? refuseSecondOperator(directory, asked, named.operator) : null;
        if (heard !== null) return heard;
        return { kind: 'proposal', state, opened, proposal: { ...proposal, operator: named.operator } };
      });
      // Whoever is heard no more here keeps nobody else out.
      if (isRefusal(answer) && answer.code === 'already-proposed' && claim !== null)
        await world.ledger.releaseClaim(instance, state, claim);
      return answer;
    },
  };
}

/** Requests are shown to agents alone: nobody else can answer them. */
async function checkAgent(world: BatchWorld, caller: Caller): Promise<Principal | Refusal> {
  const reader = await checkReader(world.directory, caller, 'propose');
  if (isRefusal(reader) || reader.kind === 'agent') return reader;
  return refuse(
    'not-allowed',
    'Only an AI agent answers requests for a proposal.',
    "Use the agent's own key.",
  );
}

/** While an agent is paused or stopped it is handed nothing; what it holds it may still keep or give back. */
async function checkFreeAgent(world: BatchWorld, caller: Caller): Promise<Principal | Refusal> {
  const agent = await checkAgent(world, caller);
  if (isRefusal(agent)) return agent;
  const { controls } = await world.directory.current();
  const barred = controlOfAgent(controls, agent.id);
  if (barred === null) return agent;
  const { code, message, next } = explainControl(barred);
  return refuse(code, message, next);
}

/** Without those whose requests are handed to nobody now: what is behind them in the queue is not to wait for them. */
export async function freePlaces(
  world: BatchWorld,
  places: readonly WorkPlace[],
  agent: string,
): Promise<readonly WorkPlace[]> {
  const { controls } = await world.directory.current();
  if (controls.length === 0) return places;
  const free: WorkPlace[] = [];
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
async function claimOldest(
  world: BatchWorld,
  places: readonly WorkPlace[],
  agent: Principal,
  leaseMs: number,
): Promise<ClaimedProposal | null> {
  const notMine: ClaimedRequest[] = [];
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const claimed = await world.ledger.claimRequest(places, agent.id, leaseMs);
      if (claimed === null) return null;
      const found = await lookAt(world, agent, claimed.definition, claimed);
      const { claim, leaseUntil } = claimed;
      if (found.kind === 'found') return { ...toRequest(found, claimed), claim, leaseUntil };
      notMine.push(claimed);
    }
    return null;
  } finally {
    for (const { instance, state, claim } of notMine) await world.ledger.releaseClaim(instance, state, claim);
  }
}

/** What an agent is told of a request, claimed or not. */
function toRequest({ process, request }: Found, name: RequestName) {
  const { instance, state, opened } = name;
  const propose = process.proposes.get(state)?.propose;
  return {
    request: nameOf(name),
    instance,
    process: process.definition.id,
    state,
    opened,
    decision: request.decision,
    input: request.input,
    instructions: propose?.instructions ?? null,
    output: JSON.parse(JSON.stringify(propose?.output ?? {})),
  };
}

/** One text for a request, as it stands in its address: a state's id may hold dots, the others do not. */
export const nameOf = ({ instance, state, opened }: RequestName) => `${instance}.${opened}.${state}`;

/** Time, instance and state of the last request on the page before. */
function isCursor(cursor: string): boolean {
  const [time = '', instance = '', state = '', ...rest] = cursor.split(' ');
  return (
    rest.length === 0 &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) &&
    !Number.isNaN(Date.parse(time)) &&
    isInstanceId(instance) &&
    /^[A-Za-z0-9_.-]{1,1000}$/.test(state)
  );
}

const refuseHeld = (leaseUntil: string) =>
  refuse(
    'already-claimed',
    `Another claim holds this request until ${leaseUntil}.`,
    'Take another request, or come again after that time; with a claim of your own, hand that in.',
  );

const refuseUnknownRequest = () =>
  refuse(
    'not-found',
    'There is no such request that you may answer: it was answered, timed out, or is not for you.',
    'List the requests that wait for you.',
  );

const refuseLostClaim = () =>
  refuse(
    'stale',
    'Your claim on this request has ended: the lease ran out, or the request was answered or withdrawn.',
    'Claim again; if the request still stands you get it with a new claim.',
  );
