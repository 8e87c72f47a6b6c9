import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromDatabaseUrl } from '../../../engine/ledger/database-address.ts';
import type { Ledger, StoredEntry } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { runScenarios } from '../../../engine/run/run-scenarios.ts';
import { comparePlays } from '../../../engine/scenario/compare-plays.ts';
import { runInMemory } from '../../../engine/scenario/run-in-memory.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { proposalDefinition, secretVoteDefinition, waitDefinition } from '../../support/definitions.ts';
import { assuredVoteDefinition, suiteOf } from '../scenario/support/suites.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await freshDatabase();
  ledger = await openLedger(fromDatabaseUrl(database.engineUrl));
});
afterAll(async () => {
  await ledger.close();
  await database.drop();
});

const wait = suiteOf(
  'wait.yaml',
  `scenarios:
  - { title: left waiting, steps: [{ by: officer, start: {} }] }
  - title: late
    steps: [{ by: officer, start: {} }, { advance: PT2H, then: { state: late, record: [start, timer] } }]
`,
);

const proposal = suiteOf(
  'proposal.yaml',
  `scenarios:
  - { title: left open, steps: [{ by: officer, start: { topic: x } }] }
  - title: refusals
    steps:
      - { by: head, start: { topic: x }, refused: not-allowed }
      - { by: officer, start: { topic: x } }
      - { by: leader, approve: approving, refused: stale }
      - { by: officer, proposal: { text: x }, refused: not-allowed }
      - { by: agent, proposal: { text: 7 }, refused: bad-input }
      - { by: agent, proposal: { text: x }, then: approving }
      - { by: agent, proposal: { text: x }, refused: stale }
      - { by: [agent, system], approve: approving, refused: people-only }
      - { by: leader, approve: approving, then: { status: done } }
      - { by: officer, event: retry, refused: finished }
`,
);

const assured = suiteOf(
  'assured-vote.yaml',
  `scenarios:
  - title: carried
    steps:
      - { by: officer, start: { question: x } }
      - { by: leader, approve: voting, refused: not-allowed }
      - { by: one, approve: voting, then: { outcome: open } }
      - { by: one, approve: voting, refused: already-decided }
      - { by: system, approve: voting, refused: people-only }
      - { by: two, approve: voting, then: carried }
  - title: open once more
    steps: [{ by: officer, start: { question: x } }, { by: one, approve: voting, then: voting }]
`,
);

const secret = suiteOf(
  'secret-vote.yaml',
  `scenarios:
  - title: returned when the time is over, and carried then
    steps:
      - { by: officer, start: { question: x } }
      - { by: one, return: voting, reason: b, then: { state: voting, outcome: open } }
      - { by: two, return: voting, reason: a }
      - { by: one, approve: voting, refused: already-decided }
      - { by: two, reject: voting, refused: already-decided }
      - { by: three, reject: voting, refused: reason-required }
      - { by: leader, reject: voting, refused: not-allowed }
      - { by: one, count: voting, refused: { code: not-possible-here, says: One member has not voted yet } }
      - { advance: P3D, then: voting }
      - { by: system, count: voting, refused: people-only }
      - { by: leader, count: voting, refused: not-allowed }
      - { by: two, count: voting, then: { state: asking, outcome: returned, context: { remarks: "a\\nb" } } }
      - { by: officer, event: ask, data: { question: y } }
      - { by: [one, two], approve: voting }
      - { advance: P3D }
      - { by: one, count: voting, then: { status: done } }
`,
);

test.each([
  ['a secret ballot', secret, secretVoteDefinition],
  ['a vote with one-time codes', assured, assuredVoteDefinition],
  ['wait', wait, waitDefinition],
  ['proposal', proposal, proposalDefinition],
])('%s: the ledger refuses and moves exactly as the core does', async (_name, suite, source) => {
  const plays = await runScenarios(ledger, suite, { file: 'x.yaml', source });
  const results = runInMemory(suite);
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  for (const [index, result] of results.entries()) {
    const play = plays[index];
    expect(play?.failures).toEqual([]);
    expect(play === undefined ? 'no play' : comparePlays(result.scenario, result, play)).toBeNull();
  }
});

async function* forged(pages: AsyncIterable<readonly StoredEntry[]>) {
  for await (const page of pages) {
    yield page.map((entry) => (entry.seq === 2 ? { ...entry, hash: '0'.repeat(64) } : entry));
  }
}

test('P5: a record that does not verify fails its scenario, and only that one', async () => {
  const forging: Ledger = {
    ...ledger,
    withExtent: (which, work) =>
      ledger.withExtent(which, (extent) => work({ ...extent, entries: () => forged(extent.entries()) })),
  };
  const [left, late] = await runScenarios(forging, wait, { file: 'x.yaml', source: waitDefinition });
  expect(left?.failures).toEqual([]);
  expect(late?.failures.map(({ what }) => what)).toContain('record');
});

test('a state that the ledger lost is a difference that is told', async () => {
  const losing: Ledger = {
    ...ledger,
    loadInstances: async (ids) => {
      const stored = await ledger.loadInstances(ids);
      return new Map(
        [...stored].map(([id, one]) => [
          id,
          one.seq === 2 ? { ...one, state: one.state.replace('"status":"done"', '"status":"active"') } : one,
        ]),
      );
    },
  };
  const plays = await runScenarios(losing, wait, { file: 'x.yaml', source: waitDefinition });
  const apart = runInMemory(wait).map((result, index) => {
    const play = plays[index];
    return play === undefined ? null : comparePlays(result.scenario, result, play);
  });
  expect(apart[0]).toBeNull();
  expect(apart[1]).toMatchObject({
    what: 'ledger',
    expected: { status: 'done' },
    actual: { status: 'active' },
  });
});
