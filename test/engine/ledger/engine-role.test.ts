/** What somebody who stole the engine's login could try in psql. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromDatabaseUrl } from '../../../engine/ledger/database-address.ts';
import {
  commit,
  connect,
  definition,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  pictureOf,
} from './ledger-house.ts';

let house: LedgerHouse;
let before: string;
beforeAll(async () => {
  house = await openLedgerHouse();
  const { ledger } = house;
  const chain = newChain();
  await commit(ledger, [
    nextStep(chain, {
      idempotency: { principal: 'person:an', key: 'k', bodyHash: 'b', answer: '{}' },
      indexed: { post: 'clerk' },
      effects: [
        { kind: 'gate-opened', state: 'voting', opened: 1 },
        { kind: 'proposal-requested', state: 'drafting', opened: 1, decision: 'summary' },
        { kind: 'timer-set', timer: 't', set: 1, dueAt: '2026-03-05T00:00:00.000Z' },
      ],
    }),
    nextStep(chain),
  ]);
  await ledger.claimRequest([{ hash: definition, state: 'drafting' }], 'agent:a', 60_000);
  await ledger.addKey({
    id: 'key-1',
    hash: 'ab'.repeat(32),
    principal: 'person:an',
    scopes: ['read'],
    expiresAt: null,
    demonstration: false,
  });
  const key = { hash: 'cd'.repeat(32), key: 'key-1', scopes: ['read'] };
  await ledger.addAccessToken(key, 600);
  before = await pictureOf(house.admin);
});
afterAll(() => house.close());

/** Fresh connection, one statement after the other, to the end: each may fail, and nothing may have changed. */
async function attempt(statements: readonly string[]): Promise<readonly string[]> {
  const sql = connect(house.database.engineUrl);
  const errors: string[] = [];
  try {
    for (const statement of statements) {
      try {
        await sql.unsafe(statement).simple();
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await sql.end();
  }
  expect(await pictureOf(house.admin)).toBe(before);
  return errors;
}

const tables = [
  ...[
    'migrations',
    'definitions',
    'current_definitions',
    'instances',
    'entries',
    'contents',
    'instance_fields',
  ],
  ...['gates', 'proposal_requests', 'timers', 'answers', 'directory_version', 'principals', 'units'],
  ...['directory_changes', 'keys', 'acts', 'sessions', 'access_tokens'],
];

describe('P5: the engine role changes no table', () => {
  test.each(tables)('%s', async (table) => {
    const [column] = await house.admin<{ name: string }[]>`select attname as name from pg_attribute
      where attrelid = ${`ledger.${table}`}::regclass and attnum = 1`;
    const statements = [
      `insert into ledger.${table} select * from ledger.${table}`,
      `insert into ledger.${table} default values`,
      `update ledger.${table} set ${column?.name} = ${column?.name}`,
      `delete from ledger.${table}`,
      `truncate ledger.${table} cascade`,
      `merge into ledger.${table} t using (select 1) s on true when matched then delete`,
      `copy ledger.${table} from program 'echo x'`,
      `copy ledger.${table} from '/etc/hostname'`,
      `lock table ledger.${table} in access exclusive mode`,
      `select * from ledger.${table} for update`,
    ];
    const errors = await attempt(statements);
    expect(errors).toHaveLength(statements.length);
    for (const error of errors) expect(error).toMatch(/permission denied|must be|LOCK TABLE can only/);
  });
});

describe('P5: the engine role changes nothing around the tables', () => {
  const tricks: { readonly [name: string]: readonly string[] } = {
    'altering a table': [
      'alter table ledger.entries add column x int',
      'alter table ledger.entries disable trigger all',
      'alter table ledger.entries owner to countersign_engine',
      'alter table ledger.entries rename to e',
      'alter table ledger.entries enable row level security',
      'drop table ledger.entries',
      'drop schema ledger cascade',
      'drop trigger entries_are_append_only on ledger.entries',
      "comment on table ledger.entries is 'x'",
    ],
    'making something that acts on a table': [
      'create trigger t before insert on ledger.entries for each row execute function ledger.refuse_change()',
      'create rule r as on insert to ledger.entries do instead nothing',
      'create policy p on ledger.entries using (true)',
      'create index on ledger.entries (text)',
      'create event trigger e on ddl_command_end execute function ledger.refuse_change()',
      'create publication p for all tables',
    ],
    'making something of its own': [
      'create schema mine',
      'create table public.t (a int)',
      'create table ledger.t (a int)',
      'create temporary table entries (a int)',
      'create view ledger.v as select 1',
      'create sequence public.s',
      'create type public.y as (a int)',
      'create domain public.d as text',
      "create function public.f() returns int language sql as 'select 1'",
      "create function pg_temp.f() returns int language sql as 'select 1'",
      "create function ledger.sha256(bytea) returns bytea language sql as 'select $1'",
      'create operator public.= (leftarg = text, rightarg = text, function = texteq)',
      'create cast (text as integer) with inout',
      'create extension plpgsql_check',
      'create language plpython3u',
      'create database mine',
      'create foreign data wrapper w',
    ],
    'running code of its own': [
      "do $$ begin raise notice 'x'; end $$",
      'do language plpgsql $$ begin perform 1; end $$',
      "load 'auto_explain'",
    ],
    'becoming somebody else': [
      'set role countersign_owner',
      'set session authorization countersign_owner',
      'set role ADMINISTRATOR',
      'set session authorization ADMINISTRATOR',
      'create role r superuser',
      'alter role countersign_engine superuser',
      'alter role countersign_owner login',
      "alter role countersign_owner password 'x'",
      'grant countersign_owner to countersign_engine',
      'reassign owned by countersign_owner to countersign_engine',
      'drop owned by countersign_owner',
    ],
    'switching guards off': [
      'set session_replication_role = replica',
      'set local session_replication_role = replica',
      'set allow_system_table_mods = on',
      "alter database postgres set search_path = 'x'",
      'alter system set fsync = off',
      'update pg_catalog.pg_class set relacl = null',
      'delete from pg_catalog.pg_trigger',
    ],
    'changing a function': [
      "create or replace function ledger.refuse_change() returns trigger language plpgsql as 'begin return new; end'",
      'alter function ledger.refuse_change() owner to countersign_engine',
      'alter function ledger.raise_directory_version() security invoker',
      'drop function ledger.refuse_change() cascade',
      'grant execute on all functions in schema ledger to public',
      'alter default privileges for role countersign_owner grant insert on tables to countersign_engine',
    ],
    'calling a function that is not for it': [
      'select ledger.raise_directory_version()',
      "select ledger.apply_effects('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
      'select ledger.demand_durability()',
      'select * from ledger.keys',
      'select claim from ledger.proposal_requests',
    ],
    'large objects and files': [
      'select lo_create(0)',
      'select lo_creat(-1)',
      "select lo_from_bytea(0, 'x')",
      "select lo_import('/etc/hostname')",
      "select lo_export(1, '/tmp/x')",
      'select lo_unlink(1)',
      "select pg_read_file('/etc/hostname')",
      "select pg_ls_dir('.')",
      "copy (select 1) to program 'true'",
      "copy (select 1) to '/tmp/countersign-engine-role-test'",
    ],
  };
  test.each(Object.entries(tricks))('%s', async (_, statements) => {
    const { user } = fromDatabaseUrl(house.database.adminUrl);
    const errors = await attempt(statements.map((text) => text.replace('ADMINISTRATOR', `"${user}"`)));
    expect(errors).toHaveLength(statements.length);
    for (const error of errors) {
      expect(error).toMatch(
        /permission denied|must be|must have|only (a )?superuser|Only roles|not available|not allowed/i,
      );
    }
  });

  test('shadowing names by the search path leads nowhere', async () => {
    // Setting a path is allowed; there is no schema in which to put anything.
    const errors = await attempt([
      'set search_path = pg_temp, public, ledger',
      'create temporary table instances (id int)',
      'create temporary view instances as select 1',
      'create table instances (id int)',
      'insert into instances default values',
    ]);
    expect(errors).toHaveLength(4);
  });

  test('granting itself what it does not have grants nothing', async () => {
    // PostgreSQL warns and does nothing, since the role holds some right on these tables.
    await attempt(
      tables.map((table) => `grant insert, update, delete on ledger.${table} to countersign_engine`),
    );
  });

  test('the functions run with a path of their own, and for the owner', async () => {
    const rows = await house.admin<{ name: string; path: string; owner: string; open: boolean }[]>`
      select p.oid::regprocedure::text as name, coalesce(p.proconfig::text, '') as path,
        pg_get_userbyid(p.proowner) as owner, has_function_privilege('public', p.oid, 'execute') as open
      from pg_proc p where p.pronamespace = 'ledger'::regnamespace`;
    expect(rows.length).toBeGreaterThan(8);
    for (const { name, path, owner, open } of rows) {
      expect.soft(path, name).toContain('search_path=ledger, pg_temp');
      expect.soft(owner, name).toBe('countersign_owner');
      expect.soft(open, name).toBe(false);
    }
  });
});

describe('P5: the owner, too, changes no entry while the triggers stand', () => {
  test.each(['entries', 'contents', 'definitions', 'directory_changes', 'migrations'])(
    '%s',
    async (table) => {
      const { admin } = house;
      const [column] = await admin<{ name: string }[]>`select attname as name from pg_attribute
      where attrelid = ${`ledger.${table}`}::regclass and attnum = 1`;
      for (const statement of [
        `update ledger.${table} set ${column?.name} = ${column?.name}`,
        `delete from ledger.${table}`,
        `truncate ledger.${table} cascade`,
      ]) {
        const asOwner = admin.begin(async (sql) => {
          await sql`set local role countersign_owner`;
          await sql.unsafe(statement);
        });
        await expect(asOwner).rejects.toThrow(/append-only/);
      }
      expect(await pictureOf(admin)).toBe(before);
    },
  );

  test('instances', async () => {
    for (const statement of ['delete from ledger.instances', 'truncate ledger.instances']) {
      await expect(house.admin.unsafe(statement)).rejects.toThrow(/append-only/);
    }
  });
});
