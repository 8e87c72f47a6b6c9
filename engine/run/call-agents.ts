/**
 * Calls agents that want to be called: tells them that a request waits which they may answer, and nothing of what it
 * asks. They claim and answer it as any agent. Whom a commit left a request for is found from what it wrote; each notice
 * is tried a few times, further and further apart, by one node at a time, and then given up. An agent that was not
 * reached still finds the request when it asks.
 */
import { Webhook } from 'standardwebhooks';
import { sha256Hex } from '../evidence/sha256.ts';
import type { CallbackNotice, CallbackResult } from '../ledger/callbacks.ts';
import type { Principal } from '../oversight/directory.ts';
import { lookAt, nameOf } from './answer-requests.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine } from './engine-contract.ts';
import { readNetworks } from './outside-addresses.ts';
import { placesFor } from './places-for.ts';
import { type Posted, postOutside } from './post-outside.ts';

/** After each try that failed; after the last of them it is given up. */
const pausesMs = [5_000, 30_000, 120_000, 600_000, 3_600_000];
const atOnce = 20;
const plannedAtOnce = 100;
/** What a node commits later may say an earlier time. */
const lookBackMs = 300_000;

/** `networks`: private ones in which agents may be called. */
export function callingDoors(world: BatchWorld, networks: readonly string[]): Pick<Engine, 'callAgents'> {
  const named = readNetworks(networks);
  if (named === null) throw new Error(`One of ${networks.join(', ')} is no network.`);
  const since = new Map<string, number>();

  return {
    async callAgents() {
      // Nothing that this node commits may tell it that the directory has moved on.
      const { directory } = await world.directory.refresh();
      const called = [...directory.principals.values()].filter(
        ({ kind, active, callback }) => kind === 'agent' && active && callback !== undefined,
      );
      if (called.length === 0) return 0;
      for (const agent of called) await planFor(world, agent, since);
      const due = await world.ledger.claimCallbacks(timeOf(world), atOnce);
      await Promise.all(
        due.map(async (notice) => {
          const agent = called.find(({ id }) => id === notice.agent);
          const posted = await call(world, agent, notice, (message) =>
            postOutside(agent?.callback ?? '', message, named),
          );
          await world.ledger.settleCallback(notice, resultOf(posted, notice, world.clock.now()));
        }),
      );
      return due.length;
    },
  };
}

const timeOf = ({ clock }: BatchWorld) => new Date(clock.now()).toISOString();

/** Notes every request that this agent was not told of, and whether it may answer. */
async function planFor(world: BatchWorld, agent: Principal, since: Map<string, number>): Promise<void> {
  const nowMs = world.clock.now();
  const from = new Date(since.get(agent.id) ?? 0).toISOString();
  const places = await placesFor(world, 'requests', agent);
  const untold = await world.ledger.listUntold(places, agent.id, from, plannedAtOnce);
  let isWhole = untold.length < plannedAtOnce;
  for (const request of untold) {
    const found = await lookAt(world, agent, request.definition, request);
    const { controls } = await world.directory.current();
    // While something is paused or stopped nobody is called; whom it was asked of is looked at again later.
    if (found === null && controls.length > 0) isWhole = false;
    else {
      const process = (await world.processes.get(request.definition))?.definition.id ?? '';
      await world.ledger.planCallback(request, agent.id, process, found !== null, timeOf(world));
    }
  }
  if (isWhole) since.set(agent.id, nowMs - lookBackMs);
}

async function call(
  world: BatchWorld,
  agent: Principal | undefined,
  notice: CallbackNotice,
  post: (message: { readonly headers: Record<string, string>; readonly body: string }) => Promise<Posted>,
): Promise<Posted> {
  if (agent === undefined) return { kind: 'failed', why: 'the agent is called no longer' };
  const secret = await world.ledger.callbackSecret(agent.id);
  if (secret === null) return { kind: 'failed', why: 'no secret was made to sign with' };
  const { process, instance, decision, requestedAt } = notice;
  const request = nameOf(notice);
  const data = { request, instance, process, decision, requestedAt };
  const body = JSON.stringify({ type: 'proposal.requested', timestamp: timeOf(world), data });
  // The same at each try, so that whoever gets it twice can tell.
  const id = `msg_${sha256Hex(`${request} ${agent.id}`).slice(0, 32)}`;
  const at = new Date(world.clock.now());
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
    'user-agent': 'countersign',
  };
  return post({ headers, body });
}

function resultOf(posted: Posted, { attempts }: CallbackNotice, nowMs: number): CallbackResult {
  const status = posted.kind === 'answered' ? posted.status : null;
  if (status !== null && status >= 200 && status < 300)
    return { status, problem: null, again: null, outcome: 'delivered' };
  const problem = posted.kind === 'failed' ? posted.why : answerIn(posted.status);
  const pause = pausesMs[attempts - 1];
  return pause === undefined
    ? { status, problem, again: null, outcome: 'given-up' }
    : { status, problem, again: new Date(nowMs + pause).toISOString(), outcome: null };
}

const answerIn = (status: number) =>
  status >= 300 && status < 400 ? 'it redirects, which is not followed' : `it answered ${status}`;
