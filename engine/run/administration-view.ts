/** What keeps the engine in order: definitions, directory, keys, sessions, controls, and how reviewers decide. */
import type { DirectoryFile } from '../../schemas/directory.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { ReviewerQuestion, StoredControl, StoredDefinition, StoredKey } from '../ledger/ledger.ts';
import type { ControlMode, ControlScope } from '../oversight/controls.ts';
import type { Account } from '../oversight/directory.ts';
import type { DirectoryEntry } from '../oversight/edit-directory.ts';
import type { ProvisioningView } from '../oversight/provisioning.ts';
import type { Refusal } from '../step/step.ts';
import type { CallerSession } from './caller.ts';

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
