/**
 * What the last door knows of an instance's proposals, worked out from its entries in their order: those that wait for
 * others beside them, and those of each kind that people decide on. The ledger keeps the same by its own hand.
 */
import type { Entry } from '../../schemas/entry.ts';
import type { EntryDraft } from './step.ts';

export interface LatestProposal {
  readonly decision: string;
  readonly seq: number;
  readonly digest: string;
  readonly proposer: string;
  readonly state: string;
  /** Where several agents are asked: which opening of the request. */
  readonly opened: number | null;
  /** Since which entry people decide on it; null while the request waits for others. */
  readonly since: number | null;
  /** Whether it is the one that was chosen among several; null where nobody has chosen. */
  readonly chosen: boolean | null;
}

export class LatestProposals {
  #rows: readonly LatestProposal[] = [];

  get all(): readonly LatestProposal[] {
    return this.#rows;
  }

  /** `binds`: the kind of decision that the gate of the entry is about. */
  note(entry: EntryDraft, binds: string | undefined): void {
    const { proposal, candidates, gate, counted } = entry;
    if (proposal !== undefined) this.#take(entry, proposal);
    if (candidates !== undefined) this.#close(entry.seq, candidates);
    const { chosen } = gate ?? counted ?? {};
    if (chosen === undefined) return;
    this.#rows = this.#rows.map((row) =>
      row.decision === binds && row.since !== null ? { ...row, chosen: row.digest === chosen } : row,
    );
  }

  #take(
    { seq, actor, event }: EntryDraft,
    { decision, digest, opened }: NonNullable<Entry['proposal']>,
  ): void {
    const row = { decision, digest, seq, proposer: actor.principal, state: event, chosen: null };
    if (opened === undefined) {
      this.#rows = [...this.#waiting(decision), { ...row, opened: null, since: seq }];
      return;
    }
    // What waited for an earlier opening waits for nothing any more.
    const kept = this.#rows.filter(
      (one) => one.since !== null || one.state !== event || one.opened === opened,
    );
    this.#rows = [...kept, { ...row, opened, since: null }];
  }

  #close(seq: number, { decision, opened, state }: NonNullable<Entry['candidates']>): void {
    this.#rows = this.#waiting(decision).map((row) =>
      row.decision === decision && row.state === state && row.opened === opened && row.since === null
        ? { ...row, since: seq }
        : row,
    );
  }

  /** Without those of the kind that people decided on so far: newer ones have come. */
  #waiting(decision: string): readonly LatestProposal[] {
    return this.#rows.filter((one) => one.decision !== decision || one.since === null);
  }
}
