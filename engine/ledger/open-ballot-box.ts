/** Reads the ballots of one opening of a gate, where the database hands them over. */
import type { Sql } from 'postgres';
import type { Ballot } from '../step/stimulus.ts';
import { isInstanceId } from './instance-id.ts';
import type { BallotBox, Shown } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** `time` is ISO 8601, by the engine's clock. */
export async function openBallotBox(
  sql: Sql,
  { instance, gate, opened, subject }: BallotBox,
  { by, proof }: Shown,
  time: string,
): Promise<readonly Ballot[]> {
  if (!isInstanceId(instance)) return [];
  const rows = await reachDatabase(
    sql.unsafe<{ ballot: string }[]>(
      `select b.ballot from ledger.open_ballot_box($1::uuid, $2, $3::integer, $4, $5, $6, $7::timestamptz) b(ballot)`,
      [instance, gate, opened, subject, by, proof, time],
    ),
  );
  return rows
    .map(({ ballot }) => JSON.parse(ballot) as Ballot)
    .sort((one, other) => (one.number < other.number ? -1 : 1));
}
