/**
 * Group commit. Commands that arrive while a batch is under way form the next one; a batch is one
 * statement and one fsync. Several commands of one instance chain in memory, in the order they came.
 * Two batches may be under way at once, up to six where many commands are, never with the same instance in two.
 *
 * Nothing is answered before its entry is committed (P6), and a refusal is only given from a state
 * that was read, never from one that this node merely remembers.
 */

import type { Command } from './command.ts';
import { type BatchResult, type BatchWorld, CommandBatch } from './command-batch.ts';
import { refuse, refuseUnavailable } from './refuse.ts';

/** A longer one keeps its own commands waiting, and leaves the others nothing to do meanwhile. */
const maximumBatch = 256;
/** Fewer than these are not worth a second statement. */
const smallestShare = 32;
/** One is decided here while the database commits the other. */
const fewestUnderWay = 2;
/** Of many commands each so many have a batch: measured, with the disk then waited for several times at once. */
const commandsABatch = 170;
const mostUnderWay = 6;
const maximumAttempts = 50;

export class StepQueue {
  readonly #world: BatchWorld;
  readonly #waiting = new Map<string, Command[]>();
  readonly #busy = new Set<string>();
  #waitingCount = 0;
  /** Batches, and the commands in them. */
  #underWay = 0;
  #underWayCount = 0;
  #scheduled = false;
  #whenIdle: (() => void)[] = [];

  constructor(world: BatchWorld) {
    this.#world = world;
  }

  submit(command: Command): void {
    const waiting = this.#waiting.get(command.instance);
    if (waiting === undefined) this.#waiting.set(command.instance, [command]);
    else waiting.push(command);
    this.#waitingCount += 1;
    this.#schedule();
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#waiting.size === 0 && this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** How many batches may be under way, as many commands as there are. */
  #mostUnderWay(): number {
    const batches = Math.floor((this.#waitingCount + this.#underWayCount) / commandsABatch);
    return Math.min(mostUnderWay, Math.max(fewestUnderWay, batches));
  }

  /** Commands submitted in the same turn of the event loop share the first batch. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= this.#mostUnderWay()) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#begin();
    });
  }

  #begin(): void {
    for (;;) {
      const free = this.#mostUnderWay() - this.#underWay;
      const commands = free > 0 ? this.#take(free) : [];
      if (commands.length === 0) break;
      this.#underWay += 1;
      this.#underWayCount += commands.length;
      void this.#run(commands);
    }
    if (this.#waiting.size === 0 && this.#underWay === 0) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  /**
   * An equal share for each batch that may still begin (`free`). Taking everything at once would leave each of
   * them waiting for the others in turn.
   */
  #take(free: number): Command[] {
    const share = Math.ceil(this.#waitingCount / free);
    const most = Math.min(maximumBatch, Math.max(smallestShare, share));
    const taken: Command[] = [];
    for (const [instance, commands] of this.#waiting) {
      if (taken.length >= most) break;
      if (this.#busy.has(instance)) continue;
      const part = commands.splice(0, commands[0]?.alone === true ? 1 : most - taken.length);
      if (commands.length === 0) this.#waiting.delete(instance);
      this.#busy.add(instance);
      for (const command of part) taken.push(command);
    }
    this.#waitingCount -= taken.length;
    return taken;
  }

  async #run(commands: readonly Command[]): Promise<void> {
    try {
      this.#release(commands, await new CommandBatch(this.#world, commands).run());
    } catch (error) {
      for (const command of commands) command.fail(error);
      this.#release(commands, { settled: [], again: [] });
    }
  }

  #release(commands: readonly Command[], { settled, again }: BatchResult): void {
    for (const command of commands) this.#busy.delete(command.instance);
    this.#underWay -= 1;
    this.#underWayCount -= commands.length;
    for (const { command, answer } of settled) command.settle(answer);
    // What lost a race goes ahead of what came later.
    for (const { command, unavailable } of [...again].reverse()) {
      command.attempts += 1;
      if (unavailable) command.settle(refuseUnavailable());
      else if (command.attempts > maximumAttempts) command.settle(refuseContended());
      else {
        this.#waiting.set(command.instance, [command, ...(this.#waiting.get(command.instance) ?? [])]);
        this.#waitingCount += 1;
      }
    }
    // Those just answered come again in this turn, if they do: they share the next batch with what waits.
    this.#schedule();
  }
}

const refuseContended = () =>
  refuse(
    'conflict',
    'Others moved this instance again and again while this was tried.',
    'Nothing was changed by this request. Read the instance and try again.',
  );
