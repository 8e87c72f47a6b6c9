/** Process definitions: deployed once by hash, loadable for ever. */
import type { Sql } from 'postgres';
import { instant } from './instant.ts';
import type { DefinitionToDeploy, StoredDefinition } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** Deploying one that is there already makes it the current one again. Refuses what the contract says. */
export async function deployDefinition(
  sql: Sql,
  { hash, process, version, source, certificate, deployedBy, doorRules }: DefinitionToDeploy,
): Promise<StoredDefinition> {
  await reachDatabase(
    sql`select ledger.deploy_definition(${hash}, ${process}, ${version}, ${source}, ${certificate},
      ${JSON.stringify(doorRules)}::text::jsonb, ${deployedBy})`,
  );
  const stored = await loadDefinition(sql, hash);
  if (stored === null) throw new Error(`Definition ${hash} was deployed and is not there.`);
  return stored;
}

export async function loadDefinition(sql: Sql, hash: string): Promise<StoredDefinition | null> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  const [row] = await reachDatabase(
    sql.unsafe<StoredDefinition[]>(`${select} where d.hash = decode($1, 'hex')`, [hash], { prepare: true }),
  );
  return row ?? null;
}

export async function currentDefinition(sql: Sql, process: string): Promise<StoredDefinition | null> {
  const [row] = await reachDatabase(
    sql.unsafe<StoredDefinition[]>(`${select} where c.process = $1`, [process], { prepare: true }),
  );
  return row ?? null;
}

/** By process, the newest first. */
export async function listDefinitions(sql: Sql): Promise<readonly StoredDefinition[]> {
  return reachDatabase(
    sql.unsafe<StoredDefinition[]>(`${select} order by d.process, d.deployed_at desc, d.hash`),
  );
}

/** A page in order of hash: for whoever goes through them all. */
export async function readDefinitions(
  sql: Sql,
  after: string | null,
  limit: number,
): Promise<readonly StoredDefinition[]> {
  return reachDatabase(
    sql.unsafe<StoredDefinition[]>(
      `${select} where $1::text is null or d.hash > decode($1::text, 'hex') order by d.hash limit $2::int`,
      [after, limit],
    ),
  );
}

const select = `select encode(d.hash, 'hex') as hash, d.process, d.version, d.source, d.certificate,
    ${instant('d.deployed_at')} as "deployedAt", d.deployed_by as "deployedBy", c.definition is not null as current
  from ledger.definitions d left join ledger.current_definitions c on c.process = d.process and c.definition = d.hash`;
