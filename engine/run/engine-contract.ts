/**
 * What the engine offers to whoever embeds it: the API, the command line and the bench. Every
 * method takes the caller, decides by rule (P9), and answers with a value or a refusal that says why.
 */

import type { DirectoryFile } from '../../schemas/directory.ts';
import type { Entry } from '../../schemas/entry.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import type { Meaning, Title } from '../../schemas/process-definition.ts';
import type { CompiledProcess, GateOutcome } from '../definition/compiled-process.ts';
import type { CallbackTry } from '../ledger/callbacks.ts';
import type {
  InstanceSummary,
  RequestName,
  ReviewerQuestion,
  StoredControl,
  StoredDefinition,
  StoredKey,
} from '../ledger/ledger.ts';
import type { Assurance } from '../oversight/assurance.ts';
import type { ControlMode, ControlScope } from '../oversight/controls.ts';
import type { Account, Principal } from '../oversight/directory.ts';
import type { DirectoryEdit, DirectoryEntry, EntryKind } from '../oversight/edit-directory.ts';
import type { ProvisioningChange, ProvisioningRefusal, ProvisioningView } from '../oversight/provisioning.ts';
import type { Tally } from '../oversight/quorum.ts';
import type { StateMap } from '../step/map-states.ts';
import type { Notice } from '../step/notices.ts';
import type { Considered, Refusal } from '../step/step.ts';
import type { Ballot, GateAct, ProposalSubmission, RecordedVerdict, Verdict } from '../step/stimulus.ts';
import type { Claim, Opinion, Overdue } from '../step/stored-state.ts';
import type { ChangedSince } from './changed-since.ts';
import type { FactorDoors, GivenFactor } from './factor-contract.ts';
import type { AiLabel, FieldFromAi, ShownProposal } from './label-ai.ts';

/** Who calls, as authenticated. Scopes narrow what the key may be used for; rules decide the rest. */
export interface Caller {
  readonly principal: Principal;
  /** How they showed who they are, as the record keeps it: `key:` and the id of the key they came with. */
  readonly authentication: readonly string[];
  readonly scopes: readonly Scope[];
  /** The key they came with: checked again whenever the directory changed in the meantime. */
  readonly key: string | null;
  /** What shows the database that the key was there when its owner decides; null without one. */
  readonly proof: string | null;
  /** Where they signed in and have no key: what is known of that. */
  readonly session?: CallerSession;
  readonly request: string;
}

/** That somebody is signed in, and how they showed who they are. Times are ISO 8601. */
export interface CallerSession {
  readonly id: string;
  /** When they last showed it to the identity provider; null where that does not say. */
  readonly authenticatedAt: string | null;
  /** What the provider calls the way they did, and its methods. */
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly expiresAt: string;
}

export const scopes = [
  'read',
  'start',
  'event',
  'decide',
  'propose',
  'deploy',
  'migrate',
  'directory',
  'control',
  'keys',
] as const;
export type Scope = (typeof scopes)[number];

export type Answer<T> = { readonly kind: 'done'; readonly value: T } | Refusal;

/** The same key and body give the same answer; the same key with another body is refused. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

/** What moving an instance answers with. */
export interface Moved {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly states: readonly string[];
  readonly output: Json;
  readonly entry: string;
  /** For a decision: what it came to, or null while the quorum is still open. */
  readonly outcome: GateOutcome | null;
  /** For a secret vote, and this once: its number at the count. It is stored nowhere beside the voter's name. */
  readonly ballot?: string;
}

export interface InstanceView {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly title: Title;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly states: readonly { readonly state: string; readonly title: Title | null }[];
  readonly context: JsonObject;
  readonly output: Json;
  readonly initiator: string;
  readonly responsible: readonly string[];
  readonly proposals: { readonly [decision: string]: ShownProposal };
  /** Proposals of one kind among which people have yet to choose, in an order that is every reader's own. */
  readonly alternatives: { readonly [decision: string]: readonly ShownProposal[] };
  /** What of the context, or `output`, an AI made. */
  readonly fromAi: readonly FieldFromAi[];
  /** Kinds of decision whose proposals this reader is not shown before they gave a view of their own. */
  readonly withheld: readonly string[];
  readonly timers: readonly { readonly timer: string; readonly dueAt: string }[];
  /** What this caller may do now, and why not where it may not. */
  readonly events: readonly {
    readonly event: string;
    readonly title: Title | null;
    readonly allowed: boolean;
    readonly why: string;
  }[];
  readonly gates: readonly {
    readonly state: string;
    readonly meaning: Meaning;
    readonly allowed: boolean;
    readonly why: string;
  }[];
  readonly startedAt: string;
  readonly updatedAt: string;
}

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
  /** Who holds it; others' decisions wait where one is enough. */
  /** Since this caller decided there; null where they never did, or in a list. */
  readonly changed: ChangedSince | null;
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

