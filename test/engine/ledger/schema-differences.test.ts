import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeSchema, findSchemaDifferences } from '../../../engine/ledger/schema-differences.ts';
import { type LedgerHouse, openLedgerHouse } from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

const fromMigrations = /^(migration|body of the function) /;

/** After a migration changed: `npx vitest run test/engine/ledger/schema-differences.test.ts --update`. */
test('P5: what the migrations make is written down', async () => {
  const parts = [...(await describeSchema(house.engine))].filter(([name]) => !fromMigrations.test(name));
  const written = `${JSON.stringify(Object.fromEntries(parts), null, 2)}\n`;
  await expect(written).toMatchFileSnapshot('../../../engine/ledger/expected-schema.json');
});

test('P5: a database as the migrations made it has no differences, each function to the letter', async () => {
  expect(await findSchemaDifferences(house.engine)).toEqual([]);
});
