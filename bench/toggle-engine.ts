/**
 * A whole engine with the toggle deployed, a key to use it with, and so many instances started: what
 * the durable and the HTTP measurements work on. It is started as any other; nothing is switched off.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Caller,
  type DatabaseAddress,
  type Engine,
  keyHashOf,
  type Ledger,
  openHouse,
  proofOf,
} from '../engine/index.ts';
import type { BenchPlace } from './bench-database.ts';
import type { AtEnd } from './clean-up.ts';

export interface ToggleEngine {
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** Its database, as the administrator. */
  readonly address: DatabaseAddress;
  readonly caller: Caller;
  /** The bearer key that stands for `caller`. */
  readonly secret: string;
  /** Ids of the instances, each idle. */
  readonly instances: readonly string[];
}

const definitions = join(import.meta.dirname, 'definitions');
export const toggleFile = join(definitions, 'toggle.yaml');

export async function openToggleEngine(
  { folder, databaseUrl }: BenchPlace,
  count: number,
  progress: (sentence: string) => void,
  atEnd: AtEnd,
): Promise<ToggleEngine> {
  progress(`starting an engine with ${count} instances`);
  const { engine, ledger, address, close } = await openHouse({
    databaseUrl,
    dataFolder: join(folder, 'database'),
    directoryFile: join(import.meta.dirname, 'directory.yaml'),
    processesFolder: definitions,
    report: progress,
  });
  // An embedded server's socket lies outside the data folder, because its path may not be long.
  if (databaseUrl === null) atEnd(() => rm(address.host, { recursive: true, force: true }));
  atEnd(close);
  const secret = `bench_${randomBytes(32).toString('base64url')}`;
  await ledger.addKey({
    id: 'bench',
    hash: keyHashOf(proofOf(secret)),
    principal: 'service:bench',
    scopes: ['start', 'event'],
    expiresAt: null,
    demonstration: false,
  });
  const caller = await engine.authenticate(secret, 'bench', true);
  if (caller === null) throw new Error('The engine does not know the key that it was just given.');
  return { engine, ledger, address, caller, secret, instances: await startInstances(engine, caller, count) };
}

function startInstances(engine: Engine, caller: Caller, count: number): Promise<string[]> {
  const data = { count: 0, note: 'a small context' };
  return Promise.all(
    Array.from({ length: count }, async () => {
      const started = await engine.start(caller, { process: 'bench-toggle', data }, null);
      if (started.kind === 'refusal') throw new Error(`The toggle was not started: ${started.message}`);
      return started.value.instance;
    }),
  );
}
