/**
 * The ledger: all that is stored, and the only way to store it. SQL lives in this folder alone.
 * The engine's login may only execute the functions behind these calls, and read.
 */

import type { JsonObject } from '../../schemas/json.ts';
import type { SealedEntry } from '../evidence/sealed-entry.ts';
import type { Control, ControlMode, ControlScope } from '../oversight/controls.ts';
import type { Directory, DirectoryRest, Principal, Unit } from '../oversight/directory.ts';
import type { DoorRules } from '../oversight/door-rules.ts';
import type { BallotCast } from '../step/seal-ballot.ts';
import type { Effect } from '../step/step.ts';
import type { Ballot } from '../step/stimulus.ts';
import type { CallbackLedger } from './callbacks.ts';
import type { DirectoryAct } from './directory.ts';
import type { FactorLedger } from './factors.ts';
import type { RecordReader, StoredAct } from './record-reader.ts';

export interface StoredInstance {
  readonly id: string;
  readonly process: string;
  /** Definition hash: an instance stays on the definition it started with. */
  readonly definition: string;
  /** Seq of its last entry; the version that a commit compares. */
  readonly seq: number;
  /** Hash of its last entry. */
  readonly head: string;
  /** `StoredState` as canonical JSON text. */
  readonly state: string;
  /** ISO 8601, UTC, milliseconds, as the first and the last entry say. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** One step of one instance. Steps of the same instance in one batch come in order of seq. */
export interface StepToCommit {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly sealed: SealedEntry;
  /** State after this step as canonical JSON text. */
  readonly state: string;
  readonly status: 'active' | 'done';
  /** Ids of the active leaf states, for search. */
  readonly states: readonly string[];
  /** Indexed fields that changed; null when none did. */
  readonly indexed: JsonObject | null;
  readonly effects: readonly (Effect | BallotCast)[];
  readonly idempotency: {
    readonly principal: string;
    readonly key: string;
    readonly bodyHash: string;
    readonly answer: string;
  } | null;
  readonly time: string;
  /** Of a decision, a count and an override: what shows the database that the person was there. Null for everything else. */
  readonly proof: string | null;
}

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** Another node was first, or the chain does not fit: reload and retry this instance alone. */
  | { readonly kind: 'conflict' }
  /** The same idempotency key was used in the meantime: answer from it. */
  | { readonly kind: 'repeated' }
  /** The directory moved on: reload it, and decide again. */
  | { readonly kind: 'directory-changed' }
  /** What its actor came with, or showed for it, does not count at this moment: it may just have ended. */
  | { readonly kind: 'actor-left' }
  /** The database takes the steps of this instance from nobody: a fault of ours, and no other instance's. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface StoredAnswer {
  readonly bodyHash: string;
  readonly answer: string;
}

export interface ForgottenAnswers {
  readonly next: number | null;
  readonly forgotten: number;
}

export interface ForgottenAnswers {
  readonly next: number | null;
  readonly forgotten: number;
}

export interface StoredEntry {
  readonly instance: string;
  readonly seq: number;
  readonly text: string;
  readonly hash: string;
  readonly data: string | null;
  readonly dataSalt: string | null;
  readonly changedSalt: string | null;
}

export interface StoredDefinition {
  readonly hash: string;
  readonly process: string;
  readonly version: string;
  readonly source: string;
  /** Canonical JSON of the oversight certificate. */
  readonly certificate: string;
  readonly deployedAt: string;
  readonly deployedBy: string;
  /** Whether this is the one a new instance of the process gets. */
  readonly current: boolean;
}

export interface DefinitionToDeploy extends Omit<StoredDefinition, 'deployedAt' | 'current'> {
  /** What the database holds the last door by. */
  readonly doorRules: DoorRules;
}

