/**
 * Everything that can move an instance. There is no second door: an event, a vote, a reviewer's view, an
 * agent's proposal, a timer, an override, a start and a migration all become one of these and go down the same path.
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { ShownFactor } from '../oversight/assurance.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import type { StateMap } from './map-states.ts';

/** Who abstains is present and does not approve; who recuses themself is no member at this opening any more. */
export type Verdict = 'approve' | 'reject' | 'return' | 'abstain' | 'recuse';

/** As the record has it. `sealed`: a vote in a secret ballot, of which nothing is told but that it was given. */
export type RecordedVerdict = Verdict | 'sealed';

/** What a secret vote says, as the count puts it on the record. Nothing in it tells whose it is. */
export interface Ballot {
  /** 32 hexadecimal digits, drawn at random. Only its voter was told. */
  readonly number: string;
  readonly verdict: Exclude<Verdict, 'recuse'>;
  /** Digest of the proposal that it approves, of several; null where there is nothing to choose. */
  readonly choice: string | null;
  /** What its voter had put on it to know it by; null where they had nothing. */
  readonly mark: string | null;
  readonly reason: string | null;
}

/** What an agent hands in. Everything is stored, and bound by one digest. */
export interface ProposalSubmission {
  readonly payload: JsonObject;
  readonly model: string;
  readonly modelVersion: string;
  readonly promptHash: string;
  readonly rationale: string;
  readonly confidence: number | null;
  readonly inputs: readonly string[];
  readonly evidence: readonly string[];
  readonly operator: string | null;
}

/** Principal id -> person id, or the id of a unit -> those of all people in it. */
export interface PersonBehind {
  readonly [id: string]: string | readonly string[];
}

export type GateAct = 'claim' | 'release' | 'reassign' | 'ask' | 'answer';

/** Sorted person ids. */
export interface Told {
  readonly reminded: readonly string[];
  readonly escalated: readonly string[];
}

export type StimulusBody =
  | { readonly kind: 'start'; readonly data: JsonObject; readonly responsible: readonly string[] }
  | { readonly kind: 'event'; readonly type: string; readonly data: JsonObject }
  | {
      readonly kind: 'decision';
      readonly gate: string;
      /** Which opening of the gate the reviewer saw. */
      readonly opened: number;
      /** Digest of what the reviewer saw; refused when it has changed. */
      readonly subject: string;
      readonly verdict: RecordedVerdict;
      /** Digest of the proposal that is approved, where several lie before the gate. */
      readonly choice?: string;
      /** Null, too, where it is sealed: it lies with the verdict in the ballot box. */
      readonly reason: string | null;
      /** Of a sealed decision: what it is committed to, as hexadecimal SHA-256 of a salt and the ballot. */
      readonly ballot?: string;
      /** The person behind each account that is excluded here by another name, by the directory at this instant. */
      readonly personBehind?: PersonBehind;
      /** What the reviewer showed for this very decision, besides having signed in; absent for nothing. */
      readonly factor?: ShownFactor;
      /** All people who may review here at this instant, by the directory: sorted person ids. */
      readonly roster: readonly string[];
    }
  | {
      /** A person opens the ballot box of a gate, and what was in it is counted. */
      readonly kind: 'count';
      readonly gate: string;
      readonly opened: number;
      readonly subject: string;
      /** All that were in it, in the order of their numbers. */
      readonly ballots: readonly Ballot[];
      /** Members who may not vote for want of clearance; left out where there are none. */
      readonly uncleared?: readonly string[];
      readonly personBehind?: PersonBehind;
      readonly roster: readonly string[];
    }
  | {
      /** What a reviewer thinks of the case, before the proposal is shown to them. */
      readonly kind: 'view';
      readonly gate: string;
      readonly opened: number;
      readonly text: string;
      readonly personBehind?: PersonBehind;
      readonly roster: readonly string[];
    }
  | {
      readonly kind: 'proposal';
      readonly state: string;
      readonly opened: number;
      readonly proposal: ProposalSubmission;
    }
  | {
      /** What people do at a gate besides deciding. */
      readonly kind: 'attend';
      readonly gate: string;
      readonly opened: number;
      readonly act: GateAct;
      /** Whom the gate is handed to, or who is asked for an opinion. */
      readonly person: string | null;
      /** The reason, the question or the opinion. */
      readonly text: string | null;
      /** Whether the directory has that person, as the shell found. */
      readonly known?: boolean;
      readonly roster: readonly string[];
      readonly personBehind?: PersonBehind;
    }
  | {
      readonly kind: 'timer';
      readonly timer: string;
      readonly set: number;
      /** For a timer of a gate: whom the shell found in the directory to be told. */
      readonly told?: Told;
    }
  | {
      /** A person takes the AI step out of the AI's hands. */
      readonly kind: 'override';
      readonly state: string;
      readonly opened: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'migration';
      /** Hashes of the definition the instance is on, and of the one it goes to. */
      readonly from: string;
      readonly to: string;
      readonly map: StateMap;
      /** Who answers for the instance under the other definition (Article 27.2b). */
      readonly responsible: readonly string[];
      readonly reason: string;
    };

export interface Stimulus {
  readonly body: StimulusBody;
  readonly actor: ActorSnapshot;
  readonly authentication: readonly string[];
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly request: string;
  /** The edition of the calendar that working days are counted by; only where the process counts any. */
  readonly calendar?: string;
}
