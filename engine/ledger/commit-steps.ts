/**
 * Commits a batch of steps: one statement, one transaction, one fsync.
 * It lays the batch out in columns and reads the verdicts; what is checked is in the migration
 * `commit-steps.sql`, and whether a step is right was decided before.
 */
import postgres, { type Sql } from 'postgres';
import { type BatchColumns, NotStorable, toBatchColumns } from './batch-columns.ts';
import type { CommitOutcome, StepToCommit } from './ledger.ts';
import { codeOf, reachDatabase } from './reach-database.ts';

/** MUST apply all steps of an instance or none. Outcomes come in the order of the steps. */
export async function commitSteps(
  sql: Sql,
  steps: readonly StepToCommit[],
  directoryVersion: number,
): Promise<readonly CommitOutcome[]> {
  if (steps.length === 0) return [];
  try {
    const columns = toBatchColumns(steps);
    return toOutcomes(steps, columns, await commitColumns(sql, columns, directoryVersion));
  } catch (error) {
    // One text that the database cannot take must not cost the others their step: find it by halves.
    const instances = [...new Set(steps.map((step) => step.instance))];
    const left = seqOfWhoeverLeft(error);
    if (instances.length === 1 && left !== null)
      return steps.map(({ seq }) => ({ kind: seq === left ? 'actor-left' : 'conflict' }));
    if (instances.length === 1 || !isDataError(error)) throw error;
    return commitHalves(sql, steps, new Set(instances.slice(0, instances.length >> 1)), directoryVersion);
  }
}

interface Verdicts {
  readonly verdicts: string;
  readonly repeated: readonly number[] | null;
}

async function commitColumns(sql: Sql, batch: BatchColumns, directoryVersion: number): Promise<Verdicts> {
  // Each time some instance is found that has moved on for good, so there are no more times than instances.
  for (let more = batch.instances.length; ; more -= 1) {
    try {
      const [row] = await reachDatabase(
        sql.unsafe<Verdicts[]>(commitStatement, [String(directoryVersion), ...batch.columns], {
          prepare: true,
        }),
      );
      if (row === undefined) throw new Error('The ledger gave no verdicts.');
      return row;
    } catch (error) {
      if (!wasOvertaken(error) || more === 0) throw error;
    }
  }
}

/** Somebody else moved one of the instances in the middle of it, and nothing was applied. */
const wasOvertaken = (error: unknown) => codeOf(error) === 'CS409';

function toOutcomes(
  steps: readonly StepToCommit[],
  { instances, stepPlaces }: BatchColumns,
  { verdicts, repeated }: Verdicts,
): readonly CommitOutcome[] {
  if (verdicts === 'x') return steps.map(() => ({ kind: 'directory-changed' }));
  const repeatedPlaces = new Set(repeated);
  return steps.map((step, index) => {
    const place = stepPlaces[index] ?? { instance: 0, step: 0 };
    const verdict = verdicts[place.instance - 1];
    if (verdict === 'c') return committed;
    if (verdict === 'r' && repeatedPlaces.has(place.step)) return { kind: 'repeated' };
    // A broken step is a fault of ours. In company it is sent back, to fail when it is tried alone.
    if ((verdict === 'b' || verdict === 'd') && instances.length === 1)
      throw new Error(brokenStep(step, verdict));
    return { kind: 'conflict' };
  });
}

function brokenStep({ instance, seq }: StepToCommit, verdict: 'b' | 'd'): string {
  return verdict === 'b'
    ? `The ledger refused entry ${seq} of ${instance}: its hash, its place in the chain or what it says of itself does not fit.`
    : `The ledger refused entry ${seq} of ${instance}: its definition is not deployed, or is not the instance's own.`;
}

const committed: CommitOutcome = { kind: 'committed' };

async function commitHalves(
  sql: Sql,
  steps: readonly StepToCommit[],
  half: ReadonlySet<string>,
  directoryVersion: number,
): Promise<readonly CommitOutcome[]> {
  const outcomes = new Map<StepToCommit, CommitOutcome>();
  for (const part of [
    steps.filter((step) => half.has(step.instance)),
    steps.filter((step) => !half.has(step.instance)),
  ]) {
    const answered = await commitPart(sql, part, directoryVersion);
    part.forEach((step, index) => {
      outcomes.set(step, answered[index] ?? { kind: 'conflict' });
    });
  }
  return steps.map((step) => outcomes.get(step) ?? { kind: 'conflict' });
}

async function commitPart(
  sql: Sql,
  part: readonly StepToCommit[],
  directoryVersion: number,
): Promise<readonly CommitOutcome[]> {
  try {
    return await commitSteps(sql, part, directoryVersion);
  } catch (error) {
    if (!isDataError(error)) throw error;
    // Parts are halved down to one instance, so it is that one's own.
    return part.map(() => ({ kind: 'failed', error }));
  }
}

/** Which entry it is that somebody's key, session or factor no longer holds for; null for any other error. */
function seqOfWhoeverLeft(error: unknown): number | null {
  return error instanceof postgres.PostgresError && error.code === 'CS401' ? Number(error.detail) : null;
}

/** What this one batch is to blame for: data exceptions (22), violated constraints (23), exhausted limits (54), and what the function itself raises (P0, CS). */
function isDataError(error: unknown): boolean {
  return error instanceof NotStorable || /^(22|23|54|P0|CS)/.test(codeOf(error));
}

// Texts travel joined by U+001F and U+001D stands for null: splitting them costs the server a third of what
// reading an array literal does, and postgres.js has no bytea[] to bind.
const texts = (place: number) => `string_to_array($${place}, E'\\x1f', E'\\x1d')`;
const list = (type: string) => (place: number) => `${texts(place)}::${type}[]`;
const whole = (place: number) => `$${place}`;
const bytes = (place: number) => `decode($${place}, 'hex')`;
const columnTypes = [
  ...[texts, texts, texts, texts],
  ...[list('uuid'), list('integer'), list('integer'), whole, bytes],
  ...[list('integer'), list('integer'), list('integer'), texts, list('integer'), whole, bytes],
  ...[list('integer'), texts, texts, texts, texts],
  ...[list('integer'), texts, texts, list('integer'), texts],
  ...[list('integer'), texts, texts],
  ...[list('integer'), texts],
];
/** The directory's version, and then the batch's columns. */
export const commitStatement = `select verdicts, to_json(repeated) as repeated from ledger.commit_steps($1::bigint, ${columnTypes
  .map((column, index) => column(index + 2))
  .join(', ')})`;
