/** Reads the ballots of one opening of a gate, where the database hands them over. */
import type { Sql } from 'postgres';
import type { Ballot } from '../step/stimulus.ts';
import { isInstanceId } from './instance-id.ts';
import type { BallotBox, OpenedBox, Shown } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** `time` is ISO 8601, by the engine's clock. */
export async function openBallotBox(
  sql: Sql,
  { instance, gate, opened, subject }: BallotBox,
  { by, proof }: Shown,
  time: string,
): Promise<OpenedBox> {
  if (!isInstanceId(instance)) return { ballots: [], why: 'there is no such instance' };
  const rows = await reachDatabase(
    sql.unsafe<{ ballot: string | null; why: string | null }[]>(
      `select b.ballot, b.why from ledger.open_ballot_box($1::uuid, $2, $3::integer, $4, $5, $6, $7::timestamptz) b`,
      [instance, gate, opened, subject, by, proof, time],
    ),
  );
  const ballots = rows
    .flatMap(({ ballot }) => (ballot === null ? [] : [JSON.parse(ballot) as Ballot]))
    .sort((one, other) => (one.number < other.number ? -1 : 1));
  return { ballots, why: rows.find(({ why }) => why !== null)?.why ?? null };
}