/** What one principal may do with one instance, and why. */
export interface Why {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly principal: Pick<
    Principal,
    'id' | 'kind' | 'name' | 'person' | 'unit' | 'roles' | 'positions' | 'active'
  >;
  readonly answers: readonly WhyAnswer[];
}

export interface WhyAnswer {
  readonly kind: 'event' | 'gate' | 'proposal';
  /** The event, or the state of the gate or of the request. */
  readonly name: string;
  readonly title: Title | null;
  readonly allowed: boolean;
  readonly code: ProblemCode | null;
  /** Whom the definition allows it, in words. */
  readonly rule: string;
  readonly why: string;
  readonly next: string | null;
  /** What would have to be otherwise, a sentence each. */
  readonly missing: readonly string[];
  readonly considered: readonly Considered[];
  /** Others who could do it at this instant. */
  readonly who: readonly Who[];
  /** Whether there may be more than those named. */
  readonly moreMayFollow: boolean;
}

export interface Who {
  readonly principal: string;
  readonly name: string;
}

/** A request for a proposal, as an agent that may answer it is told of it. */
interface ToldRequest extends RequestName {
  /** One text that names it, for addresses. */
  readonly request: string;
  readonly process: string;
  readonly decision: string;
  readonly input: JsonObject;
  readonly instructions: string | null;
  /** JSON Schema of the payload. */
  readonly output: JsonObject;
}

export interface OpenProposalRequest extends ToldRequest {
  readonly requestedAt: string;
  /** Null while nobody holds it. */
  readonly leaseUntil: string | null;
  readonly leasedToYou: boolean;
}

/** Held for this agent until then. A claim has no authority: it only keeps others from doing the same work. */
export interface ClaimedProposal extends ToldRequest {
  readonly claim: string;
  readonly leaseUntil: string;
}

