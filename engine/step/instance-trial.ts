/**
 * The record of one instance on trial, entry by entry, in the memory of a single entry: the chain, every
 * commitment, and the replay (P5, P7). It knows no database; whoever reads the record hands it the entries.
 */

import type { Entry } from '../../schemas/entry.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import type { ShownFactor, SignedParts } from '../oversight/assurance.ts';
import { seatOf } from '../oversight/directory.ts';
import { decisionPurpose, decisionStatement, spentOnce } from '../oversight/statements.ts';
import type { Destination, Destinations } from './destination.ts';
import { alterationOf, contentProblem, parseEntry } from './entry-problems.ts';
import { type LatestProposal, LatestProposals } from './latest-proposals.ts';
import { nextStep, type Standing } from './next-step.ts';
import { differenceOf, disagreement, isSealedAs } from './replay-problems.ts';
import type { Refusal, Step } from './step.ts';
import type { Stimulus } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';
import type { Problem, ProblemKind, RecordedEntry } from './verify-instance.ts';

/** What the whole record leads to. */
export interface RecordOutcome {
  /** The definition it is on in the end. */
  readonly process: CompiledProcess;
  readonly state: StoredState;
  /** The times of the first and the last entry, and of each entry that opened a request which still stands. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly requestedAt: ReadonlyMap<number, string>;
  /** Every decision there was, and the latest proposals: what the last door counts. */
  readonly decisions: readonly DecisionOnRecord[];
  /** And every count of secret ballots. */
  readonly counts: readonly CountOnRecord[];
  readonly latestProposals: readonly LatestProposal[];
}

export interface DecisionOnRecord {
  readonly seq: number;
  readonly person: string;
  readonly seat: string;
  readonly gate: NonNullable<Entry['gate']>;
  /** What was shown for it; null for nothing. */
  readonly shown: ShownOnRecord | null;
}

export interface CountOnRecord {
  readonly seq: number;
  readonly counted: NonNullable<Entry['counted']>;
}

export interface ShownOnRecord {
  readonly principal: string;
  readonly factor: ShownFactor;
  /** What it was shown for, and what of it was spent thereby, as the database has them. */
  readonly purpose: string;
  readonly once: string;
  /** What was signed; null for a code. */
  readonly statement: string | null;
}

interface PlayedStep {
  readonly kind: 'step';
  readonly step: Step;
  /** Where a migration led. */
  readonly destination: Destination | null;
}

interface Wanting {
  readonly kind: 'wanting';
  readonly hash: string;
}

type Played = PlayedStep | Refusal | { readonly kind: 'failure'; readonly why: string };

export class InstanceTrial {
  readonly #instance: string;
  readonly #destinations: (hash: string) => ReturnType<Destinations> | undefined;
  /** The definition that the instance is on so far: a migration leads to another one. */
  #definition: string;
  #process: CompiledProcess | null;
  readonly #witness: (entry: Step['entry'], shown: ShownOnRecord | null) => void;
  readonly #found: Problem[] = [];
  readonly #differences: Problem[] = [];
  readonly #requestedAt = new Map<number, string>();
  readonly #decisions: DecisionOnRecord[] = [];
  readonly #counts: CountOnRecord[] = [];
  readonly #latestProposals = new LatestProposals();
  #count = 0;
  #seq = 0;
  #hash = noPrevious;
  #standing: Standing | null = null;
  #startedAt = '';
  #updatedAt = '';
  /** Whether what came so far could be replayed. */
  #replays: boolean;

  /**
   * `definition` is the one of the start, and `process` is null when it is not stored, or is not the one its hash
   * names. `destinations` are those that migrations lead to; undefined is one that was not loaded yet. `witness` is
   * shown every entry that could be replayed, with what was shown for it.
   */
  constructor(
    instance: string,
    definition: string,
    process: CompiledProcess | null,
    destinations: (hash: string) => ReturnType<Destinations> | undefined = () => null,
    witness: (entry: Step['entry'], shown: ShownOnRecord | null) => void = () => undefined,
  ) {
    this.#witness = witness;
    this.#instance = instance;
    this.#destinations = destinations;
    this.#definition = definition;
    this.#process = process !== null && process.hash === definition ? process : null;
    this.#replays = this.#process !== null;
  }

