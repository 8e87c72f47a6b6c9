/**
 * Checks the whole record of one instance: every entry's bytes, hash and place in the chain, every
 * commitment, and by replay that the stored state is what the record leads to (P5, P7). It names what is
 * wrong and at which entry. It trusts nothing that is stored, and needs no clock and no network.
 */
import type { Entry } from '../../schemas/entry.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import { holdsCommitment, sha256Hex } from '../evidence/sha256.ts';
import { replayProblems } from './replay-problems.ts';

/** The codes of `countersign verify`, for programs that read its answer. */
export type ProblemKind =
  | 'entry-altered'
  | 'entry-missing'
  | 'entry-duplicated'
  | 'chain-broken'
  | 'content-missing'
  | 'content-altered'
  | 'head-differs'
  | 'definition-missing'
  | 'replay-differs'
  | 'state-differs';

export interface Problem {
  /** For `definition-not-certified` the definition's hash. */
  readonly instance: string;
  /** The entry it is about; 0 when it is about the instance as a whole. */
  readonly seq: number;
  /** A `ProblemKind`, or a code of whoever looks at more than one instance. */
  readonly code: string;
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
  /** Null when the pinned definition is not stored, or is not the one its hash names. */
  readonly process: CompiledProcess | null;
}

/** All problems found, in the order of their entries; empty when the record holds. */
export function verifyInstance(trial: InstanceOnTrial): Problem[] {
  const { instance, entries, process } = trial;
  const problems: Problem[] = [];
  const parsed: (Entry | null)[] = [];
  let seq = 0;
  let previous = noPrevious;
  for (const recorded of entries) {
    const report = (code: ProblemKind, message: string, at = recorded.seq) =>
      problems.push({ instance, seq: at, code, message });
    if (recorded.seq <= seq)
      report('entry-duplicated', `The entry ${recorded.seq} is there twice or out of order.`);
    if (recorded.seq > seq + 1) report('entry-missing', missing(seq + 1, recorded.seq - 1), seq + 1);
    const altered = alterationOf(recorded, trial);
    if (altered !== null) report('entry-altered', altered);
    const entry = parseEntry(recorded.text);
    if (entry !== null && entry.previous !== previous && recorded.seq === seq + 1) {
      report(
        'chain-broken',
        `The entry does not follow the one before it: it names ${entry.previous} as its hash.`,
      );
    }
    const content = contentProblem(recorded, entry);
    if (content !== null) report(content.code, content.message);
    parsed.push(entry);
    seq = recorded.seq;
    previous = recorded.hash;
  }
  problems.push(...headProblems(trial, seq, previous));
  if (process === null || process.hash !== trial.definition) {
    const message = `The definition ${trial.definition} is not stored unaltered, so nothing can be replayed.`;
    problems.push({ instance, seq: 0, code: 'definition-missing', message });
  } else {
    problems.push(...replayProblems(trial, process, parsed, problems));
  }
  return problems.sort((one, other) => one.seq - other.seq);
}

function missing(first: number, last: number): string {
  return first === last ? `The entry ${first} is missing.` : `The entries ${first} to ${last} are missing.`;
}

/** The entry's own bytes: what they say must be canonical, hash to the stored hash, and be about this place. */
function alterationOf(
  { seq, text, hash }: RecordedEntry,
  { instance, definition }: InstanceOnTrial,
): string | null {
  const entry = parseEntry(text);
  if (entry === null) return 'The text of the entry is not a JSON object any more.';
  if (canonicalText(entry) !== text) return 'The text of the entry is not canonical JSON any more.';
  if (sha256Hex(text) !== hash) return 'The text of the entry does not have the hash that is stored with it.';
  if (entry.instance !== instance) return `The entry is of another instance: ${entry.instance}.`;
  if (entry.seq !== seq) return `The entry says that it is number ${entry.seq}.`;
  if (entry.definition !== definition) return `The entry is of another definition: ${entry.definition}.`;
  return null;
}

function parseEntry(text: string): Entry | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : null;
  } catch {
    return null;
  }
}

function canonicalText(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}

function contentProblem(
  { data, dataSalt }: RecordedEntry,
  entry: Entry | null,
): { code: ProblemKind; message: string } | null {
  if (data === null || dataSalt === null)
    return { code: 'content-missing', message: 'The data of the entry is gone.' };
  if (entry === null || holdsCommitment(entry.data, dataSalt, data)) return null;
  return { code: 'content-altered', message: 'The data of the entry is not what the entry is committed to.' };
}

function headProblems(
  { instance, seq, head }: InstanceOnTrial,
  lastSeq: number,
  lastHash: string,
): Problem[] {
  if (lastSeq < seq)
    return [{ instance, seq: lastSeq + 1, code: 'entry-missing', message: missing(lastSeq + 1, seq) }];
  if (lastSeq === seq && lastHash === head) return [];
  const message = `The instance stands at entry ${seq} with hash ${head}, but its last entry is ${lastSeq} with hash ${lastHash}.`;
  return [{ instance, seq: lastSeq, code: 'head-differs', message }];
}
