/**
 * Who is who, as one value: principals, units, roles. Pure; `engine/ledger` loads it and
 * its version is compared again in the commit, so a role removed a moment ago no longer counts.
 */
export type PrincipalKind = 'person' | 'service' | 'agent';

export interface Principal {
  /** person:…, service:… or agent:… ; its kind never changes. */
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** The natural person behind a person's account: one person counts once. Equal to `id` unless they hold several accounts. */
  readonly person: string;
  readonly unit: string | null;
  readonly roles: readonly string[];
  readonly positions: readonly string[];
  readonly active: boolean;
  /** Of an AI agent: the person or unit that operates it, where the directory says so. */
  readonly operator?: string;
  /** Accounts at identity providers; absent when there are none. Whoever signs in with one is this principal. */
  readonly accounts?: readonly Account[];
}

/** The pair by which OpenID Connect names an account for good: nothing else of a token does. */
export interface Account {
  readonly issuer: string;
  readonly subject: string;
}

export interface Unit {
  readonly id: string;
  readonly parent: string | null;
  readonly title: { readonly vi: string; readonly en: string };
}

export interface Directory {
  /** Grows with each change. */
  readonly version: number;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly units: ReadonlyMap<string, Unit>;
}

/** The acting principal as the record keeps it: enough to decide again at replay, without the directory. */
export interface ActorSnapshot {
  readonly principal: string;
  readonly kind: PrincipalKind | 'engine';
  readonly person: string;
  readonly unit: string | null;
  readonly roles: readonly string[];
  readonly positions: readonly string[];
}