  /**
   * The next entry as it is stored. They MUST come in order of their seq. When it answers a hash, it took nothing:
   * the destination of that hash is to be loaded first, and the entry added again.
   */
  add(recorded: RecordedEntry): string | null {
    const played = this.#play(recorded);
    if (played?.kind === 'wanting') return played.hash;
    if (played?.kind === 'step' && isSealedAs(played.step, recorded, this.#hash)) this.#accept(played);
    else this.#examine(recorded, played);
    this.#count += 1;
    this.#seq = recorded.seq;
    this.#hash = recorded.hash;
    return null;
  }

  /** All problems, in the order of their entries, once every entry was added. */
  problems(stored: { readonly seq: number; readonly head: string; readonly state: string }): Problem[] {
    const problems = [...this.#found, ...this.#headProblems(stored), ...this.#differences];
    if (this.#process === null) {
      const message = `The definition ${this.#definition} is not stored unaltered, so nothing can be replayed.`;
      problems.push(this.#problem('definition-missing', message, 0));
    }
    const outcome = this.outcome(stored.seq);
    if (outcome !== null && canonicalJson(outcome.state) !== stored.state) {
      const message = 'The stored state is not the one that the record leads to.';
      problems.push(this.#problem('state-differs', message, this.#seq));
    }
    return problems.sort((one, other) => one.seq - other.seq);
  }

  /** Null unless the entries up to this seq, and no others, could all be replayed. */
  outcome(seq: number): RecordOutcome | null {
    const isWhole = this.#replays && this.#count === seq && this.#standing?.seq === seq;
    if (!isWhole || this.#standing === null || this.#process === null) return null;
    return {
      process: this.#process,
      state: this.#standing.state,
      startedAt: this.#startedAt,
      updatedAt: this.#updatedAt,
      requestedAt: this.#requestedAt,
      decisions: this.#decisions,
      counts: this.#counts,
      latestProposals: this.#latestProposals.all,
    };
  }

  /** Null where nothing can be replayed any more. */
  #play({ seq, data }: RecordedEntry): Played | Wanting | null {
    if (!this.#replays || this.#process === null || data === null || seq !== this.#count + 1) return null;
    try {
      const stimulus = JSON.parse(data) as Stimulus;
      const { body } = stimulus;
      const destination = body.kind === 'migration' ? this.#destinations(body.to) : null;
      if (destination === undefined && body.kind === 'migration') return { kind: 'wanting', hash: body.to };
      const step = nextStep(this.#process, this.#instance, this.#standing, stimulus, destination ?? null);
      return step.kind === 'step' ? { kind: 'step', step, destination: destination ?? null } : step;
    } catch (error) {
      // A stimulus of the wrong shape breaks the step's assumptions; the trial of the other instances goes on.
      return { kind: 'failure', why: error instanceof Error ? error.message : String(error) };
    }
  }

  #accept({ step: { entry, state, data }, destination }: PlayedStep): void {
    const stimulus = data as unknown as Stimulus;
    const shown = shownIn(entry, stimulus);
    this.#witness(entry, shown);
    if (entry.gate !== undefined) {
      const { actor } = stimulus;
      this.#decisions.push({
        seq: entry.seq,
        person: actor.person,
        seat: seatOf(actor),
        gate: entry.gate,
        shown,
      });
    }
    const decidedAt = entry.gate?.state ?? entry.counted?.gate;
    const gate = decidedAt === undefined ? undefined : this.#process?.gates.get(decidedAt);
    this.#latestProposals.note(entry, gate?.gate.binds);
    if (entry.counted !== undefined) this.#counts.push({ seq: entry.seq, counted: entry.counted });
    if (this.#standing === null) this.#startedAt = entry.time;
    if (this.#standing?.state.requests !== state.requests) this.#noteRequests(entry.seq, entry.time, state);
    this.#updatedAt = entry.time;
    this.#standing = { seq: entry.seq, state };
    if (destination === null) return;
    this.#process = destination.process;
    this.#definition = destination.process.hash;
  }

  #noteRequests(seq: number, time: string, { requests }: StoredState): void {
    const open = new Set(Object.values(requests).map(({ opened }) => opened));
    for (const opened of this.#requestedAt.keys()) {
      if (!open.has(opened)) this.#requestedAt.delete(opened);
    }
    if (open.has(seq)) this.#requestedAt.set(seq, time);
  }

  /** Something does not fit: finds out what. An entry that is blamed is not blamed again for what follows from it. */
  #examine(recorded: RecordedEntry, played: Played | null): void {
    const { seq } = recorded;
    const report = (code: ProblemKind, message: string, at = seq) =>
      this.#found.push(this.#problem(code, message, at));
    if (seq <= this.#seq) report('entry-duplicated', `The entry ${seq} is there twice or out of order.`);
    if (seq > this.#seq + 1) report('entry-missing', missing(this.#seq + 1, seq - 1), this.#seq + 1);
    const definition = played?.kind === 'step' ? played.step.entry.definition : this.#definition;
    const altered = alterationOf(recorded, { instance: this.#instance, definition });
    if (altered !== null) report('entry-altered', altered);
    const entry = parseEntry(recorded.text);
    if (entry !== null && entry.previous !== this.#hash && seq === this.#seq + 1) {
      const named = `it names ${entry.previous} as its hash.`;
      report('chain-broken', `The entry does not follow the one before it: ${named}`);
    }
    const content = contentProblem(recorded, entry);
    if (content !== null) report(content.code, content.message);
    if (content !== null || played === null) this.#replays = false;
    else this.#judge(played, recorded, altered === null ? entry : null);
  }

  /** `entry` is null where nothing more is to be said of it. */
  #judge(played: Played, recorded: RecordedEntry, entry: Entry | null): void {
    const difference = played.kind === 'failure' ? disagreement(`replay fails: ${played.why}`) : null;
    const found =
      difference ??
      (entry === null || played.kind === 'failure'
        ? null
        : differenceOf(played.kind === 'step' ? played.step : played, recorded, entry));
    if (found !== null) this.#differences.push({ instance: this.#instance, seq: recorded.seq, ...found });
    if (played.kind === 'step') this.#accept(played);
    else this.#replays = false;
  }

  #headProblems({ seq, head }: { readonly seq: number; readonly head: string }): readonly Problem[] {
    if (this.#seq < seq) {
      const message = missing(this.#seq + 1, seq);
      return [this.#problem('entry-missing', message, this.#seq + 1)];
    }
    if (this.#seq === seq && this.#hash === head) return [];
    const message = `The instance stands at entry ${seq} with hash ${head}, but its last entry is ${this.#seq} with hash ${this.#hash}.`;
    return [this.#problem('head-differs', message, this.#seq)];
  }

  #problem(code: ProblemKind, message: string, seq: number): Problem {
    return { instance: this.#instance, seq, code, message };
  }
}

function shownIn({ instance, definition }: Step['entry'], { actor, body }: Stimulus): ShownOnRecord | null {
  if (body.kind !== 'decision' || body.factor === undefined) return null;
  const { factor } = body;
  const decision = { ...body, instance, definition, principal: actor.principal };
  const statement = (parts: SignedParts) => decisionStatement(decision, parts);
  return {
    principal: actor.principal,
    factor,
    purpose: decisionPurpose(decision),
    once: spentOnce(factor, statement),
    statement: factor.kind === 'otp' ? null : statement(factor),
  };
}

function missing(first: number, last: number): string {
  return first === last ? `The entry ${first} is missing.` : `The entries ${first} to ${last} are missing.`;
}