/** Which instances are to go from one definition to another of the same process, and where their states go. */
export interface MigrationInput {
  /** Definition hashes. */
  readonly from: string;
  readonly to: string;
  readonly map: StateMap;
  /** True: nothing is changed. */
  readonly dryRun: boolean;
  /** Null, in a dry run: all that run on `from`, a page at a time. What is done names its instances. */
  readonly instances: readonly string[] | null;
  /** Why it is done. */
  readonly reason: string | null;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface InstanceMigration {
  readonly instance: string;
  /** `would-move` only in a dry run, `moved` only in no dry run; `already`: it was on `to` before. */
  readonly outcome: 'would-move' | 'moved' | 'already' | 'blocked';
  /** Of its last entry, as far as known. */
  readonly seq: number | null;
  readonly from: readonly string[];
  /** Null when blocked. */
  readonly to: readonly string[] | null;
  /** In a dry run: how many decisions at open gates, and how many acts on proposals, have to be given again. */
  readonly voids: { readonly decisions: number; readonly acts: number } | null;
  /** Why it is blocked. */
  readonly refusal: Refusal | null;
}

export interface Migration extends Page<InstanceMigration> {
  readonly dryRun: boolean;
  readonly from: string;
  readonly to: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand back as `cursor` for the next page; null on the last. */
  readonly next: string | null;
}

/** One act on the ledger itself, as it is hashed. */
export interface RecordedAct {
  readonly act: JsonObject;
  readonly hash: string;
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

export interface RecordEntry {
  readonly entry: Entry;
  readonly hash: string;
  /** What the commitment `data` binds; null when it was destroyed, or is withheld. */
  readonly data: Json;
  /** Of an entry with a proposal: that an AI made it, and which. */
  readonly ai: AiLabel | null;
  /** Whether the reader owes a view of their own before they are shown it. */
  readonly withheld: boolean;
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

export interface Deployed {
  readonly definition: StoredDefinition;
  readonly findings: readonly Finding[];
}

/** The directory as a file would say it. */
export interface DirectoryView {
  readonly version: number;
  readonly directory: DirectoryFile;
}

export interface DirectoryChangeInput {
  /** The version that is changed. */
  readonly version: number;
  readonly dryRun: boolean;
  readonly acceptWarnings: boolean;
}

export interface DirectoryEntries {
  readonly version: number;
  readonly items: readonly DirectoryEntry[];
}

export interface ProvisioningOutcome {
  /** After it. */
  readonly view: ProvisioningView;
  /** The user or group that it was about. */
  readonly id: string;
}

export interface DirectoryChanged {
  /** The version in force after it. */
  readonly version: number;
  readonly applied: boolean;
  /** A sentence each. */
  readonly changes: readonly string[];
  /** What definitions lack with it and did not lack before. */
  readonly warnings: readonly Finding[];
}

/** A refusal of a directory carries its findings. */
export interface DirectoryRefused extends Refusal {
  readonly code: 'directory-refused';
  readonly findings: readonly Finding[];
}

/** A refusal of a definition carries its findings. */
export interface DefinitionRefused extends Refusal {
  readonly code: 'definition-refused';
  readonly findings: readonly Finding[];
}

export interface SearchQuery {
  readonly process?: string;
  readonly status?: 'active' | 'done';
  readonly state?: string;
  readonly fields?: { readonly [field: string]: string };
  readonly cursor?: string;
  readonly limit?: number;
}

/** How one natural person reviewed in one process. */
export interface ReviewerFigures {
  readonly person: string;
  readonly name: string;
  readonly process: string;
  /** Null: too few decisions for any. */
  readonly figures: {
    readonly decisions: number;
    readonly medianSeconds: number;
    /** From 0 to 1. */
    readonly approvalRate: number;
    /** Of decisions on a proposal of an AI; null where there are too few. */
    readonly agreementRate: number | null;
    readonly underAMinute: number;
  } | null;
}

export interface ReviewerReport extends ReviewerQuestion {
  readonly note: string;
  readonly fewest: number;
  /** In order of name. */
  readonly items: readonly ReviewerFigures[];
}

/** A control as people see it. Who counts as which natural person is not told. */
export interface ControlView extends Omit<StoredControl, 'asked'> {
  readonly asked: { readonly by: string; readonly at: string; readonly reason: string } | null;
  /** Whether the caller is one of those who may lift it. */
  readonly allowed: boolean;
}

export interface ControlWanted {
  readonly scope: ControlScope;
  readonly mode: ControlMode;
  readonly reason: string;
  /** It holds back as any other does, and is on the record as an exercise. */
  readonly drill: boolean;
}

/** What notices to an agent are signed with, as it is told once, when it is made. */
export interface CallRound {
  /** How many notices were begun with. */
  readonly begun: number;
  /** When every call that is under way has come to its end. */
  readonly answered: Promise<void>;
}

export interface MadeCallbackSecret {
  readonly agent: string;
  /** Where it is called, by the directory; null where that says nothing. */
  readonly callback: string | null;
  readonly secret: string;
}

/** A notice to an agent, and what came of it so far. */
export interface CallbackView extends Omit<CallbackTry, 'opened' | 'state'> {
  readonly request: string;
}

/** A key as it is told once, when it is made. */
export interface IssuedKey extends StoredKey {
  readonly secret: string;
}

/** What came of a sign-in at the identity provider, checked by whoever talked to it. */
export interface CompletedSignIn extends Account {
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** ISO 8601; null where the provider does not say. */
  readonly authenticatedAt: string | null;
  /** What no other sign-in has: the same one never opens two sessions. */
  readonly signIn: string;
  /** The secret of the session that the same browser had; it ends. */
  readonly replaces: string | null;
}

/** A session as its owner is told of it once. */
export interface OpenedSession {
  readonly id: string;
  readonly principal: string;
  readonly secret: string;
  readonly expiresAt: string;
}

export interface SessionView extends CallerSession {
  readonly principal: string;
  readonly issuer: string;
  readonly openedAt: string;
  readonly usedAt: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

export type SessionsToEnd =
  | { readonly kind: 'current' }
  | { readonly kind: 'one'; readonly session: string }
  | { readonly kind: 'own' }
  | { readonly kind: 'of'; readonly principal: string };

export interface AccessToken {
  readonly secret: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
}

export interface Engine extends FactorDoors {
  /** The caller a bearer key stands for; null when it stands for nobody (any more). */
  authenticate(secret: string, request: string, loopback: boolean): Promise<Caller | null>;

  deploy(caller: Caller, source: string, file: string): Promise<Answer<Deployed> | DefinitionRefused>;
  listDefinitions(caller: Caller): Promise<Answer<readonly StoredDefinition[]>>;
  readDefinition(caller: Caller, hash: string): Promise<Answer<StoredDefinition>>;

