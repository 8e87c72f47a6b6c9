/**
 * What the engine offers to whoever embeds it: the API, the command line and the bench. Every
 * method takes the caller, decides by rule (P9), and answers with a value or a refusal that says why.
 */

import type { JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type {
  InstanceSummary,
  RequestName,
  ReviewerQuestion,
  StoredDefinition,
  StoredKey,
} from '../ledger/ledger.ts';
import type { Account } from '../oversight/directory.ts';
import type { DirectoryEdit, EntryKind } from '../oversight/edit-directory.ts';
import type { ProvisioningChange, ProvisioningRefusal, ProvisioningView } from '../oversight/provisioning.ts';
import type { GateAct, ProposalSubmission, Verdict } from '../step/stimulus.ts';
import type {
  AccessToken,
  CompletedSignIn,
  ControlView,
  ControlWanted,
  DefinitionRefused,
  Deployed,
  DirectoryChanged,
  DirectoryChangeInput,
  DirectoryEntries,
  DirectoryRefused,
  DirectoryView,
  IssuedKey,
  OpenedSession,
  ProvisioningOutcome,
  ReviewerReport,
  SessionsToEnd,
  SessionView,
} from './administration-view.ts';
import type { Answer, Caller, Idempotency, Page, Scope } from './caller.ts';
import type { FactorDoors, GivenFactor } from './factor-contract.ts';
import type { DecisionPage, GateView } from './gate-view.ts';
import type { InstanceView, Moved, RecordEntry, RecordedAct, SearchQuery } from './instance-view.ts';
import type { Migration, MigrationInput } from './migration-view.ts';
import type {
  CallbackView,
  ClaimedProposal,
  MadeCallbackSecret,
  OpenProposalRequest,
} from './request-view.ts';
import type { Why } from './why-view.ts';

export type * from './administration-view.ts';
export * from './caller.ts';
export type * from './gate-view.ts';
export type * from './instance-view.ts';
export type * from './migration-view.ts';
export type * from './request-view.ts';
export type * from './why-view.ts';

/** One round of calling agents. */
export interface CallRound {
  /** How many notices were begun with. */
  readonly begun: number;
  /** When every call that is under way has come to its end. */
  readonly answered: Promise<void>;
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
  /** The oldest that nobody holds. */
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
