import { expect, test } from 'vitest';
import { comparePlays } from '../../../engine/scenario/compare-plays.ts';
import { coverageOf, reportCoverage } from '../../../engine/scenario/coverage.ts';
import { runInMemory } from '../../../engine/scenario/run-in-memory.ts';
import { before, cast, failuresOf, loadText, suiteOf } from './support/suites.ts';

const one = (...steps: readonly string[]) =>
  `scenarios:\n  - title: one\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;

const startThen = (expectation: string) => `{ by: officer, start: { topic: Lịch họp }, ${expectation} }`;
const start = '{ by: officer, start: { topic: Lịch họp } }';
const propose = '{ by: agent, proposal: { text: Kính gửi } }';

test('a proposal goes its whole way in a few lines', () => {
  const scenario = one(
    '{ by: officer, start: { topic: Lịch họp }, then: { requests: { drafting: { topic: Lịch họp } }, timers: [drafting timeout] } }',
    '{ by: agent, proposal: { text: Kính gửi }, then: { gates: [approving], proposals: { wording: live }, context: { wording: null } } }',
    '{ by: leader, approve: approving, then: { status: done, outcome: approved, context: { wording: Kính gửi }, record: [start, proposal, decision] } }',
  );
  expect(failuresOf('proposal.yaml', scenario)).toEqual([]);
});

test('P2, P3: what a scenario expects to be refused is refused, and changes nothing', () => {
  const scenario = one(
    '{ by: head, start: { topic: x }, refused: not-allowed }',
    start,
    '{ by: leader, approve: approving, refused: stale, then: drafting }',
    '{ by: officer, proposal: { text: x }, refused: not-allowed }',
    propose,
    '{ by: [agent, system], approve: approving, refused: people-only }',
    '{ by: officer, approve: approving, refused: { code: not-allowed, says: leader } }',
    '{ by: leader, reject: approving, refused: reason-required, then: { state: approving, record: 2 } }',
  );
  expect(failuresOf('proposal.yaml', scenario)).toEqual([]);
});

test('P2: of several proposals one is chosen by the agent whose it is', () => {
  const several = (rest: string) =>
    `process: several.yaml\n${cast.replace('  agent:', '  second: { kind: agent, roles: [drafting-agent] }\n  agent:')}${rest}`;
  const scenario = one(
    start,
    '{ by: agent, proposal: { text: A }, then: { state: drafting, requests: [drafting] } }',
    '{ by: agent, proposal: { text: B }, refused: already-proposed }',
    '{ by: second, proposal: { text: B }, then: drafting }',
    '{ advance: PT10M, then: { state: considering, proposals: { wording: live } } }',
    '{ by: one, approve: considering, refused: { code: bad-input, says: Several } }',
    '{ by: one, approve: considering, choice: officer, refused: stale }',
    '{ by: [one, two], approve: considering, choice: second, then: { outcome: approved, proposals: { wording: { acts: [consider], payload: { text: B } } } } }',
    '{ by: leader, approve: approving, then: { context: { wording: B }, record: 7 } }',
  );
  const { suite, findings } = loadText(several(scenario));
  expect(findings).toEqual([]);
  expect(suite === null ? [] : runInMemory(suite).flatMap(({ failures }) => failures)).toEqual([]);
});

test.each([
  ['state', 'then: approving', '"approving"', '"drafting"'],
  ['status', 'then: { status: done }', '"done"', '"active"'],
  ['context.topic', 'then: { context: { topic: Khác } }', '"Khác"', '"Lịch họp"'],
  ['context.topic', 'then: { context: { topic: null } }', 'null', '"Lịch họp"'],
  ['context.remarks', 'then: { context: { remarks: Khác } }', '"Khác"', 'null'],
  ['output', 'then: { output: { result: x } }', '{"result":"x"}', 'null'],
  ['outcome', 'then: { outcome: approved }', '"approved"', 'null'],
  ['proposals.wording', 'then: { proposals: { wording: live } }', '"live"', 'null'],
  ['gates', 'then: { gates: [approving] }', '["approving"]', '[]'],
  ['requests', 'then: { requests: [] }', '[]', '["drafting"]'],
  ['requests.drafting.topic', 'then: { requests: { drafting: { topic: x } } }', '"x"', '"Lịch họp"'],
  ['timers', 'then: { timers: [] }', '[]', '["drafting timeout"]'],
  ['record', 'then: { record: 2 }', '2', '1'],
  ['record', 'then: { record: [event] }', '["event"]', '["start"]'],
  ['refused', 'refused: stale', '"stale"', '"accepted, then drafting"'],
])('what differs is told with its place: %s in %s', (what, expectation, expected, actual) => {
  const [failure, second] = failuresOf('proposal.yaml', one(startThen(expectation)));
  expect(second).toBeUndefined();
  expect(failure).toMatchObject({ scenario: 'one', what });
  expect(JSON.stringify(failure?.expected)).toBe(expected);
  expect(JSON.stringify(failure?.actual)).toBe(actual);
  expect((failure?.position.line ?? 0) - before).toBe(4);
});

test('a step that is refused unexpectedly says why, at the act, and ends the scenario', () => {
  const failures = failuresOf(
    'proposal.yaml',
    one(start, '{ by: officer, event: retry }', '{ by: agent, proposal: { text: x }, then: drafting }'),
  );
  expect(failures).toMatchObject([
    {
      what: 'refused',
      expected: 'accepted',
      actual: 'refused: not-possible-here',
      position: { line: before + 5, column: 24 },
    },
  ]);
  expect(failures[0]?.message).toContain('retry');
});

test('an expectation inside a part is reported where it is written', () => {
  const rest = `parts:\n  begun:\n    - ${startThen('then: stuck')}\n${one('{ play: begun }')}`;
  expect(failuresOf('proposal.yaml', rest)).toMatchObject([
    { what: 'state', position: { line: before + 3 } },
  ]);
});

test('nothing happens before a start, and a scenario is one instance', () => {
  expect(failuresOf('wait.yaml', one('{ by: officer, event: note }'))).toMatchObject([{ actual: 'nothing' }]);
  expect(failuresOf('wait.yaml', one('{ advance: P1D, then: waiting }'))).toMatchObject([
    { actual: 'nothing' },
  ]);
  const twice = one('{ by: officer, start: {} }', '{ by: officer, start: {} }');
  expect(failuresOf('wait.yaml', twice)).toMatchObject([{ actual: 'an instance' }]);
});

test('the clock stands still but for advance, and timers fire exactly when they are due', () => {
  const scenario = one(
    '{ by: officer, start: {} }',
    '{ advance: PT1H59M59S, then: { state: waiting, record: 1 } }',
    '{ advance: PT1S, then: { state: late, record: [start, timer] } }',
  );
  expect(failuresOf('wait.yaml', scenario)).toEqual([]);
});

test('several do the same one after the other, and the outcome stays open until there are enough', () => {
  const scenario = one(
    '{ by: officer, start: { question: Có không }, then: voting }',
    '{ by: one, approve: voting, then: { outcome: open } }',
    '{ by: one, approve: voting, refused: already-decided }',
    '{ by: [two], approve: voting, then: { state: carried, outcome: approved, output: { result: carried } } }',
  );
  expect(failuresOf('vote.yaml', scenario)).toEqual([]);
  const [tooMany] = failuresOf(
    'vote.yaml',
    one('{ by: officer, start: { question: x } }', '{ by: [one, two, three], approve: voting }'),
  );
  expect(tooMany).toMatchObject({ actual: 'refused: finished' });
  expect(tooMany?.message).toContain('person:three');
});

test('coverage counts states, transitions, outcomes, and each guard both ways', () => {
  const suite = suiteOf(
    'counter.yaml',
    one('{ by: officer, start: { limit: 1 } }', '{ by: officer, event: step }'),
  );
  const half = reportCoverage(suite.process, coverageOf(suite.process, runInMemory(suite)));
  expect(half).toMatchObject({
    states: { covered: 1, total: 2 },
    transitions: { covered: 1, total: 2 },
    guards: { covered: 1, total: 2 },
    outcomes: { covered: 0, total: 0 },
  });
  expect(half.missing.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'guard-failed counting:event.step:0',
    'transition counting:event.finish:0',
    'state finished',
  ]);
  const whole = suiteOf(
    'counter.yaml',
    one(
      '{ by: officer, start: { limit: 1 } }',
      '{ by: officer, event: step }',
      '{ by: officer, event: step, refused: guard-failed }',
      '{ by: officer, event: finish }',
    ),
  );
  expect(reportCoverage(whole.process, coverageOf(whole.process, runInMemory(whole))).missing).toEqual([]);
});

test('a guard that somebody may not even come to does not count as having failed', () => {
  const suite = suiteOf(
    'counter.yaml',
    one('{ by: officer, start: { limit: 0 } }', '{ by: leader, event: step, refused: not-allowed }'),
  );
  expect(coverageOf(suite.process, runInMemory(suite)).guardsFailed).toEqual(new Set());
});

test('two runs that went apart are told at the step, with what differs alone', () => {
  const suite = suiteOf('wait.yaml', one('{ by: officer, start: {} }', '{ advance: PT2H }'));
  const [result] = runInMemory(suite);
  if (result === undefined) throw new Error('There is one scenario.');
  expect(comparePlays(result.scenario, result, result)).toBeNull();
  const other = {
    ...result,
    trace: result.trace.map((item, index) => (index === 1 ? { ...item, to: ['waiting'] } : item)),
  };
  expect(comparePlays(result.scenario, result, other)).toMatchObject({
    what: 'ledger',
    expected: { to: ['late'] },
    actual: { to: ['waiting'] },
    position: { line: before + 5 },
  });
  expect(comparePlays(result.scenario, result, { ...result, trace: [] })).not.toBeNull();
});

test('a refusal for another reason, or in other words, is not the one that is expected', () => {
  const refusals = (expectation: string) =>
    failuresOf('proposal.yaml', one(start, `{ by: officer, event: retry, refused: ${expectation} }`));
  expect(refusals('{ code: not-possible-here, says: not taken }')).toEqual([]);
  expect(refusals('{ code: not-possible-here, says: Something else }')).toMatchObject([
    { what: 'refused.says' },
  ]);
  expect(refusals('{ code: not-possible-here, reason: forbidden }')).toMatchObject([
    { what: 'refused.reason', expected: 'forbidden', actual: [] },
  ]);
  expect(refusals('stale')).toMatchObject([{ what: 'refused', actual: 'not-possible-here' }]);
});

test('in parallel states all of them are named, or the state around them', () => {
  const then = (states: string) =>
    failuresOf(
      'chart.yaml',
      one('{ by: officer, start: {} }', `{ by: officer, event: go, then: ${states} }`),
    );
  expect(then('[both.left.one, both.right.one]')).toEqual([]);
  expect(then('[both.left, both.right.one]')).toEqual([]);
  expect(then('both')).toEqual([]);
  expect(then('both.left.one')).toMatchObject([{ actual: ['both.left.one', 'both.right.one'] }]);
  expect(then('[both.left.two, both.right.one]')).toMatchObject([{ what: 'state' }]);
  expect(then('[both, before]')).toMatchObject([{ what: 'state' }]);
});

test('a state that is only passed through counts as covered, and so does where it begins', () => {
  const suite = suiteOf(
    'chart.yaml',
    one(
      '{ by: officer, start: {} }',
      '{ by: officer, event: go }',
      '{ by: officer, event: left }',
      '{ by: officer, event: right, then: ended }',
    ),
  );
  expect(reportCoverage(suite.process, coverageOf(suite.process, runInMemory(suite))).missing).toEqual([]);
});
