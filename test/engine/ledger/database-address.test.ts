import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkDatabaseUrl,
  type DatabaseAddress,
  fromDatabaseUrl,
  sslModes,
  toConnectionOptions,
  toDatabaseUrl,
} from '../../../engine/ledger/database-address.ts';

const written = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed());
const addresses: fc.Arbitrary<DatabaseAddress> = fc.record({
  host: fc.oneof(
    fc.constantFrom('localhost', 'db.example', '10.0.0.7', '::1'),
    written.filter((text) => !text.includes(',')).map((text) => `/tmp/${text}`),
  ),
  port: fc.integer({ min: 1, max: 65_535 }),
  user: written,
  password: fc.oneof(fc.constant(null), written),
  // A lone dot or two would be a step in a path, and no database is called so.
  database: written.filter((text) => !/^\.{1,2}$/.test(text)),
  sslMode: fc.constantFrom(...sslModes),
});

test('an address survives being written as a URL and read again, whatever is in it', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      expect(fromDatabaseUrl(toDatabaseUrl(address))).toEqual(address);
    }),
  );
});

test('a Unix socket is reached through host=, with or without a name before it', () => {
  const expected = { host: '/run/pg', port: 5432, user: 'u', password: 'p', database: 'd' };
  for (const url of [
    'postgres://u:p@/d?host=/run/pg',
    'postgres://u:p@localhost/d?host=/run/pg',
    'postgres://u:p@localhost/d?host=%2Frun%2Fpg',
    'postgres://u:p@%2Frun%2Fpg/d',
  ]) {
    expect(checkDatabaseUrl(url), url).toMatchObject(expected);
  }
});

test('TLS is never asked for on a Unix socket, and tried by default on a network', () => {
  expect(toConnectionOptions('postgres://u:p@/d?host=/run/pg').ssl).toBe(false);
  expect(toConnectionOptions('postgres://u:p@h/d').ssl).toBe('prefer');
  expect(toConnectionOptions('postgres://u:p@h/d?sslmode=disable').ssl).toBe(false);
  expect(toConnectionOptions('postgres://u:p@h/d?sslmode=verify-full').ssl).toBe('verify-full');
});

test('an absent password is empty, and not one from the environment', () => {
  expect(toConnectionOptions('postgres://u@h/d').password()).toBe('');
});

test('an unusable URL throws without its password', () => {
  expect(() => fromDatabaseUrl('postgres://u:hunter2@h')).toThrow(
    /^The database URL is not usable: it names no database\.$/,
  );
});
