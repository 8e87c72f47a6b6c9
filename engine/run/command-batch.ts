/**
 * One batch from commands to answers: load, decide in memory, seal, commit together, answer.
 * It decides nothing itself: `nextStep` does, and the ledger compares versions again.
 */
import { randomBytes } from 'node:crypto';
import { countedBy } from '../calendar/calendars.ts';
import { type CompiledProcess, ExpressionError } from '../definition/compiled-process.ts';
import { sealEntry } from '../evidence/seal-entry.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import { type CommitOutcome, type Ledger, LedgerUnavailable, type StepToCommit } from '../ledger/ledger.ts';
import { nextStep } from '../step/next-step.ts';
import { refuseExpression } from '../step/refuse.ts';
import type { BallotCast } from '../step/seal-ballot.ts';
import { stateText } from '../step/state-text.ts';
import type { Refusal, Step } from '../step/step.ts';
import { stimulusText } from '../step/stimulus-text.ts';
import type { StoredState } from '../step/stored-state.ts';
import { actorOf } from './actor-of.ts';
import { type Chain, indexedAnew, indexedOf, toChain, toIdempotency } from './chain.ts';
import type { Clock } from './clock.ts';
import { type Command, isRefusal } from './command.ts';
import { commitAgain } from './commit-again.ts';
import type { DirectoryCache, Known } from './directory-cache.ts';
import type { Answer, Moved } from './engine-contract.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { SessionRules } from './manage-sessions.ts';
import type { ProcessCache } from './process-cache.ts';
import {
  refuseUnavailable,
  refuseUnknownDefinition,
  refuseUnknownInstance,
  refuseWhoeverLeft,
} from './refuse.ts';
import { settleRepeated } from './settle-repeated.ts';
import type { StepUp } from './step-up.ts';

export interface BatchWorld {
  readonly ledger: Ledger;
  readonly processes: ProcessCache;
  readonly directory: DirectoryCache;
  readonly instances: InstanceCache;
  readonly clock: Clock;
  readonly sessions: SessionRules;
  readonly stepUp?: StepUp;
  /** Tells whoever runs the server, in a whole sentence, and the same one once. */
  readonly report?: (sentence: string) => void;
}

export interface BatchResult {
  readonly settled: readonly { readonly command: Command; readonly answer: Answer<Moved> }[];
  /** To be tried again; `unavailable` when it is not known what became of them. */
  readonly again: readonly { readonly command: Command; readonly unavailable: boolean }[];
}

export class CommandBatch {
  readonly #world: BatchWorld;
  readonly #commands: readonly Command[];
  readonly #chains = new Map<string, Chain>();
  /** Held for the batch: the cache may forget one while others are loaded. */
  readonly #processes = new Map<string, CompiledProcess>();
  readonly #keys = new Set<string>();
  /** Instances that could not be read, with the reason. */
  readonly #broken = new Map<string, unknown>();
  readonly #settled: { readonly command: Command; readonly answer: Answer<Moved> }[] = [];
  readonly #again: { command: Command; unavailable: boolean }[] = [];
  readonly #time: string;
  #salts: Buffer = Buffer.alloc(0);
  #saltAt = 0;

  constructor(world: BatchWorld, commands: readonly Command[]) {
    this.#world = world;
    this.#commands = commands;
    this.#time = new Date(world.clock.now()).toISOString();
  }

