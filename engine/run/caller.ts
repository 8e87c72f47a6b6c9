/** Who calls the engine, and the form of its answers. */
import type { Scope } from '../../schemas/scopes.ts';
import type { Principal } from '../oversight/directory.ts';
import type { Refusal } from '../step/step.ts';

export { type Scope, scopes } from '../../schemas/scopes.ts';

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

export type Answer<T> = { readonly kind: 'done'; readonly value: T } | Refusal;

/** The same key and body give the same answer; the same key with another body is refused. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand back as `cursor` for the next page; null on the last. */
  readonly next: string | null;
}
