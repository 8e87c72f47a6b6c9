/**
 * Calls agents that want to be called: tells them that a request waits which they may answer, and nothing of what it
 * asks. They claim and answer it as any agent. Each notice is tried a few times, further and further apart, by one node
 * at a time, and then given up. An agent that was not reached still finds the request when it asks.
 *
 * Nobody waits for another's answer: each agent has a few calls of its own, and rests when they keep failing.
 */
import type { CallbackNotice, CallbackResult } from '../ledger/callbacks.ts';
import { LedgerUnavailable } from '../ledger/ledger.ts';
import { controlOfAgent } from '../oversight/controls.ts';
import type { Principal } from '../oversight/directory.ts';
import type { BatchWorld } from './command-batch.ts';
import type { CallRound, Engine } from './engine-contract.ts';
import { readNetworks } from './outside-addresses.ts';
import { CallbackPlan } from './plan-callbacks.ts';
import { type Posted, postOutside } from './post-outside.ts';
import { signNotice } from './sign-notice.ts';

/** After each try that failed; after the last of them it is given up. */
const pausesMs = [5_000, 30_000, 120_000, 600_000, 3_600_000];
const atOnceEach = 2;
const failuresBeforeRest = 3;
const restMs = 60_000;

type Calling = Pick<Engine, 'callAgents'> & { readonly stopCalling: () => Promise<void> };

/** `networks`: private ones in which agents may be called. */
export function callingDoors(world: BatchWorld, networks: readonly string[]): Calling {
  const calls = new AgentCalls(world, networks);
  return { callAgents: () => calls.round(), stopCalling: () => calls.stop() };
}

class AgentCalls {
  readonly #world: BatchWorld;
  readonly #post: (address: string, message: Parameters<typeof postOutside>[1]) => Promise<Posted>;
  readonly #plan: CallbackPlan;
  readonly #leaving = new AbortController();
  readonly #underWay = new Map<Promise<void>, string>();
  /** How often in a row calls of an agent failed, and when the last of them did. */
  readonly #failures = new Map<string, { readonly inRow: number; readonly atMs: number }>();

  constructor(world: BatchWorld, networks: readonly string[]) {
    const named = readNetworks(networks);
    if (named === null) throw new Error(`One of ${networks.join(', ')} is no network.`);
    this.#world = world;
    this.#plan = new CallbackPlan(world);
    const { signal } = this.#leaving;
    this.#post = (address, message) => postOutside(address, message, named, { signal });
  }

  async round(): Promise<CallRound> {
    // Nothing that this node commits may tell it that the directory has moved on.
    const { directory } = await this.#world.directory.refresh();
    const room = new Map<string, number>();
    for (const { id } of directory.principals.values()) {
      const agent = await this.#calledAgent(id);
      if (agent === null) continue;
      await this.#goOn(agent, directory.version);
      const busy = [...this.#underWay.values()].filter((one) => one === id).length;
      if (!this.#rests(id) && busy < atOnceEach) room.set(id, atOnceEach - busy);
    }
    const due = this.#leaving.signal.aborted ? [] : await this.#claim(room);
    for (const notice of due) this.#begin(notice);
    return { begun: due.length, answered: this.#idle() };
  }

  /** What is wrong with one agent's requests keeps no other agent from hearing of theirs. */
  async #goOn(agent: Principal, version: number): Promise<void> {
    try {
      await this.#plan.goOn(agent, version);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#world.report?.(`${agent.id} is not told of requests: ${why}`);
    }
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#idle();
  }

  async #idle(): Promise<void> {
    await Promise.all(this.#underWay.keys());
  }

  #claim(room: ReadonlyMap<string, number>): Promise<readonly CallbackNotice[]> {
    return this.#world.ledger.claimCallbacks(new Date(this.#world.clock.now()).toISOString(), room);
  }

  #begin(notice: CallbackNotice): void {
    const work = this.#callOn(notice)
      .catch((error: unknown) => {
        // What was not settled is tried again, here or on another node.
        const why = error instanceof Error ? error.message : String(error);
        this.#world.report?.(`${notice.agent} is not called: ${why}`);
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.set(work, notice.agent);
  }

  /** This notice, and whatever else is due to its agent by then. */
  async #callOn(first: CallbackNotice): Promise<void> {
    const { ledger, clock } = this.#world;
    const { agent } = first;
    for (let notice: CallbackNotice | undefined = first; notice !== undefined; ) {
      const posted = await this.#call(notice);
      // Whoever leaves says nothing of an answer that might have come.
      if (this.#leaving.signal.aborted) return;
      const result = resultOf(posted, notice, clock.now());
      this.#note(agent, result.outcome === 'delivered');
      await ledger.settleCallback(notice, result);
      if (this.#rests(agent) || (await this.#calledAgent(agent)) === null) return;
      [notice] = await this.#claim(new Map([[agent, 1]]));
    }
  }

  async #call(notice: CallbackNotice): Promise<Posted> {
    const agent = await this.#calledAgent(notice.agent);
    if (agent?.callback === undefined) return { kind: 'failed', why: 'the agent is called no longer' };
    const secrets = await this.#world.ledger.callbackSecrets(agent.id);
    if (secrets.length === 0) return { kind: 'failed', why: 'no secret was made to sign with' };
    return this.#post(agent.callback, signNotice(notice, secrets, this.#world.clock.now()));
  }

  /** Null for whoever is not called: by the directory, or because a control keeps everything from them. */
  async #calledAgent(id: string): Promise<Principal | null> {
    const { directory, controls } = await this.#world.directory.current();
    const agent = directory.principals.get(id);
    if (agent?.kind !== 'agent' || !agent.active || agent.callback === undefined) return null;
    return controlOfAgent(controls, id) === null ? agent : null;
  }

  #note(agent: string, isReached: boolean): void {
    if (isReached) this.#failures.delete(agent);
    else {
      const inRow = (this.#failures.get(agent)?.inRow ?? 0) + 1;
      this.#failures.set(agent, { inRow, atMs: this.#world.clock.now() });
    }
  }

  #rests(agent: string): boolean {
    const { inRow, atMs } = this.#failures.get(agent) ?? { inRow: 0, atMs: 0 };
    return inRow >= failuresBeforeRest && this.#world.clock.now() < atMs + restMs;
  }
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
