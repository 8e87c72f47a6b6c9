/**
 * Checks the whole record of one instance: every entry's bytes, hash and place in the chain, every
 * commitment, and by replay that the stored state is what the record leads to (P5, P7). It names what is
 * wrong and at which entry. It trusts nothing that is stored, and needs no clock and no network.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Destinations } from './destination.ts';
import { InstanceTrial } from './instance-trial.ts';

/** The codes of `countersign verify`, for programs that read its answer. */
export const problemKinds = [
  'entry-altered',
  'entry-missing',
  'entry-duplicated',
  'chain-broken',
  'head-differs',
  'content-missing',
  'content-altered',
  'content-orphaned',
  'instance-missing',
  'definition-missing',
  'replay-differs',
  'state-differs',
  'row-differs',
  'gate-differs',
  'request-differs',
  'timer-differs',
  'notice-differs',
  'field-differs',
  'decision-differs',
  'count-differs',
  'ballot-differs',
  'proposal-differs',
  'answer-differs',
  'definition-differs',
  'definition-not-certified',
  'act-altered',
  'act-missing',
  'act-chain-broken',
  'callback-secret-differs',
  'key-differs',
  'key-unknown',
  'control-differs',
  'factor-differs',
  'factor-unknown',
  'session-differs',
  'signature-wrong',
  'directory-differs',
  'schema-differs',
  'not-readable',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface Problem {
  /** An instance's id; a definition's hash; or `administration`, `schema` or `answers` for what belongs to none. */
  readonly instance: string;
  /** The entry it is about; 0 when it is about the instance as a whole. */
  readonly seq: number;
  readonly code: ProblemKind;
  readonly message: string;
}

/** An entry as it is stored, beside the content that its commitments bind. */
export interface RecordedEntry {
  readonly instance: string;
  readonly seq: number;
  readonly text: string;
  readonly hash: string;
  readonly data: string | null;
  readonly dataSalt: string | null;
  readonly changedSalt: string | null;
}

export interface InstanceOnTrial {
  readonly instance: string;
  /** Hash of the definition the instance says it is on. */
  readonly definition: string;
  readonly seq: number;
  readonly head: string;
  /** The stored state as canonical JSON. */
  readonly state: string;
  /** In the order of their seq. */
  readonly entries: readonly RecordedEntry[];
  /** Null when the definition of the start is not stored, or is not the one its hash names. */
  readonly process: CompiledProcess | null;
  /** Hash of the definition of the start; left out when no migration left it. */
  readonly startedOn?: string;
  /** What migrations lead to. */
  readonly destinations?: Destinations;
}

/** All problems found, in the order of their entries; empty when the record holds. */
export function verifyInstance(onTrial: InstanceOnTrial): Problem[] {
  const { instance, definition, seq, process, startedOn = definition, destinations } = onTrial;
  const trial = new InstanceTrial(instance, startedOn, process, destinations);
  for (const entry of onTrial.entries) trial.add(entry);
  const problems = trial.problems(onTrial);
  const outcome = trial.outcome(seq);
  if (outcome === null || outcome.process.hash === definition) return problems;
  const message = `The instance says it is on the definition ${definition}, but its record leads to ${outcome.process.hash}.`;
  return [...problems, { instance, seq, code: 'state-differs', message }];
}
