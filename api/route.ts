/**
 * What a route is. The app serves exactly these, and the OpenAPI document is written from exactly
 * these, so that neither can say what the other does not.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Caller, Engine, Idempotency, Refusal, Scope } from '../engine/index.ts';
import type { JsonObject } from '../schemas/json.ts';
import type { ProblemCode } from '../schemas/problem-codes.ts';
import type { SeenTag } from './headers.ts';
import type { AnyRefusal } from './problems.ts';
import type { QueryValues } from './read-query.ts';
import type { SignIn } from './sign-in/open-sign-in.ts';

export type PathParameter =
  | 'hash'
  | 'instance'
  | 'state'
  | 'opened'
  | 'key'
  | 'request'
  | 'control'
  | 'factor'
  | 'session'
  | 'entry';

/** A request that is authenticated, bounded, parsed and of the right shape. */
export interface Call<Body, Query> {
  readonly engine: Engine;
  readonly caller: Caller;
  /** Where people sign in and out; null where nobody does. */
  readonly signIn: SignIn | null;
  readonly parameters: { readonly [name in PathParameter]: string };
  readonly query: Query;
  readonly body: Body;
  /** What `If-Match` names; null when the header is absent. */
  readonly seen: Exclude<SeenTag, Refusal> | null;
  readonly idempotency: Idempotency | null;
}

export interface Reply<T> {
  readonly kind: 'reply';
  readonly body: T;
  /** `ETag`, `Location`. */
  readonly headers?: { readonly [name: string]: string };
}

/** A reply without a body (204). */
export interface NoContent {
  readonly kind: 'no-content';
}

export const noContent: NoContent = { kind: 'no-content' };

export function reply<T>(body: T, headers?: { readonly [name: string]: string }): Reply<T> {
  return headers === undefined ? { kind: 'reply', body } : { kind: 'reply', body, headers };
}

/** What a schema's type looks like when the engine owns the value: nobody writes to it. */
export type Frozen<T> = JsonObject extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Frozen<T[Name]> }
      : T;

interface RouteText {
  readonly operation: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
}

export interface Route extends RouteText {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{names}` for path parameters. */
  readonly path: string;
  /** What the key must be good for; null: any key. The engine checks it; here it is told to readers. */
  readonly scope: Scope | null;
  readonly query?: TObject;
  /** `json`: checked against the schema. `yaml`: text, handed on as it came. */
  readonly body?:
    | {
        readonly kind: 'json';
        readonly schema: TSchema;
        readonly mayBeEmpty?: boolean;
        /** What a body of another shape is refused as; bad-request where nothing is said. */
        readonly misfit?: 'bad-input';
      }
    | { readonly kind: 'yaml'; readonly description: string };
  /** Whether If-Match is read, and whether the route refuses without it. */
  readonly ifMatch?: 'optional' | 'required';
  readonly idempotent?: true;
  readonly success: {
    readonly status: 200 | 201;
    readonly schema: TSchema;
    readonly description: string;
    readonly orNoContent?: string;
    readonly headers?: { readonly [name: string]: string };
    /** Another media type than JSON; the body is then text. */
    readonly mediaType?: string;
  };
  /** Codes this route may refuse with, besides those that follow from its shape. */
  readonly refuses: readonly ProblemCode[];
  handle(call: Call<unknown, QueryValues>): Promise<Reply<unknown> | NoContent | AnyRefusal>;
}

/** A route that anybody may call: health, readiness, the document. */
export interface OpenRoute extends RouteText {
  readonly method: 'GET';
  readonly path: string;
  readonly success: { readonly status: 200; readonly schema: TSchema; readonly description: string };
  readonly refuses: readonly ProblemCode[];
  handle(engine: Engine): Promise<Reply<unknown> | Refusal>;
}

type BodyOf<B> = B extends { kind: 'json'; schema: infer S extends TSchema }
  ? Static<S>
  : B extends { kind: 'yaml' }
    ? string
    : undefined;
type QueryOf<Q> = Q extends TObject ? Static<Q> : Record<string, never>;

/** A route whose handler is typed by its own schemas. They are checked before it runs. */
export function route<
  Success extends TSchema,
  const Body extends Route['body'] = undefined,
  Query extends TObject | undefined = undefined,
>(
  text: Omit<Route, 'handle' | 'body' | 'query' | 'success'> & {
    readonly body?: Body;
    readonly query?: Query;
    readonly success: Omit<Route['success'], 'schema'> & { readonly schema: Success };
    handle(
      call: Call<BodyOf<Body>, QueryOf<Query>>,
    ): Promise<Reply<Frozen<Static<Success>>> | NoContent | AnyRefusal>;
  },
): Route {
  // The checks compiled from the same schemas stand between the untyped call and the typed handler.
  return text as unknown as Route;
}
