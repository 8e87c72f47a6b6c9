import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, usualSessionRules } from '../../../engine/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-house-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (name: string, directoryFile: string | null = null) =>
  openHouse({
    databaseUrl: null,
    dataFolder: join(folder, name),
    directoryFile,
    processesFolder: null,
    report: (sentence) => told.push(sentence),
  });

/** What was reported at any start. */
const told: string[] = [];

const directoryText = `
roles: { clerk: { title: { vi: Văn thư, en: Clerk } } }
units: [{ id: 'unit:office', title: { vi: Văn phòng, en: Office } }]
principals: [{ id: 'person:real', name: Người Thật, unit: 'unit:office', roles: [clerk] }]
`;

async function secretsOf(house: House): Promise<Record<string, string>> {
  return JSON.parse(await readFile(house.demonstrationKeysFile ?? '', 'utf8')) as Record<string, string>;
}

test('P9: a real directory ends the demonstration, and starting without one never brings it back', async () => {
  const demonstration = await open('changing');
  const [secret = ''] = Object.values(await secretsOf(demonstration));
  expect(await demonstration.engine.authenticate(secret, 'test', true)).not.toBeNull();
  expect(await demonstration.engine.authenticate(secret, 'test', false)).toBeNull();
  const keysFile = demonstration.demonstrationKeysFile ?? '';
  await demonstration.close();

  const directoryFile = join(folder, 'directory.yaml');
  await writeFile(directoryFile, directoryText);
  const real = await open('changing', directoryFile);
  expect([...(await real.ledger.loadDirectory()).principals.keys()]).toEqual(['person:real']);
  expect(await real.engine.authenticate(secret, 'test', true)).toBeNull();
  expect(existsSync(keysFile)).toBe(false);
  await real.close();
  expect(told.join('\n')).toContain(
    'directory.yaml was put in force, and changes what was there:\n  The role',
  );

  const again = await open('changing');
  expect(again.demonstrationKeysFile).toBeNull();
  expect([...(await again.ledger.loadDirectory()).principals.keys()]).toEqual(['person:real']);
  await again.close();
});

test('the demonstration keys stay the same from one start to the next', async () => {
  const first = await open('demonstration');
  const secrets = await secretsOf(first);
  await first.close();
  const second = await open('demonstration');
  expect(await secretsOf(second)).toEqual(secrets);
  expect((await second.ledger.findKeys()).length).toBe(Object.keys(secrets).length);
  await second.close();
});

test('a directory file that cannot be used is one sentence with its place', async () => {
  const directoryFile = join(folder, 'wrong.yaml');
  await writeFile(directoryFile, directoryText.replace('roles: [clerk]', 'roles: [clrk]'));
  await expect(open('wrong', directoryFile)).rejects.toThrow(/wrong\.yaml:4:\d+ .*clerk/);
});

test('P9: with an identity provider nothing of the demonstration is there, and none is taken over', async () => {
  const withProvider = (name: string) =>
    openHouse({
      databaseUrl: null,
      dataFolder: join(folder, name),
      directoryFile: null,
      processesFolder: null,
      sessions: usualSessionRules,
      report: () => undefined,
    });
  await expect(withProvider('demonstration')).rejects.toThrow(/with an identity provider there must be none/);
  const house = await withProvider('provider');
  expect(house.demonstrationKeysFile).toBeNull();
  expect((await house.ledger.loadDirectory()).principals.size).toBe(0);
  expect(await house.ledger.findKeys()).toEqual([]);
  expect(await house.ledger.listDefinitions()).toEqual([]);
  await house.close();
});
