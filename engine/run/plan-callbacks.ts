/**
 * Whom to tell of which request: finds what a commit left, and notes for each agent that is called whether it may
 * answer. A little at a time, so that no agent's requests keep the others' waiting; what is barred by a control is
 * passed by until it is not. An answer of "not theirs" holds until the directory changes, and ten minutes at most.
 */

import type { PlaceInLine, RequestToTell } from '../ledger/callbacks.ts';
import { LedgerUnavailable } from '../ledger/ledger.ts';
import type { Principal } from '../oversight/directory.ts';
import { freePlaces } from './answer-requests.ts';
import type { BatchWorld } from './command-batch.ts';
import { lookAt } from './look-at-request.ts';
import { placesFor } from './places-for.ts';

const atOnce = 50;
/** What a node commits later may say an earlier time. */
const lookBackMs = 300_000;
/** The case may change, and so may what holds of an agent by the calendar alone. */
const lookAgainAfterMs = 600_000;

/** How far this node has come with an agent's requests. */
interface Progress {
  readonly version: number;
  /** When this node learned of that version. */
  readonly learnedMs: number;
  readonly fromMs: number;
  /** When everything was gone through last. */
  readonly wholeMs: number;
  readonly beganMs: number;
  readonly after: PlaceInLine | null;
  readonly hasPassedBy: boolean;
}

export class CallbackPlan {
  readonly #world: BatchWorld;
  readonly #progress = new Map<string, Progress>();

  constructor(world: BatchWorld) {
    this.#world = world;
  }

  /** Goes on with this agent's requests. `version` is that of the directory. */
  async goOn(agent: Principal, version: number): Promise<void> {
    const { ledger, clock } = this.#world;
    const nowMs = clock.now();
    const progress = this.#progressOf(agent, version, nowMs);
    const all = await placesFor(this.#world, 'requests', agent);
    const places = await freePlaces(this.#world, all, agent.id);
    const after = progress.after ?? beginningAt(progress.fromMs);
    const untold = await ledger.listUntold(places, agent.id, after, atOnce);
    const lookedBefore = Math.max(nowMs - lookAgainAfterMs, progress.learnedMs);
    const again = await ledger.lookAgain(agent.id, toTime(lookedBefore), toTime(nowMs), atOnce);
    let hasPassedBy = progress.hasPassedBy || places.length < all.length;
    for (const request of [...untold, ...again]) {
      if (!(await this.#plan(agent, request))) hasPassedBy = true;
    }
    const isOver = untold.length < atOnce;
    this.#progress.set(agent.id, {
      ...progress,
      after: isOver ? null : (untold.at(-1) ?? null),
      hasPassedBy: !isOver && hasPassedBy,
      fromMs: isOver && !hasPassedBy ? progress.beganMs - lookBackMs : progress.fromMs,
      beganMs: isOver ? nowMs : progress.beganMs,
    });
  }

  #progressOf(agent: Principal, version: number, nowMs: number): Progress {
    const known = this.#progress.get(agent.id);
    const anew = { fromMs: 0, wholeMs: nowMs, beganMs: nowMs, after: null, hasPassedBy: false };
    if (known?.version !== version) return { ...anew, version, learnedMs: nowMs };
    if (known.after !== null) return known;
    if (nowMs - known.wholeMs >= lookAgainAfterMs) return { ...known, ...anew };
    return { ...known, beganMs: nowMs };
  }

  /** False when it is to be looked at again as if it had not been. */
  async #plan(agent: Principal, request: RequestToTell): Promise<boolean> {
    const { ledger, clock, processes, report } = this.#world;
    try {
      const looked = await lookAt(this.#world, agent, request.definition, request);
      if (looked.kind === 'barred') return false;
      const process = (await processes.get(request.definition))?.definition.id ?? '';
      const isTheirs = looked.kind === 'found';
      const theirs = { isTheirs, problem: isTheirs ? null : looked.failure };
      await ledger.planCallback(request, agent.id, process, theirs, toTime(clock.now()));
      return true;
    } catch (error) {
      // One request's trouble is not another's.
      if (error instanceof LedgerUnavailable) throw error;
      report?.(`${agent.id} is not told of a request: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }
}

const toTime = (ms: number) => new Date(ms).toISOString();

const beginningAt = (ms: number): PlaceInLine => ({
  requestedAt: toTime(ms),
  instance: '00000000-0000-0000-0000-000000000000',
  state: '',
});
