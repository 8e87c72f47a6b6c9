/**
 * Keys for everybody in the demonstration directory, kept in one file of the data folder so that the demo can
 * be played again. They are honoured from this machine only, and exist in demonstration mode only.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchWorld } from './command-batch.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { addKey, newSecret, scopesByKind } from './manage-keys.ts';

/** Makes the keys that are missing, and answers the file: JSON, principal id to secret. */
export async function openDemonstrationKeys(
  world: Pick<BatchWorld, 'ledger' | 'clock'>,
  dataFolder: string,
): Promise<string> {
  const file = keysFile(dataFolder);
  const kept = await readKeys(file);
  const { principals } = await world.ledger.loadDirectory();
  const keys: Record<string, string> = {};
  for (const id of [...principals.keys()].sort()) keys[id] = kept[id] ?? newSecret();
  await writeKeys(file, keys);
  const known = new Set((await world.ledger.findKeys()).map(({ hash }) => hash));
  for (const [principal, secret] of Object.entries(keys)) {
    const kind = principals.get(principal)?.kind;
    if (kind === undefined || known.has(keyHashOf(proofOf(secret)))) continue;
    await addKey(world, {
      principal,
      scopes: scopesByKind[kind],
      expiresAt: null,
      demonstration: true,
      secret,
    });
  }
  return file;
}

/** Whether this folder was opened as a demonstration before. */
export function hasDemonstrationKeys(dataFolder: string): boolean {
  return existsSync(keysFile(dataFolder));
}

/** Revokes every demonstration key and removes their file: a real directory is in force from now on. */
export async function endDemonstration(ledger: Ledger, dataFolder: string): Promise<void> {
  for (const key of await ledger.findKeys()) {
    if (key.demonstration && key.revokedAt === null) await ledger.revokeKey(key.id);
  }
  await rm(keysFile(dataFolder), { force: true });
}

const keysFile = (dataFolder: string) => join(dataFolder, 'demonstration-keys.json');

async function readKeys(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    return content as Record<string, string>;
  } catch {
    // Missing, or cut short by a crash: the keys are made anew.
    return {};
  }
}

async function writeKeys(file: string, keys: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
