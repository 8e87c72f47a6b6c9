/** The scenario tests that stand beside the shipped processes, in memory and through a real ledger. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromDatabaseUrl } from '../../engine/ledger/database-address.ts';
import type { Ledger } from '../../engine/ledger/ledger.ts';
import { openLedger } from '../../engine/ledger/open-ledger.ts';
import { runScenarios } from '../../engine/run/run-scenarios.ts';
import { comparePlays } from '../../engine/scenario/compare-plays.ts';
import { coverageOf, reportCoverage } from '../../engine/scenario/coverage.ts';
import { loadSuite } from '../../engine/scenario/load-suite.ts';
import { runInMemory } from '../../engine/scenario/run-in-memory.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const folder = resolve(import.meta.dirname, '../../processes');
const shipped = readdirSync(folder).filter((file) => /(?<!\.test)\.yaml$/.test(file));
const tests = shipped.map((file) => file.replace('.yaml', '.test.yaml'));

let database: TestDatabase;
let ledger: Ledger;
let loads = 0;

beforeAll(async () => {
  database = await freshDatabase();
  const opened = await openLedger(fromDatabaseUrl(database.engineUrl));
  ledger = {
    ...opened,
    loadInstances: (ids) => {
      loads += 1;
      return opened.loadInstances(ids);
    },
  };
});
afterAll(async () => {
  await ledger.close();
  await database.drop();
});

describe.each(tests)('%s', (file) => {
  const { suite, findings, definition } = loadSuite(
    { file, source: readFileSync(join(folder, file), 'utf8') },
    (path) => ({ file: path, source: readFileSync(join(folder, path), 'utf8') }),
  );
  if (suite === null || definition === null) throw new Error(JSON.stringify(findings, null, 2));
  const results = runInMemory(suite);

  test.each(results.map((result) => [result.scenario.title, result] as const))(
    '%s',
    (_title, { failures }) => {
      expect(failures).toEqual([]);
    },
  );

  test('every state, every transition, every guard both ways and every gate outcome is covered', () => {
    expect(reportCoverage(suite.process, coverageOf(suite.process, results)).missing).toEqual([]);
  });

  test('P7: read anew from the ledger before every stimulus, each does the same, and its record verifies', async () => {
    loads = 0;
    const plays = await runScenarios(ledger, suite, definition);
    expect(plays.flatMap(({ failures }) => failures)).toEqual([]);
    expect(plays.map((play, index) => apart(play, index))).toEqual(plays.map(() => null));
    // The engine reads the instance for each stimulus after the start, and the run looks at it once more.
    const stimuli = plays.flatMap(({ trace }) => trace.slice(1)).length;
    expect(loads).toBeGreaterThanOrEqual(2 * stimuli);
  }, 120_000);

  function apart(play: Parameters<typeof comparePlays>[2], index: number) {
    const result = results[index];
    return result === undefined ? 'no result' : comparePlays(result.scenario, result, play);
  }
});

test('a process comes with its scenario tests', () => {
  const present = readdirSync(folder);
  expect(tests.filter((file) => !present.includes(file))).toEqual([]);
});