export interface InstanceSummary {
  readonly id: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly states: readonly string[];
  readonly indexed: JsonObject;
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** Those of these definitions, those that somebody of this unit started of those, and what this principal started. */
export interface VisibleInstances {
  readonly definitions: readonly string[];
  readonly ofUnit: { readonly unit: string; readonly definitions: readonly string[] } | null;
  readonly initiator: string;
}

export interface InstanceFilter {
  /** Definition hash. */
  readonly definition?: string;
  readonly process?: string;
  readonly status?: 'active' | 'done';
  readonly state?: string;
  readonly fields?: { readonly [field: string]: string };
  /** Null: everything. */
  readonly visible: VisibleInstances | null;
  /** Instance id to continue after; newest first. */
  readonly after?: string;
  readonly limit: number;
}

export interface OpenGateRow {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly state: string;
  readonly opened: number;
  readonly openedAt: string;
}

/** The box of one opening of a gate, for what it decides on. */
export interface BallotBox {
  readonly instance: string;
  readonly gate: string;
  readonly opened: number;
  readonly subject: string;
}

export interface OpenedBox {
  /** Each as it was put in, in the order of their numbers. */
  readonly ballots: readonly Ballot[];
  /** Why the database hands over none; null where it hands over what is there. */
  readonly why: string | null;
}

/** A state of a definition in which something waits. */
export interface WorkPlace {
  readonly hash: string;
  readonly state: string;
}

export interface ClaimedRequest {
  readonly instance: string;
  readonly state: string;
  readonly opened: number;
  readonly decision: string;
  readonly definition: string;
  /** Opaque; submitting needs it while the lease holds. */
  readonly claim: string;
  readonly leaseUntil: string;
}

/** A request by its opening: asked anew in the same state it is another one. */
export interface RequestName {
  readonly instance: string;
  readonly state: string;
  readonly opened: number;
}

export interface OpenRequest extends RequestName {
  readonly decision: string;
  readonly definition: string;
  readonly requestedAt: string;
  /** Null while nobody holds it. */
  readonly leaseUntil: string | null;
  readonly claimedBy: string | null;
}

export type ClaimOutcome =
  | { readonly kind: 'leased'; readonly claim: string; readonly leaseUntil: string }
  | { readonly kind: 'held'; readonly leaseUntil: string }
  /** It was answered, timed out, or asked anew. */
  | { readonly kind: 'gone' };

export interface DueTimer {
  readonly instance: string;
  readonly timer: string;
  readonly set: number;
  readonly dueAt: string;
}

export interface StoredKey {
  readonly id: string;
  readonly principal: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Demonstration keys are honoured on loopback only. */
  readonly demonstration: boolean;
}

/** A gate of a definition, and the kind of proposal it binds. */
export interface GatePlace {
  readonly hash: string;
  readonly state: string;
  readonly binds: string | null;
}

/** Null: all of them; times are ISO 8601. */
export interface ReviewerQuestion {
  readonly process: string | null;
  readonly from: string | null;
  readonly until: string | null;
}

/** What one natural person did at the gates of one process. */
export interface ReviewerCount {
  readonly person: string;
  readonly process: string;
  readonly decisions: number;
  /** From the opening of the gate. */
  readonly medianMs: number;
  readonly approvals: number;
  /** Decisions with a proposal before them, and those of them that approved it and never returned it. */
  readonly ofProposals: number;
  readonly agreements: number;
  readonly underAMinute: number;
}

/** A control as it is kept, standing or lifted. */
export interface StoredControl extends Control {
  readonly drill: boolean;
  /** The first of the two people who lift it; null while nobody has asked. */
  readonly asked: {
    readonly by: string;
    readonly person: string;
    readonly at: string;
    readonly reason: string;
  } | null;
  /** The second. */
  readonly lifted: { readonly by: string; readonly at: string } | null;
}

export interface ControlToSet {
  readonly id: string;
  readonly scope: ControlScope;
  readonly mode: ControlMode;
  readonly drill: boolean;
  readonly reason: string;
}

/** Who acts, and what shows the database that their key was there. */
export interface Shown {
  readonly by: string;
  readonly proof: string | null;
}

/** What the database itself refuses of a request to lift, or of its confirmation. */
export type LiftRefusal =
  | 'unshown' // no active person with a key for controls
  | 'unknown'
  | 'lifted'
  | 'asked' // somebody asked before
  | 'not-asked'
  | 'same-person' // P3: whoever asked does not confirm, by no account
  | 'gone'; // whoever asked counts no more

/** Where an instance would go by a migration. */
export interface MigrationMove {
  readonly instance: string;
  /** Active leaf states before and after. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** A state behind gates of which none has approved. */
export interface WallInTheWay {
  readonly state: string;
  readonly gates: readonly string[];
}

export interface NewKey {
  readonly id: string;
  /** SHA-256 of the key's proof, lower-case hexadecimal. */
  readonly hash: string;
  readonly principal: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly demonstration: boolean;
  /** Who had it made, for the chain of acts; Countersign itself when nobody is named. */
  readonly issuedBy?: string;
}

/** Somebody is signed in. Times are ISO 8601, UTC, milliseconds. */
export interface StoredSession {
  readonly id: string;
  /** SHA-256 of the proof of its secret, as of a key. */
  readonly hash: string;
  readonly principal: string;
  /** Who vouched for them, and for which account there. */
  readonly issuer: string;
  readonly subject: string;
  /** How they showed who they are there, and when; null where the provider does not say. */
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly authenticatedAt: string | null;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly idleSeconds: number;
  /** As far as it was noted: use is noted now and then. */
  readonly usedAt: string;
  readonly endedAt: string | null;
}

export interface NewSession extends Omit<StoredSession, 'openedAt' | 'expiresAt' | 'usedAt' | 'endedAt'> {
  readonly lifetimeSeconds: number;
  /** SHA-256 of the sign-in it comes from: each opens one session. */
  readonly signIn: string;
  /** The session that the same browser had before: it ends. */
  readonly replaces: string | null;
}

export type OpeningOfSession =
  | { readonly kind: 'opened'; readonly openedAt: string; readonly expiresAt: string }
  /** The sign-in has opened a session before. */
  | { readonly kind: 'used' }
  /** The principal is no active person. */
  | { readonly kind: 'nobody' };

export interface StoredAccessToken {
  /** Id of the key it was made with. */
  readonly key: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

export interface Ledger extends RecordReader, FactorLedger, CallbackLedger {
  loadInstances(ids: readonly string[]): Promise<ReadonlyMap<string, StoredInstance>>;
  /** One statement, one transaction, one fsync. Outcomes in the order given. MUST apply all steps of an instance or none. */
  commitSteps(steps: readonly StepToCommit[], directoryVersion: number): Promise<readonly CommitOutcome[]>;
  /** After a connection broke in a commit: which of these entries are there? */
  findEntry(instance: string, seq: number): Promise<StoredEntry | null>;
  /** By principal and key, joined by one space. */
  loadAnswers(
    wanted: readonly { principal: string; key: string }[],
  ): Promise<ReadonlyMap<string, StoredAnswer>>;