  /** `process` is a process id (its current definition) or a definition hash. */
  start(
    caller: Caller,
    input: { process: string; data: JsonObject },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** `seen`: refuse as stale unless the instance is still at this seq. */
  postEvent(
    caller: Caller,
    input: {
      instance: string;
      type: string;
      data: JsonObject;
      seen: number | null;
      /** The natural person whose authority they use, where it is not their own. */
      onBehalfOf?: string | null;
    },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  decide(
    caller: Caller,
    input: {
      instance: string;
      state: string;
      opened: number;
      subject: string;
      verdict: Verdict;
      /** Digest of the proposal that is approved, where several lie before the gate. */
      choice?: string | null;
      reason: string | null;
      /** 6 to 32 letters or digits of their own, by which they find their ballot at the count of a secret ballot. */
      mark?: string | null;
      /** What the reviewer shows for this very decision; a gate may demand it. */
      factor?: GivenFactor | null;
      /** The natural person in whose seat they decide; left out, the only one that they may. */
      onBehalfOf?: string | null;
    },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** Counts the secret ballots of a gate, which closes it. Never done by a timer. */
  countBallots(
    caller: Caller,
    input: {
      instance: string;
      state: string;
      opened: number;
      subject: string;
      /** In whose seat they may review, where it is not their own. */
      onBehalfOf?: string | null;
    },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** What a reviewer thinks of the case, where the gate asks for that before the proposal is shown. */
  giveView(
    caller: Caller,
    input: {
      instance: string;
      state: string;
      opened: number;
      text: string;
      /** The natural person in whose seat they will decide; left out, the only one that they may. */
      onBehalfOf?: string | null;
    },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** Requests that this agent may answer, the oldest first, held by somebody or not. */
  listRequests(
    caller: Caller,
    cursor: string | null,
    limit: number,
  ): Promise<Answer<Page<OpenProposalRequest>>>;
  /** The oldest that nobody holds. */
  /** Claims a gate, releases it, hands it on, asks for an opinion or gives one. Nothing is decided by it. */
  attendGate(
    caller: Caller,
    input: {
      readonly instance: string;
      readonly state: string;
      readonly act: GateAct;
      readonly person: string | null;
      readonly text: string | null;
    },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  claimProposal(caller: Caller, leaseMs: number): Promise<Answer<ClaimedProposal | null>>;
  claimRequest(caller: Caller, request: RequestName, leaseMs: number): Promise<Answer<ClaimedProposal>>;
  renewClaim(
    caller: Caller,
    claimed: RequestName & { readonly claim: string },
    leaseMs: number,
  ): Promise<Answer<{ readonly request: string; readonly leaseUntil: string }>>;
  releaseClaim(caller: Caller, claimed: RequestName & { readonly claim: string }): Promise<Answer<null>>;
  /** Needs no claim, unless another one holds the request. */
  submitProposal(
    caller: Caller,
    input: RequestName & { readonly claim: string | null; readonly proposal: ProposalSubmission },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** Moves running instances to another definition, each by itself, or says what keeps it where it is. */
  migrate(caller: Caller, input: MigrationInput, idempotency: Idempotency | null): Promise<Answer<Migration>>;
  /** Delivers timers that are due; answers how many moved an instance. The shell calls it on a clock. */
  fireDueTimers(): Promise<number>;

  readInstance(caller: Caller, instance: string): Promise<Answer<InstanceView>>;
  search(caller: Caller, query: SearchQuery): Promise<Answer<Page<InstanceSummary>>>;
  readRecord(
    caller: Caller,
    instance: string,
    afterSeq: number,
    limit: number,
  ): Promise<Answer<Page<RecordEntry>>>;
  /** What was done to the ledger itself, a page after the act of that number; for auditors. */
  readActs(caller: Caller, afterSeq: number, limit: number): Promise<Answer<Page<RecordedAct>>>;
  /** The decisions among the entries after that seq, as they are on the record: also of gates that have closed. */
  readDecisions(
    caller: Caller,
    instance: string,
    afterSeq: number,
    limit: number,
  ): Promise<Answer<DecisionPage>>;
  listGates(caller: Caller, cursor: string | null, limit: number): Promise<Answer<Page<GateView>>>;
  readGate(caller: Caller, instance: string, state: string): Promise<Answer<GateView>>;
  /** What a link leads to: one opening of a gate, for those who may still decide at it. */
  readOpening(caller: Caller, instance: string, state: string, opened: number): Promise<Answer<GateView>>;
  /** What a principal (the caller, unless another is named) may do with an instance now, and why. */
  why(
    caller: Caller,
    question: { readonly instance: string; readonly principal?: string; readonly event?: string },
  ): Promise<Answer<Why>>;

  /** How reviewers decide, for auditors. */
  watchReviewers(caller: Caller, question: ReviewerQuestion): Promise<Answer<ReviewerReport>>;
  /** Takes the AI step out of the hands of the AI: the instance goes on to where people do the work. */
  override(
    caller: Caller,
    input: { instance: string; state: string; reason: string; seen: number | null },
    idempotency: Idempotency | null,
  ): Promise<Answer<Moved>>;
  /** Those that stand, and with `withLifted` the latest of the others: as far as they concern the caller. */
  listControls(caller: Caller, withLifted: boolean): Promise<Answer<readonly ControlView[]>>;
  /** One person stops. Answered once no step that knew nothing of it can follow; `isNew` is false when it stood. */
  setControl(
    caller: Caller,
    wanted: ControlWanted,
  ): Promise<Answer<ControlView & { readonly isNew: boolean }>>;
  /** Two restart: the first asks, and another natural person confirms. */
  askToLift(caller: Caller, control: string, reason: string): Promise<Answer<ControlView>>;
  confirmLift(caller: Caller, control: string): Promise<Answer<ControlView>>;

  readDirectory(caller: Caller): Promise<Answer<DirectoryView>>;
  /** Replaces the directory of that version, or (`dryRun`) only says what would change. */
  putDirectory(
    caller: Caller,
    input: DirectoryChangeInput & { readonly source: string },
  ): Promise<Answer<DirectoryChanged> | DirectoryRefused>;
  readDirectoryEntries(caller: Caller, kind: EntryKind): Promise<Answer<DirectoryEntries>>;
  /** Adds, replaces or removes one entry: the whole is checked and replaced as ever. */
  editDirectory(
    caller: Caller,
    input: DirectoryChangeInput & { readonly edit: DirectoryEdit },
  ): Promise<Answer<DirectoryChanged> | DirectoryRefused>;
  /** What an identity provider may see of people and roles. */
  readProvisioned(caller: Caller): Promise<Answer<ProvisioningView>>;
  /**
   * Makes one change for an identity provider. `decide` is asked again, on the directory as it then is, while others
   * change it meanwhile, so it MUST depend on nothing that it changes.
   */
  provision(
    caller: Caller,
    decide: (view: ProvisioningView) => ProvisioningChange | ProvisioningRefusal,
  ): Promise<Answer<ProvisioningOutcome> | ProvisioningRefusal>;

  issueKey(
    caller: Caller,
    input: { principal: string; scopes: readonly Scope[]; expiresAt: string | null },
  ): Promise<Answer<IssuedKey>>;
  /** Replaces the one before. */
  makeCallbackSecret(caller: Caller, agent: string): Promise<Answer<MadeCallbackSecret>>;
  /** The latest first. */
  listCallbacks(caller: Caller, limit: number): Promise<Answer<readonly CallbackView[]>>;
  /** Begins to tell agents that are called of the requests that wait for them, and waits for no agent's answer. */
  callAgents(): Promise<CallRound>;
  listKeys(caller: Caller): Promise<Answer<readonly StoredKey[]>>;
  revokeKey(caller: Caller, id: string): Promise<Answer<StoredKey>>;

  /** The person whose session this is; null when it is over. */
  authenticateSession(secret: string, request: string): Promise<Caller | null>;
  /** The service or agent whom the identity provider names in a token of theirs; never a person. */
  authenticateAccount(account: Account, scopes: readonly string[], request: string): Promise<Caller | null>;
  /** Signs a person in whom the identity provider vouched for; who that is, the directory says. */
  openSession(signIn: CompletedSignIn): Promise<Answer<OpenedSession>>;
  /** The caller's own live sessions, or those of somebody else for a key administrator. */
  listSessions(caller: Caller, principal: string | null): Promise<Answer<readonly SessionView[]>>;
  /** Ends them, from the next request on: one of the caller's, all of them, or for a key administrator all of somebody's. */
  endSessions(caller: Caller, which: SessionsToEnd): Promise<Answer<{ readonly ended: readonly string[] }>>;
  /** A short-lived token for a service or an agent that shows a key of its own (RFC 6749, 4.4). */
  issueAccessToken(
    credentials: {
      readonly client: string;
      readonly secret: string;
      readonly scopes: readonly string[] | null;
    },
    loopback: boolean,
  ): Promise<Answer<AccessToken>>;

  /** The compiled definition, from the cache or the ledger. */
  compiled(hash: string): Promise<CompiledProcess | null>;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
