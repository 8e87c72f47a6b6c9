/**
 * What the database must know of a definition's gates to hold the last door by itself (P2): who may decide,
 * how many must approve, and which states lie behind which gates, so that none of them is entered without
 * their approval.
 */
import type { Clearance } from './directory.ts';

export type Share = number | 'more-than-half' | 'two-thirds' | 'all';

export interface GateRule {
  /** Id of the state with the gate. */
  readonly gate: string;
  /** The kind of decision it binds; null for none. */
  readonly binds: string | null;
  /** Any of them must hold, and of each every condition that is not null. */
  readonly reviewers: readonly ReviewerRule[];
  /** The highest secrecy the process may carry: who is cleared for less does not decide. */
  readonly classification: Clearance;
  readonly excludesInitiator: boolean;
  /** Gates whose reviewers do not decide here. */
  readonly excludesGates: readonly string[];
  /** A number of people, or a share. */
  readonly approve: Share;
  /** Whether a share is of the votes cast, and not of the members. */
  readonly ofVotesCast: boolean;
  /** How many must have voted; null for any number. */
  readonly present: Share | null;
  /** Whether who stepped back is a member all the same. */
  readonly ofAllMembers: boolean;
  /** How surely its reviewers must be known when they decide. */
  readonly assurance: 'session' | 'otp' | 'passkey' | 'certificate';
  /** Whether nobody is told how somebody voted. */
  readonly secret: boolean;
  /** Whether votes are late at some time. */
  readonly hasDue: boolean;
  /** Whether it excludes people whom the database cannot tell: the subject of the case, or who drafted it. */
  readonly excludesUntold: boolean;
}

/** Gates of which one at least must approve before certain states are entered. */
export interface GateWall {
  readonly gates: readonly string[];
  /** The kind of decision that all of them bind; null when there is none. */
  readonly binds: string | null;
  /** Leaf states that no way from the start leads to without an approval of theirs. */
  readonly behind: readonly string[];
  /** Leaf states that no way from an arriving proposal of that kind leads to without an approval of theirs. */
  readonly behindProposal: readonly string[];
}

export interface DoorRules {
  readonly gates: readonly GateRule[];
  readonly walls: readonly GateWall[];
}

export interface ReviewerRule {
  readonly roles: readonly string[] | null;
  readonly positions: readonly string[] | null;
  readonly bodies: readonly string[] | null;
  readonly principals: readonly string[] | null;
  /** `unit:…`, or `initiator` for the initiator's; null for any, or for one that only an expression can tell. */
  readonly unit: string | null;
  /** Whether the units beneath it count as it does. */
  readonly subunits: boolean;
  readonly initiator: boolean;
  /** Whether an expression narrows it further, which the database cannot evaluate. */
  readonly narrowed: boolean;
}
