/** What happens while the database is away. */

import type { AddressInfo } from 'node:net';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromDatabaseUrl } from '../../../engine/ledger/database-address.ts';
import { type Ledger, LedgerUnavailable } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { commit, definition, type LedgerHouse, newChain, nextStep, openLedgerHouse } from './ledger-house.ts';

let house: LedgerHouse;
let wire: Wire;
let ledger: Ledger;
beforeAll(async () => {
  house = await openLedgerHouse();
  wire = await openWire(house.database.engineUrl);
  ledger = await openLedger({
    ...fromDatabaseUrl(house.database.engineUrl),
    host: '127.0.0.1',
    port: wire.port,
    sslMode: 'disable',
  });
});
afterAll(async () => {
  await ledger.close();
  await wire.close();
  await house.close();
});

/** A cable to the database that can be cut and mended. */
interface Wire {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

async function openWire(url: string): Promise<Wire> {
  const { host, port } = fromDatabaseUrl(url);
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = host.startsWith('/') ? connectTo(`${host}/.s.PGSQL.${port}`) : connectTo(port, host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (at: number) => new Promise<void>((done) => server.listen(at, '127.0.0.1', done));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const cut = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  return { port: own, cut, mend: () => listen(own), close: cut };
}

test('P6: every call says that the ledger is unavailable, and works again by itself', async () => {
  const chain = newChain();
  const step = nextStep(chain);
  expect(await commit(ledger, [step])).toEqual(['committed']);
  await wire.cut();
  const place = [{ hash: definition, state: 's' }];
  const calls: readonly (() => Promise<unknown>)[] = [
    () => ledger.loadInstances([chain.id]),
    () => ledger.commitSteps([nextStep({ ...chain })], 0),
    () => ledger.findEntry(chain.id, 1),
    () => ledger.loadAnswers([{ principal: 'p', key: 'k' }]),
    () => ledger.searchInstances({ visible: null, limit: 1 }),
    () => ledger.readEntries(chain.id, 0, 1),
    () => ledger.withExtent({ after: null, limit: 1 }, async () => null),
    () => ledger.withAdministration(async () => null),
    () => ledger.readAnswers(null, 1),
    () => ledger.readDefinitions(null, 1),
    () => ledger.findSchemaDifferences(),
    () => ledger.listInstances(null, 1),
    () =>
      ledger.deployDefinition({
        hash: definition,
        process: 'p',
        version: '1',
        source: 's',
        certificate: '{}',
        doorRules: { gates: [], walls: [] },
        deployedBy: 'x',
      }),
    () => ledger.loadDefinition(definition),
    () => ledger.currentDefinition('p'),
    () => ledger.listDefinitions(),
    () => ledger.listOpenGates(place, 'person:nobody', null, 1),
    () => ledger.claimRequest(place, 'agent:a', 1),
    () => ledger.listRequests(place, 'agent:a', null, 1),
    () => ledger.claimOneRequest({ instance: chain.id, state: 's', opened: 1 }, 'agent:a', 1),
    () => ledger.renewClaim({ instance: chain.id, state: 's', opened: 1 }, 'agent:a', 'c', 1),
    () => ledger.heldByAnother({ instance: chain.id, state: 's', opened: 1 }, 'agent:a', 'c'),
    () => ledger.listDueTimers('2026-01-01T00:00:00.000Z', 1),
    () => ledger.directoryVersion(),
    () => ledger.loadDirectory(),
    () => ledger.replaceDirectory([], [], 'x'),
    () =>
      ledger.addKey({
        id: 'k',
        hash: definition,
        principal: 'p',
        scopes: [],
        expiresAt: null,
        demonstration: false,
      }),
    () => ledger.findKeys(),
    () => ledger.revokeKey('k'),
  ];
  for (const [index, call] of calls.entries()) {
    await expect(call(), `call ${index}`).rejects.toBeInstanceOf(LedgerUnavailable);
  }
  await Promise.all(calls.map((call) => expect(call()).rejects.toBeInstanceOf(LedgerUnavailable)));
  await wire.mend();
  await expect
    .poll(() => ledger.findEntry(chain.id, 1).catch(() => null), { timeout: 10_000 })
    .not.toBeNull();
  await expect
    .poll(() => commit(ledger, [nextStep({ ...chain })]).catch(() => []), { timeout: 10_000 })
    .toEqual(['committed']);
});

test('a database that is not there is said to be unavailable when the ledger is opened', async () => {
  const address = {
    ...fromDatabaseUrl(house.database.engineUrl),
    host: '127.0.0.1',
    port: 1,
    sslMode: 'disable' as const,
  };
  await expect(openLedger(address)).rejects.toBeInstanceOf(LedgerUnavailable);
});
