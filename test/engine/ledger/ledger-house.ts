/** A database with one deployed definition, chains of steps to commit to it, and a picture of all that is stored. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { toConnectionOptions } from '../../../engine/ledger/database-address.ts';
import type { Ledger, StepToCommit } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { takeApart } from './take-apart.ts';

export interface LedgerHouse {
  readonly database: TestDatabase;
  readonly ledger: Ledger;
  /** The database's superuser. */
  readonly admin: Sql;
  /** The engine's login, as an attacker who has its password would use it. */
  readonly engine: Sql;
  close(): Promise<void>;
}

export const source = 'id: leave-request';
export const definition = sha256(source);

export async function openLedgerHouse(): Promise<LedgerHouse> {
  const database = await freshDatabase();
  const ledger = await openLedger(database.engineUrl);
  await deploy(ledger, source, 'leave-request');
  const admin = connect(database.adminUrl, 4);
  const engine = connect(database.engineUrl, 4);
  return {
    database,
    ledger,
    admin,
    engine,
    async close() {
      await Promise.all([ledger.close(), admin.end(), engine.end()]);
      await database.drop();
    },
  };
}

export function connect(url: string, max = 1): Sql {
  return postgres({ ...toConnectionOptions(url), max, fetch_types: false, onnotice: () => {} });
}

export async function deploy(ledger: Ledger, text: string, process: string): Promise<string> {
  const hash = sha256(text);
  const certificate = canonicalJson({ definition: hash });
  await ledger.deployDefinition({
    hash,
    process,
    version: '1',
    source: text,
    certificate,
    doorRules: { gates: [], walls: [] },
    deployedBy: 'person:a',
  });
  return hash;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An instance as its writer knows it. */
export interface Chain {
  readonly id: string;
  seq: number;
  head: string;
}

export function newChain(): Chain {
  return { id: randomUUID(), seq: 0, head: '0'.repeat(64) };
}

export type StepParts = Partial<
  Pick<
    StepToCommit,
    'effects' | 'idempotency' | 'indexed' | 'status' | 'states' | 'time' | 'process' | 'definition' | 'proof'
  >
> & { readonly entry?: { readonly [name: string]: unknown } };

/** The chain's next step, sealed; the chain moves on. */
export function nextStep(chain: Chain, parts: StepParts = {}): StepToCommit {
  chain.seq += 1;
  const { entry, ...rest } = parts;
  const time = parts.time ?? '2026-03-02T08:00:00.000Z';
  const states = parts.states ?? [`state-${chain.seq}`];
  const text = canonicalJson({
    format: 1,
    instance: chain.id,
    seq: chain.seq,
    time,
    kind: chain.seq === 1 ? 'start' : 'event',
    event: 'go',
    actor: { principal: 'person:an', kind: 'person' },
    authentication: ['key'],
    responsible: ['person:binh'],
    from: [],
    to: states,
    definition: parts.definition ?? definition,
    request: 'r',
    previous: chain.head,
    ...entry,
  });
  const previous = chain.head;
  chain.head = sha256(text);
  return {
    instance: chain.id,
    process: 'leave-request',
    definition,
    seq: chain.seq,
    sealed: {
      text,
      hash: chain.head,
      previous,
      parts: takeApart({ instance: chain.id, seq: chain.seq, text, previous }),
      data: canonicalJson({ seq: chain.seq }),
      dataSalt: randomBytes(32).toString('hex'),
      changedSalt: chain.seq % 2 === 0 ? randomBytes(32).toString('hex') : null,
    },
    state: canonicalJson({ at: chain.seq }),
    status: 'active',
    states,
    indexed: null,
    effects: [],
    idempotency: null,
    time,
    proof: null,
    ...rest,
  };
}

export function steps(chain: Chain, count: number): StepToCommit[] {
  return Array.from({ length: count }, () => nextStep(chain));
}

/** The same place in the chain, to try another step from it. */
export function copyOf(chain: Chain): Chain {
  return { ...chain };
}

export async function commit(ledger: Ledger, batch: readonly StepToCommit[]): Promise<readonly string[]> {
  const outcomes = await ledger.commitSteps(batch, await ledger.directoryVersion());
  return outcomes.map(({ kind }) => kind);
}

/** Resolves when some login of the engine waits for a lock, or when the other thing happened first. */
export async function untilEngineWaits(admin: Sql, orElse: () => boolean = () => false): Promise<void> {
  while (!orElse()) {
    const waiting = await admin`select from pg_stat_activity
      where datname = current_database() and usename = 'countersign_engine' and wait_event_type = 'Lock'`;
    if (waiting.length > 0) return;
  }
}

const tables = [
  'migrations, definitions, current_definitions, instances, entries, contents, instance_fields, gates',
  'proposal_requests, timers, answers, directory_version, principals, units, directory_changes, keys, acts',
]
  .join(', ')
  .split(', ');

/** Every row of every table, and what the schema is made of: equal before and after means that nothing changed. */
export async function pictureOf(admin: Sql): Promise<string> {
  const rows = await Promise.all(
    tables.map(async (table) => {
      const [row] = await admin.unsafe(
        `select coalesce(json_agg(t order by t::text), '[]')::text as rows from ledger.${table} t`,
      );
      return `${table}: ${row?.rows}`;
    }),
  );
  const [schema] = await admin`select json_build_object(
    'classes', (select json_agg(json_build_array(c.relname, c.relkind, c.relacl::text, c.relowner) order by c.oid)
      from pg_class c where c.relnamespace = 'ledger'::regnamespace),
    'functions', (select json_agg(json_build_array(p.oid::regprocedure::text, md5(p.prosrc), p.proowner) order by p.oid)
      from pg_proc p where p.pronamespace = 'ledger'::regnamespace),
    'triggers', (select json_agg(json_build_array(t.tgname, t.tgenabled) order by t.oid) from pg_trigger t
      where not t.tgisinternal),
    'rules', (select count(*) from pg_rewrite r join pg_class c on c.oid = r.ev_class
      where c.relnamespace = 'ledger'::regnamespace),
    'objects', (select count(*) from pg_largeobject_metadata),
    'schemas', (select json_agg(n.nspname order by n.nspname) from pg_namespace n where n.nspname !~ '^pg_'))::text as it`;
  return [...rows, String(schema?.it)].join('\n');
}
