/** A gate and the decisions at it as those who may read them are shown them. */
import type { JsonObject } from '../../schemas/json.ts';
import type { Meaning, Title } from '../../schemas/process-definition.ts';
import type { Assurance } from '../oversight/assurance.ts';
import type { Tally } from '../oversight/quorum.ts';
import type { Notice } from '../step/notices.ts';
import type { Ballot, RecordedVerdict } from '../step/stimulus.ts';
import type { Claim, Opinion, Overdue } from '../step/stored-state.ts';
import type { Page } from './caller.ts';
import type { ChangedSince } from './changed-since.ts';
import type { FieldFromAi, ShownProposal } from './label-ai.ts';

export interface GateView {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly state: string;
  readonly title: Title | null;
  readonly meaning: Meaning;
  /** What a decision here must come with, besides a sign-in. */
  readonly assurance: Assurance;
  readonly opened: number;
  readonly openedAt: string;
  /** When its reviewers are late; null where the file gives them no time. */
  readonly dueAt: string | null;
  readonly overdue: Overdue | null;
  /** Why it stands in this caller's inbox, besides that they may review there. */
  readonly told: readonly Notice['reason'][];
  /** Since this caller decided there; null where they never did, or in a list. */
  readonly changed: ChangedSince | null;
  /** Who holds it; others' decisions wait where one is enough. */
  readonly claim: Claim | null;
  readonly opinions: readonly Opinion[];
  /** What a decision binds, and the ETag a decision must match. */
  readonly subject: string;
  /** What reviewers thought before they saw the proposal; null where the gate asks nobody. */
  readonly views: readonly GivenView[] | null;
  /** Null where nothing is bound, where several are to choose among, and where it is withheld. */
  readonly proposal: ShownProposal | null;
  /** Of which exactly one is approved, in an order that is every reader's own; null as for `proposal`. */
  readonly alternatives: readonly Alternative[] | null;
  /** Why the proposal, and what others said of it, is not shown to this reader yet. */
  readonly withheld: string | null;
  readonly context: JsonObject;
  readonly fromAi: readonly FieldFromAi[];
  readonly decisions: readonly {
    readonly person: string;
    /** In whose seat; null: in their own. */
    readonly onBehalfOf: string | null;
    readonly verdict: RecordedVerdict;
    /** Digest of the one that was approved, where several lie before the gate. */
    readonly choice: string | null;
    readonly reason: string | null;
    readonly time: string;
  }[];
  readonly ballot: 'open' | 'secret';
  /** Of a secret ballot: whether this reader may count it now. */
  readonly count: { readonly allowed: boolean; readonly why: string } | null;
  readonly quorum: Omit<Tally, 'byChoice' | 'chosen' | 'outcome'>;
  /** In whose seats the reader may decide besides their own. */
  readonly mayActFor: readonly string[];
  readonly allowed: boolean;
  readonly why: string;
}

/** One of several proposals for one step. */
export interface Alternative extends ShownProposal {
  /** How many of the decisions so far are for it. */
  readonly approvals: number;
}

export interface GivenView {
  readonly person: string;
  readonly text: string;
  readonly time: string;
}

/** A decision as it was given. One on another subject than the last of its opening is void. */
export interface RecordedDecision {
  readonly seq: number;
  readonly time: string;
  readonly gate: string;
  readonly opened: number;
  readonly meaning: string;
  readonly subject: string;
  readonly principal: string;
  readonly onBehalfOf: string | null;
  readonly verdict: string;
  /** Digest of the proposal that was approved, where the decision named it. */
  readonly choice: string | null;
  /** Null where none was given, it was destroyed, or it is withheld from the reader. */
  readonly reason: string | null;
  /** What it brought the gate to; null while the quorum was open. */
  readonly outcome: string | null;
  /** Digest of the one of several proposals that it chose thereby. */
  readonly chosen: string | null;
}

/** A count of a secret ballot, as it is on the record. Nobody's name stands at a ballot. */
export interface RecordedCount {
  readonly seq: number;
  readonly time: string;
  readonly gate: string;
  readonly opened: number;
  readonly meaning: string;
  readonly subject: string;
  /** Who counted. */
  readonly principal: string;
  /** In the order of their numbers; null where they were destroyed, or are withheld from the reader. */
  readonly ballots: readonly Ballot[] | null;
  readonly approved: number;
  readonly rejected: number;
  readonly returned: number;
  readonly abstained: number;
  /** Approvals that do not count: one for each voter who was no member any more. */
  readonly struck: number;
  readonly outcome: string;
  /** Digest of the one of several proposals that was chosen. */
  readonly chosen: string | null;
}

/** Decisions and counts among the same entries. */
export interface DecisionPage extends Page<RecordedDecision> {
  readonly counts: readonly RecordedCount[];
}
