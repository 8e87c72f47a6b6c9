/**
 * What verification reads: everything that is stored beside the record, as of one instant at a time and in
 * pieces that fit into memory. Types only; nothing here is for the main path.
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { Directory, Principal, Unit } from '../oversight/directory.ts';
import type { RowsBeside } from '../step/rows-beside.ts';
import type { StoredRest } from './directory.ts';
import type { StoredFactor } from './factors.ts';
import type {
  StoredControl,
  StoredDefinition,
  StoredEntry,
  StoredInstance,
  StoredKey,
  StoredSession,
} from './ledger.ts';

export interface RecordReader {
  /** Hands over some instances with all that belongs to them, as of one instant. */
  withExtent<T>(which: ExtentWanted, work: (extent: Extent) => Promise<T>): Promise<T>;
  /** Hands over the chain of acts and what it must agree with, as of one instant. */
  withAdministration<T>(work: (administration: Administration) => Promise<T>): Promise<T>;
  /** Answers that are kept for repeated requests, in order of principal and key, with the entries they speak of. */
  readAnswers(after: AnswerPlace | null, limit: number): Promise<readonly AnswerOnTrial[]>;
  /** A page of definitions in order of their hash. */
  readDefinitions(after: string | null, limit: number): Promise<readonly StoredDefinition[]>;
  /** What the last door goes by, for one definition, as it is stored. */
  readDoorRules(definition: string): Promise<StoredDoorRules>;
  /** What the schema is made of, against what the migrations make: a whole sentence for each difference. */
  findSchemaDifferences(): Promise<readonly string[]>;
}

export type ExtentWanted =
  /** The next instances in order of id. */
  | { readonly after: string | null; readonly limit: number }
  /** These alone. */
  | { readonly ids: readonly string[] };

export interface Extent {
  readonly instances: readonly InstanceOnRecord[];
  /** Where the next extent begins; null when this is the last. */
  readonly next: string | null;
  /** Rows of instances that are not there, with the table they are in. */
  readonly strays: readonly { readonly instance: string; readonly table: string }[];
  /** Contents without an entry: known once every entry was read. */
  readonly strayContents: readonly { readonly instance: string; readonly seq: number }[];
  /** Every entry of the extent, in order of instance and seq, a page at a time. */
  entries(): AsyncIterable<readonly StoredEntry[]>;
}

export interface InstanceOnRecord extends StoredInstance {
  readonly rows: RowsBeside;
}

/** Lists in no order. */
export interface StoredDoorRules {
  readonly gates: readonly JsonObject[];
  readonly walls: readonly JsonObject[];
}

/** An act as it is stored. */
export interface StoredAct {
  readonly seq: number;
  readonly hash: string;
  readonly text: string;
}

export interface DirectoryChange {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string;
  readonly principals: readonly Principal[] | null;
  readonly units: readonly Unit[] | null;
  /** Titles of roles, bodies and delegations. */
  readonly rest: StoredRest | null;
  /** SHA-256 of all three as they were handed in. */
  readonly digest: string;
}

export interface Administration {
  acts(): AsyncIterable<readonly StoredAct[]>;
  /** In order of their version. */
  directoryChanges(): AsyncIterable<readonly DirectoryChange[]>;
  readonly directory: Directory;
  readonly keys: readonly (StoredKey & { readonly hash: string })[];
  /** Standing and lifted. */
  readonly controls: readonly StoredControl[];
  readonly factors: readonly StoredFactor[];
  /** By factor: whether a secret is still the one that was enrolled. */
  readonly otpFingerprints: ReadonlyMap<string, string>;
  readonly sessions: readonly StoredSession[];
  /** What notices to agents are signed with. */
  readonly callbackSecrets: readonly StoredCallbackSecret[];
  readonly definitions: readonly DefinitionHead[];
  /** Process to the hash of the definition that a new instance gets. */
  readonly current: ReadonlyMap<string, string>;
}

/** A secret without what it is. */
export interface StoredCallbackSecret {
  readonly agent: string;
  /** SHA-256 of it. */
  readonly fingerprint: string;
  readonly previous: string | null;
  readonly madeAt: string;
  readonly madeBy: string;
}

/** A stored definition without its text. */
export interface DefinitionHead {
  readonly hash: string;
  readonly process: string;
  readonly version: string;
  /** SHA-256 of the certificate. */
  readonly certificate: string;
  readonly deployedAt: string;
  readonly deployedBy: string;
}

export interface AnswerPlace {
  readonly principal: string;
  readonly key: string;
}

export interface AnswerOnTrial extends AnswerPlace {
  /** What the repeated request would get; null when it is no JSON object any more. */
  readonly answer: JsonObject | null;
  readonly answeredAt: string;
  /** The entry that the answer names by instance and seq; null when there is none. */
  readonly entry: { readonly text: string; readonly hash: string } | null;
  /** The instance's process, and its state as text where that entry is its last. */
  readonly process: string | null;
  readonly lastState: string | null;
}
