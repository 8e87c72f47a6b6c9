/**
 * Who is who, as one value: people's accounts, services and agents, units, bodies, and who acts for whom. Pure;
 * `engine/ledger` loads it and its version is compared again in the commit, so a role removed a moment ago no
 * longer counts.
 *
 * A natural person, their account and a position are three things: `person` is the first, a principal the second,
 * and roles and positions are held by an account, some of them only in a unit or for a time. What holds is asked
 * for an instant: `snapshotOf` in roster.ts answers.
 */
import type { Title } from '../../schemas/process-definition.ts';

export type PrincipalKind = 'person' | 'service' | 'agent';

/** Levels of secrecy, the lowest first, as definitions are classified. */
export const clearances = ['normal', 'confidential', 'secret', 'top-secret'] as const;
export type Clearance = (typeof clearances)[number];

/** From the first instant to before the second, ISO 8601 in UTC with milliseconds; null: without such an end. */
export interface Span {
  readonly from: string | null;
  readonly until: string | null;
}

/** A role or a position that is held in a certain unit, or for a certain time. */
export interface Appointment extends Span {
  readonly kind: 'role' | 'position';
  readonly name: string;
  /** Null: the principal's own unit. */
  readonly unit: string | null;
}

export interface Principal {
  /** person:…, service:… or agent:… ; its kind never changes. */
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** The natural person behind a person's account: one person counts once. Equal to `id` unless they hold several accounts. */
  readonly person: string;
  readonly unit: string | null;
  /** Held at all times and in the own unit. Those that are not are under `appointments`. */
  readonly roles: readonly string[];
  readonly positions: readonly string[];
  readonly active: boolean;
  /** Of an AI agent: the person or unit that operates it, where the directory says so. */
  readonly operator?: string;
  /** Of an AI agent: the address it is called at when a request waits for it. */
  readonly callback?: string;
  readonly appointments?: readonly Appointment[];
  /** Up to which secrecy they may decide; left out, none was given and nothing is asked. */
  readonly clearance?: Clearance;
  readonly competences?: readonly string[];
  /** Accounts at identity providers; absent when there are none. Whoever signs in with one is this principal. */
  readonly accounts?: readonly Account[];
  /** What an identity provider that provisions people calls them. It has no authority. */
  readonly provisioned?: Provisioned;
}

/**
 * The words of SCIM (RFC 7643). `status` is set while they are inactive because the provider said so; `barred`: the
 * provider removed whom an administrator had made inactive before.
 */
export interface Provisioned {
  readonly userName: string;
  readonly externalId?: string;
  readonly employeeNumber?: string;
  readonly status?: 'deactivated' | 'removed' | 'barred';
}

/** The pair by which OpenID Connect names an account for good: nothing else of a token does. */
export interface Account {
  readonly issuer: string;
  readonly subject: string;
}

export interface Unit {
  readonly id: string;
  readonly parent: string | null;
  readonly title: Title;
}

/** A reviewers' body, such as a standing committee: natural persons by name. */
export interface Body {
  readonly id: string;
  readonly title: Title;
  readonly members: readonly Member[];
}

export interface Member extends Span {
  /** The natural person, whatever account they come with. */
  readonly person: string;
}

/** One natural person acts for another. An absence with a stand-in is one that passes on every role and position. */
export interface Delegation {
  readonly kind: 'delegation' | 'absence';
  /** Whose authority it is. */
  readonly of: string;
  readonly to: string;
  /** What is passed on; null: all of them. A seat in a body is passed on only by name. */
  readonly roles: readonly string[] | null;
  readonly positions: readonly string[] | null;
  readonly bodies: readonly string[];
  /** Ids of processes; null: in all of them. */
  readonly processes: readonly string[] | null;
  readonly from: string;
  readonly until: string;
  /** Whether `to` may pass it on again. */
  readonly mayDelegate: boolean;
}

export interface Directory {
  /** Grows with each change. */
  readonly version: number;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly roles: ReadonlyMap<string, Title>;
  readonly bodies: ReadonlyMap<string, Body>;
  readonly delegations: readonly Delegation[];
}

/** A directory as lists, before it is in force. */
export interface DirectoryContent extends Partial<DirectoryRest> {
  readonly principals: readonly Principal[];
  readonly units: readonly Unit[];
}

export function toDirectory({ principals, units, ...rest }: DirectoryContent, version: number): Directory {
  return {
    version,
    principals: new Map(principals.map((principal) => [principal.id, principal])),
    units: new Map(units.map((unit) => [unit.id, unit])),
    roles: rest.roles ?? nothingElse.roles,
    bodies: rest.bodies ?? nothingElse.bodies,
    delegations: rest.delegations ?? nothingElse.delegations,
  };
}

export function fromDirectory({ principals, units, ...rest }: Directory): Required<DirectoryContent> {
  const { roles, bodies, delegations } = rest;
  return { principals: [...principals.values()], units: [...units.values()], roles, bodies, delegations };
}

/** What is in a directory beside its principals and units. */
export type DirectoryRest = Pick<Directory, 'roles' | 'bodies' | 'delegations'>;

export const nothingElse: DirectoryRest = { roles: new Map(), bodies: new Map(), delegations: [] };

/**
 * The acting principal as the record keeps it: what held at the time of the step, enough to decide again at replay
 * without the directory. Members that would say nothing are left out.
 */
export interface ActorSnapshot {
  readonly principal: string;
  readonly kind: PrincipalKind | 'engine';
  readonly person: string;
  readonly unit: string | null;
  /** All that are held, in whatever unit. */
  readonly roles: readonly string[];
  readonly positions: readonly string[];
  /** Which of them are held in which unit; left out where all are held in `unit`. */
  readonly held?: readonly Held[];
  /** The units above each unit of the actor's that has any. */
  readonly unitsAbove?: { readonly [unit: string]: readonly string[] };
  /** Ids of the bodies they sit in. */
  readonly bodies?: readonly string[];
  readonly clearance?: Clearance;
  readonly competences?: readonly string[];
  /**
   * The natural person whose authority they use: unit, roles, positions and bodies are then that one's, as far as
   * they were passed on, and whatever is done with them is done in that one's seat.
   */
  readonly onBehalfOf?: string;
}

export type Held = Readonly<Pick<Appointment, 'kind' | 'name' | 'unit'>>;

/** The natural person whose seat an act takes: of the one who acts, or of the one they act for. */
export function seatOf({
  person,
  onBehalfOf,
}: {
  readonly person: string;
  readonly onBehalfOf?: string;
}): string {
  return onBehalfOf ?? person;
}