  /**
   * Removes answers given before an instant from a slice of their table; answers where the next slice begins, null
   * at the end. One that is younger than an hour is never removed.
   */
  forgetAnswers(fromBlock: number, before: string): Promise<ForgottenAnswers>;

  /**
   * Removes answers given before an instant from a slice of their table; answers where the next slice begins, null
   * at the end. One that is younger than an hour is never removed.
   */
  forgetAnswers(fromBlock: number, before: string): Promise<ForgottenAnswers>;

  searchInstances(filter: InstanceFilter): Promise<readonly InstanceSummary[]>;
  readEntries(instance: string, afterSeq: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Every instance, in order of id, a page at a time. */
  listInstances(after: string | null, limit: number): Promise<readonly StoredInstance[]>;

  /** Refuses a source whose SHA-256 is not `hash`, and a definition without a certificate. */
  deployDefinition(definition: DefinitionToDeploy): Promise<StoredDefinition>;
  loadDefinition(hash: string): Promise<StoredDefinition | null>;
  currentDefinition(process: string): Promise<StoredDefinition | null>;
  listDefinitions(): Promise<readonly StoredDefinition[]>;

  /** In which states something waits: where to look for an inbox, or for a request to claim. */
  listWorkPlaces(kind: 'gates' | 'requests'): Promise<readonly WorkPlace[]>;
  /** Hashes of the definitions that have instances, of one process or (null) of all. */
  listUsedDefinitions(process: string | null): Promise<readonly string[]>;
  /** What the last door would say to migrations: one wall an instance, by the instance's id. */
  findWalls(
    from: string,
    to: string,
    moves: readonly MigrationMove[],
  ): Promise<ReadonlyMap<string, WallInTheWay>>;
  /** What was done to the ledger itself, in order, after the act of that number. */
  listActs(after: number, limit: number): Promise<readonly StoredAct[]>;
  /**
   * Those in these states, and those this person was told of; the oldest instances first. `after` is instance and
   * state of the last row seen, joined by one space.
   */
  /** The ballots in it, where they may be counted now by who is shown. */
  openBallotBox(box: BallotBox, shown: Shown, time: string): Promise<OpenedBox>;
  listOpenGates(
    definitions: readonly { hash: string; state: string }[],
    person: string,
    after: string | null,
    limit: number,
  ): Promise<readonly OpenGateRow[]>;
  claimRequest(
    definitions: readonly { hash: string; state: string }[],
    agent: string,
    leaseMs: number,
  ): Promise<ClaimedRequest | null>;
  /** The oldest first. `after` is the time, instance and state of the last row seen, joined by one space. */
  listRequests(
    definitions: readonly { hash: string; state: string }[],
    agent: string,
    after: string | null,
    limit: number,
  ): Promise<readonly OpenRequest[]>;
  claimOneRequest(request: RequestName, agent: string, leaseMs: number): Promise<ClaimOutcome>;
  /** Until when it is leased now; null when the claim has ended. */
  renewClaim(request: RequestName, agent: string, claim: string, leaseMs: number): Promise<string | null>;
  /** Until when somebody else holds it, who does not show this claim; null when nobody does. */
  heldByAnother(request: RequestName, agent: string, claim: string | null): Promise<string | null>;
  /** Gives a claimed request back, for others to claim at once. */
  releaseClaim(instance: string, state: string, claim: string): Promise<void>;
  listDueTimers(now: string, limit: number): Promise<readonly DueTimer[]>;

  directoryVersion(): Promise<number>;
  loadDirectory(): Promise<Directory>;
  /**
   * Without `rest` there are no titles of roles, no bodies and no delegations. Null, and nothing changed, where
   * `expected` is given and is not the version any more.
   */
  replaceDirectory(
    principals: readonly Principal[],
    units: readonly Unit[],
    by: string,
    rest?: DirectoryRest,
    expected?: number | null,
    ofAct?: DirectoryAct,
  ): Promise<number | null>;

  /** Of decisions at these gates; in no order. */
  countReviewers(places: readonly GatePlace[], question: ReviewerQuestion): Promise<readonly ReviewerCount[]>;

  /** The controls that stand; with `andLifted` the latest of the others, too, newest first. */
  loadControls(andLifted?: number): Promise<readonly StoredControl[]>;
  /** Answered only after every commit that knew nothing of it. The same one standing already is answered instead. */
  setControl(
    control: ControlToSet,
    shown: Shown,
  ): Promise<'unshown' | { readonly id: string; readonly isNew: boolean }>;
  /** Null: done. */
  askToLift(control: string, reason: string, shown: Shown): Promise<LiftRefusal | null>;
  liftControl(control: string, shown: Shown): Promise<LiftRefusal | null>;

  /** Keys are stored as SHA-256 only. Adding or revoking one raises the directory version. */
  addKey(key: NewKey): Promise<StoredKey>;
  findKeys(): Promise<readonly (StoredKey & { readonly hash: string })[]>;
  /** False when there is no such key, or it was revoked before. `by` is for the chain of acts. */
  revokeKey(id: string, by?: string): Promise<boolean>;

  openSession(session: NewSession): Promise<OpeningOfSession>;
  /** By the hash that is stored; ended and expired ones, too. */
  findSession(hash: string): Promise<StoredSession | null>;
  /** Those of a principal that are live, the newest first. */
  listSessions(principal: string): Promise<readonly StoredSession[]>;
  /** Notes that somebody is there at this instant. */
  useSession(id: string, at: string): Promise<void>;
  /** One session of a principal, or (`only` null) all of them. Answers the ids of those that it ended. */
  endSessions(principal: string, only: string | null, by: string): Promise<readonly string[]>;
  /** Answers when the token expires; null when its key is no longer in force, or the scopes go beyond it. */
  addAccessToken(
    token: { readonly hash: string; readonly key: string; readonly scopes: readonly string[] },
    lifetimeSeconds: number,
  ): Promise<string | null>;
  findAccessToken(hash: string): Promise<StoredAccessToken | null>;

  close(): Promise<void>;
}

/** The database could not be reached, or the connection broke before it answered. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

/** The database is reachable but cannot be used as it is: a whole sentence for whoever runs it. */
export class LedgerProblem extends Error {
  override readonly name = 'LedgerProblem';
}