  /**
   * Decides and commits. What was committed is answered by the caller, once the batch no longer counts as under
   * way: whoever is answered may come again at once, and must find its place free.
   */
  async run(): Promise<BatchResult> {
    let known: Known;
    try {
      await this.#load();
      known = await this.#world.directory.current();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      for (const command of this.#commands) command.settle(refuseUnavailable());
      return { settled: [], again: [] };
    }
    const refused: { command: Command; refusal: Refusal }[] = [];
    const repetitions: Command[] = [];
    for (const command of this.#commands) {
      if (this.#isRepetition(command)) {
        repetitions.push(command);
        continue;
      }
      if (this.#broken.has(command.instance)) {
        command.fail(this.#broken.get(command.instance));
        continue;
      }
      try {
        const refusal = this.#decide(command, known);
        if (refusal !== null) refused.push({ command, refusal });
      } catch (error) {
        // What is wrong with one instance must not keep the others from moving.
        if (error instanceof ExpressionError) refused.push({ command, refusal: refuseExpression(error) });
        else command.fail(error);
      }
    }
    await this.#commit(known.directory.version);
    try {
      await this.#answerRefused(refused, known.directory.version);
      await this.#answerRepetitions(repetitions);
    } catch (error) {
      // What was committed is answered all the same: only those still being looked up have no answer.
      if (!(error instanceof LedgerUnavailable)) throw error;
      for (const { command } of refused) command.settle(refuseUnavailable());
      for (const command of repetitions) command.settle(refuseUnavailable());
    }
    return { settled: this.#settled, again: this.#again };
  }

  async #load(): Promise<void> {
    const { ledger, processes, instances } = this.#world;
    const missing = new Set<string>();
    for (const command of this.#commands) {
      if (command.fresh) instances.forget(command.instance);
    }
    for (const command of this.#commands) {
      if (command.starts !== null || this.#chains.has(command.instance)) continue;
      const cached = instances.get(command.instance);
      if (cached === undefined) missing.add(command.instance);
      else this.#chains.set(command.instance, toChain(command.instance, cached, true));
    }
    if (missing.size > 0) {
      for (const [id, stored] of await ledger.loadInstances([...missing])) {
        this.#isolate(id, () => {
          const state = JSON.parse(stored.state) as StoredState;
          this.#chains.set(id, toChain(id, { ...stored, state }, false));
        });
      }
    }
    for (const command of this.#commands) {
      if (command.starts === null) continue;
      const process = await processes.get(command.starts);
      if (process === null) continue;
      const base = {
        process: process.definition.id,
        definition: process.hash,
        seq: 0,
        head: noPrevious,
        state: null,
      };
      this.#chains.set(command.instance, toChain(command.instance, base, false));
    }
    for (const { migratesTo } of this.#commands) {
      if (migratesTo !== null) await processes.destination(migratesTo);
    }
    for (const chain of this.#chains.values()) {
      if (this.#processes.has(chain.definition)) continue;
      try {
        const process = processes.peek(chain.definition) ?? (await processes.get(chain.definition));
        if (process !== null) this.#processes.set(chain.definition, process);
      } catch (error) {
        if (error instanceof LedgerUnavailable) throw error;
        this.#broken.set(chain.instance, error);
      }
    }
  }

  /** What cannot be read of one instance is told to those who wanted to move it, and to nobody else. */
  #isolate(instance: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#broken.set(instance, error);
    }
  }

  /** Whether a command of this very batch came with the same key before: it waits for that one's answer. */
  #isRepetition({ caller, idempotency }: Command): boolean {
    if (caller === null || idempotency === null) return false;
    const key = `${caller.principal.id} ${idempotency.key}`;
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    return false;
  }

  /** Adds a step to its instance's chain, or says why not. */
  #decide(command: Command, known: Known): Refusal | null {
    const chain = this.#chains.get(command.instance);
    if (chain === undefined) {
      return command.starts === null
        ? refuseUnknownInstance(command.instance)
        : refuseUnknownDefinition(command.starts);
    }
    const process = this.#processes.get(chain.definition);
    if (process === undefined) return refuseUnknownDefinition(chain.definition);
    const caller = actorOf(this.#world.directory, known, command.caller, this.#time);
    if (isRefusal(caller)) return caller;
    const { migratesTo } = command;
    if (migratesTo !== null && chain.steps.length > 0) {
      // All steps of an instance in a batch are of one definition, so what came before is committed first.
      this.#again.push({ command, unavailable: false });
      return null;
    }
    const destination =
      migratesTo === null ? null : (this.#world.processes.peekDestination(migratesTo) ?? null);
    const stored = chain.state === null ? null : { seq: chain.seq, state: chain.state };
    const situation = { process, directory: known.directory, stored, time: this.#time };
    const actor = command.actAs?.({ ...situation, actor: caller }) ?? caller;
    if (isRefusal(actor)) return actor;
    const wanted = command.stimulate({ ...situation, actor });
    const { body, cast, unsealed } =
      wanted.kind === 'casting' ? wanted : { body: wanted, cast: null, unsealed: null };
    const tried = isRefusal(body)
      ? body
      : nextStep(
          process,
          chain.instance,
          stored,
          {
            body,
            actor,
            authentication: command.caller?.authentication ?? [],
            time: this.#time,
            request: command.request,
            ...countedBy(destination?.process ?? process),
          },
          destination,
          known.controls,
        );
    const result = isRefusal(tried) ? tried : (unsealed ?? tried);
    if (!isRefusal(result)) {
      const anew = destination?.process.indexedFields;
      const { indexedFields } = process;
      chain.definition = result.entry.definition;
      this.#append(
        chain,
        command,
        result,
        anew === undefined ? indexedOf(result, indexedFields) : indexedAnew(result, indexedFields, anew),
        cast,
      );
      return null;
    }
    if (chain.steps.length === 0) return this.#refuseOrLookAgain(chain, command, result);
    chain.refusals.push({ command, refusal: result });
    return null;
  }

  #refuseOrLookAgain(chain: Chain, command: Command, refusal: Refusal): Refusal | null {
    if (!chain.remembered) return refusal;
    command.fresh = true;
    this.#again.push({ command, unavailable: false });
    return null;
  }

  #append(
    chain: Chain,
    command: Command,
    step: Step,
    indexed: StepToCommit['indexed'],
    cast: BallotCast | null,
  ): void {
    const sealed = sealEntry(
      step.entry,
      { data: stimulusText(step.data), changed: step.changed },
      chain.head,
      {
        data: this.#salt(),
        changed: step.changed === null ? '' : this.#salt(),
      },
    );
    const moved: Moved = {
      instance: chain.instance,
      process: chain.process,
      definition: chain.definition,
      seq: step.entry.seq,
      status: step.state.status,
      states: [...step.entry.to],
      output: step.state.output,
      entry: sealed.hash,
      outcome: ((step.entry.gate ?? step.entry.counted)?.outcome as Moved['outcome']) ?? null,
    };
    chain.steps.push({
      command,
      // Nothing that is stored has the voter's number beside their name.
      moved: cast === null ? moved : { ...moved, ballot: cast.ballot.number },
      step: {
        instance: chain.instance,
        process: chain.process,
        definition: chain.definition,
        seq: step.entry.seq,
        sealed,
        state: '',
        status: step.state.status,
        states: step.entry.to,
        indexed,
        effects: cast === null ? step.effects : [...step.effects, cast],
        idempotency: toIdempotency(command, moved, cast !== null),
        time: this.#time,
        proof: isShown(step.entry.kind) ? (command.caller?.proof ?? null) : null,
      },
    });
    chain.seq = step.entry.seq;
    chain.head = sealed.hash;
    chain.state = step.state;
  }

  async #commit(directoryVersion: number): Promise<void> {
    const chains = [...this.#chains.values()].filter((chain) => chain.steps.length > 0);
    if (chains.length === 0) return;
    const steps: StepToCommit[] = [];
    for (const chain of chains) {
      for (const { step } of chain.steps) steps.push(step);
      // Only the last state of a chain is stored; the ones between live in the record.
      const last = chain.steps.at(-1);
      if (last !== undefined && chain.state !== null) last.step.state = stateText(chain.state);
    }
    const outcomes = await this.#commitOrFindOut(steps, directoryVersion).catch((error: unknown) =>
      // Those that were refused without a commit still have their answers coming.
      steps.map((): CommitOutcome => ({ kind: 'failed', error })),
    );
    let at = 0;
    let directoryChanged = false;
    for (const chain of chains) {
      const first = outcomes?.[at];
      const outcome = outcomes === null ? null : (first?.kind ?? 'conflict');
      const from = at;
      at += chain.steps.length;
      if (first?.kind === 'failed') this.#fail(chain, first.error);
      else if (outcome === 'committed') this.#answerCommitted(chain);
      else if (outcome === null) this.#tryAgain(chain, true);
      else {
        const all = (outcomes ?? []).slice(from, at).map(({ kind }) => kind);
        directoryChanged ||= all.includes('directory-changed');
        await this.#sortOut(chain, all);
      }
    }
    // Where it cannot be read now, the next batch is told that it changed, too.
    if (directoryChanged) await unlessUnavailable(this.#world.directory.reload());
  }

  /** Null when the connection broke and it could not be found out what became of the batch. */
  async #commitOrFindOut(
    steps: readonly StepToCommit[],
    directoryVersion: number,
  ): Promise<readonly CommitOutcome[] | null> {
    try {
      return await this.#world.ledger.commitSteps(steps, directoryVersion);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      return commitAgain(this.#world.ledger, steps, directoryVersion);
    }
  }

  #answerCommitted(chain: Chain): void {
    const { instance, process, definition, seq, head, state, steps } = chain;
    const size = steps.at(-1)?.step.state.length;
    if (state !== null && size !== undefined) {
      // Member by member: the rest of the chain would stay in memory with it.
      this.#world.instances.keep(instance, { process, definition, seq, head, state, size });
    }
    for (const { command, moved } of chain.steps)
      this.#settled.push({ command, answer: { kind: 'done', value: moved } });
    for (const { command, refusal } of chain.refusals) this.#settled.push({ command, answer: refusal });
  }

  /** Nothing of this chain was committed: who repeated a request or is gone is told so, the others try again. */
  async #sortOut(chain: Chain, outcomes: readonly CommitOutcome['kind'][]): Promise<void> {
    const repeated = chain.steps
      .filter((_, index) => outcomes[index] === 'repeated')
      .map(({ command }) => command);
    const left = chain.steps.find((_, index) => outcomes[index] === 'actor-left')?.command;
    left?.settle(refuseWhoeverLeft());
    const answered = await unlessUnavailable(settleRepeated(this.#world.ledger, repeated));
    const settled = new Set(left === undefined ? answered : [...(answered ?? []), left]);
    this.#tryAgain(chain, answered === null, settled);
  }

  /** What the database takes from nobody has no other answer. In company it is not known whose fault it is. */
  #fail(chain: Chain, error: unknown): void {
    if (chain.steps.length > 1) {
      for (const { command } of chain.steps) command.alone = true;
      this.#tryAgain(chain, false);
      return;
    }
    this.#world.instances.forget(chain.instance);
    for (const { command } of chain.steps) command.fail(error);
    for (const { command } of chain.refusals) this.#again.push({ command, unavailable: false });
  }

  #tryAgain(chain: Chain, unavailable: boolean, except: ReadonlySet<Command> = new Set()): void {
    this.#world.instances.forget(chain.instance);
    const commands = [...chain.steps, ...chain.refusals].map(({ command }) => command);
    for (const command of commands) {
      command.fresh = true;
      if (!except.has(command)) this.#again.push({ command, unavailable });
    }
  }

  /**
   * A refused request may be the repetition of one that took effect: then it gets that answer. And it may have
   * been refused by a directory that has moved on: then it is decided anew.
   */
  async #answerRefused(
    refused: readonly { command: Command; refusal: Refusal }[],
    directoryVersion: number,
  ): Promise<void> {
    if (refused.length === 0) return;
    const answered = await settleRepeated(
      this.#world.ledger,
      refused.map(({ command }) => command).filter((command) => command.idempotency !== null),
    );
    const { directory } = await this.#world.directory.refresh();
    for (const { command, refusal } of refused) {
      if (answered.has(command)) continue;
      if (directory.version === directoryVersion) command.settle(refusal);
      else this.#again.push({ command, unavailable: false });
    }
  }

  async #answerRepetitions(repetitions: readonly Command[]): Promise<void> {
    const answered = await settleRepeated(this.#world.ledger, repetitions);
    for (const command of repetitions) {
      if (!answered.has(command)) this.#again.push({ command, unavailable: false });
    }
  }

  /** A fresh 32-byte salt, hexadecimal. Drawn for the whole batch at once. */
  #salt(): string {
    if (this.#saltAt >= this.#salts.length) {
      this.#salts = randomBytes(Math.min(65536, this.#commands.length * 64));
      this.#saltAt = 0;
    }
    this.#saltAt += 32;
    return this.#salts.toString('hex', this.#saltAt - 32, this.#saltAt);
  }
}

/** Null where the database could not be reached. What else of the batch was committed has its answer all the same. */
async function unlessUnavailable<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof LedgerUnavailable) return null;
    throw error;
  }
}

/** What the database takes from nobody who does not show that they are there. */
const isShown = (kind: Step['entry']['kind']) =>
  kind === 'decision' || kind === 'count' || kind === 'override';
