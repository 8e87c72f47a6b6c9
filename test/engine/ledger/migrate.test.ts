import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { engineAddress } from '../../../engine/ledger/engine-address.ts';
import { loadMigrations } from '../../../engine/ledger/load-migrations.ts';
import { checkApplied, migrate } from '../../../engine/ledger/migrate.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { refuseUnfitRoles } from '../../../engine/ledger/prepare-roles.ts';
import { emptyDatabase } from '../../support/database.ts';
import { connect } from './ledger-house.ts';

const drops: (() => Promise<void>)[] = [];
async function empty(): Promise<string> {
  const database = await emptyDatabase();
  drops.push(database.drop);
  return database.adminUrl;
}
afterEach(async () => {
  for (const drop of drops.splice(0)) await drop();
});

describe('migrate', () => {
  test('makes an empty database one that the ledger opens', async () => {
    const url = await empty();
    await migrate(url);
    const ledger = await openLedger(engineAddress(url));
    expect(await ledger.directoryVersion()).toBe(0);
    await ledger.close();
  });

  test('a second time changes nothing', async () => {
    const url = await empty();
    await migrate(url);
    const sql = connect(url);
    const before = await sql`select * from ledger.migrations`;
    await migrate(url);
    expect(await sql`select * from ledger.migrations`).toEqual(before);
    await sql.end();
  });

  test('several programs at once, and several databases of one server at once, all succeed', async () => {
    const urls = await Promise.all([empty(), empty(), empty()]);
    await Promise.all(urls.flatMap((url) => [migrate(url), migrate(url), migrate(url)]));
    for (const url of urls) {
      const ledger = await openLedger(engineAddress(url));
      await ledger.close();
    }
  });

  test('a migration that was changed after it was applied is refused with a sentence', async () => {
    const url = await empty();
    await migrate(url);
    const sql = connect(url);
    await sql`alter table ledger.migrations disable trigger all`;
    await sql`update ledger.migrations set sha256 = 'other' where number = 2`;
    await sql.end();
    await expect(migrate(url)).rejects.toThrow(
      'Migration 0002-commit-steps.sql was changed after it was applied',
    );
    await expect(openLedger(engineAddress(url))).rejects.toThrow(
      'Migration 0002-commit-steps.sql was changed',
    );
  });

  test('a database of a newer program is refused with a sentence', async () => {
    const url = await empty();
    await migrate(url);
    const sql = connect(url);
    await sql`insert into ledger.migrations (number, name, sha256) values (99, 'from-tomorrow', 'x')`;
    await sql.end();
    await expect(migrate(url)).rejects.toThrow('migrated by a newer one');
  });

  test('the engine does not open a database that nobody migrated', async () => {
    const [url, other] = [await empty(), await empty()];
    await migrate(other);
    await expect(openLedger(engineAddress(url))).rejects.toThrow(/has 0 of this program's \d+ migrations/);
  });

  test('P9: a role of ours that somebody gave more than it may have is refused with a sentence', async () => {
    const url = await empty();
    await migrate(url);
    const sql = connect(url);
    // Roles belong to the whole server, where other tests run: nobody else sees what is not committed.
    const given = (gift: string) =>
      sql
        .begin(async (transaction) => {
          await transaction.unsafe(gift);
          const refused = await refuseUnfitRoles(transaction).catch((error: Error) => error.message);
          throw new Error(refused ?? 'accepted');
        })
        .catch((error: Error) => error.message);
    expect(await given('select 1')).toBe('accepted');
    expect(await given('grant pg_read_all_data to countersign_engine')).toContain(
      'countersign_engine is a member',
    );
    expect(await given('alter role countersign_engine superuser')).toContain(
      'countersign_engine is a superuser',
    );
    expect(await given('alter role countersign_owner login')).toContain('countersign_owner may log in');
    await sql.end();
  });
});

describe('migration files', () => {
  test('a byte more in a file is another file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-migrations-'));
    try {
      await cp(join(import.meta.dirname, '../../../engine/ledger/migrations'), folder, { recursive: true });
      await appendFile(join(folder, '0001-tables.sql'), '\n');
      const changed = await loadMigrations(pathToFileURL(`${folder}/`));
      expect(checkApplied(changed, await loadMigrations())).toContain('0001-tables.sql was changed');
      expect(checkApplied(await loadMigrations(), await loadMigrations())).toBeNull();
      await cp(join(folder, '0001-tables.sql'), join(folder, '0002-another.sql'));
      await expect(loadMigrations(pathToFileURL(`${folder}/`))).rejects.toThrow(
        'the number of the one before',
      );
      await rm(join(folder, '0002-another.sql'));
      await rm(join(folder, '0002-commit-steps.sql'));
      const fewer = await loadMigrations(pathToFileURL(`${folder}/`));
      expect(checkApplied(fewer, (await loadMigrations()).slice(1))).toContain('has migration 2');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('say what they are for before anything else', async () => {
    for (const { file, source } of await loadMigrations()) {
      expect(
        source
          .split('\n')
          .slice(0, 4)
          .every((line) => line.startsWith('--')),
        file,
      ).toBe(true);
      expect(source.toLowerCase(), file).toContain('lock order');
    }
  });
});

describe('the engine address', () => {
  test('follows from the administrator, without telling its password', () => {
    const address = engineAddress('postgres://boss:secret@db.example:5433/countersign');
    expect(address).toMatchObject({
      host: 'db.example',
      port: 5433,
      user: 'countersign_engine',
      database: 'countersign',
    });
    expect(address.password).toMatch(/^[0-9a-f]{64}$/);
    expect(engineAddress('postgres://boss@db.example/countersign').password).toBeNull();
  });
});
