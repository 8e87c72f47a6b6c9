import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Migration, type MigrationInput, openEngine } from '../../../engine/index.ts';
import { fromDatabaseUrl } from '../../../engine/ledger/database-address.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { replayRecord } from '../../../engine/run/replay-record.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { counterDefinition, proposalDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { keyed } from '../../support/test-people.ts';

const renamedDefinition = counterDefinition.replaceAll('counting', 'tallying').replace('1.0.0', '2.0.0');
const smallDefinition = counterDefinition
  .replace('maximum: 1000000 }', 'maximum: 5 }')
  .replace('1.0.0', '3.0.0');
const foldedDefinition = proposalDefinition
  .replace('index: [topic]', 'index: []')
  .replace('meaning: approve', 'meaning: approve\n      quorum: { approve: 1 }')
  .replace('1.0.0', '2.0.0');

let house: TestHouse;
let counter: string;
let renamed: string;
let small: string;
let proposal: string;
let folded: string;
beforeAll(async () => {
  house = await openTestHouse();
  counter = await house.deploy(counterDefinition);
  renamed = await house.deploy(renamedDefinition);
  small = await house.deploy(smallDefinition);
  proposal = await house.deploy(proposalDefinition);
  folded = await house.deploy(foldedDefinition);
});
afterAll(() => house.close());

const startCounter = async (limit = 10) =>
  done(await house.engine.start(house.as('officer'), { process: counter, data: { limit } }, null)).instance;
const step = (instance: string, engine = house.engine) =>
  engine.postEvent(house.as('officer'), { instance, type: 'step', data: {}, seen: null }, null);
const map = { counting: 'tallying' };
const input = (parts: Partial<MigrationInput> = {}): MigrationInput => ({
  from: counter,
  to: renamed,
  map,
  dryRun: true,
  instances: null,
  reason: null,
  cursor: null,
  limit: 50,
  ...parts,
});
const migrate = (parts: Partial<MigrationInput> = {}, who = 'operator', key: string | null = null) =>
  house.engine.migrate(house.as(who), input(parts), key === null ? null : keyed(key, JSON.stringify(parts)));
const apply = (
  instances: readonly string[],
  parts: Partial<MigrationInput> = {},
  key: string | null = null,
) => migrate({ instances, dryRun: false, reason: 'A new rule.', ...parts }, 'operator', key);
const outcomes = (answer: Answer<Migration>) => done(answer).items.map(({ outcome }) => outcome);
const view = async (instance: string) => done(await house.engine.readInstance(house.as('auditor'), instance));
const expectWhole = async () => expect((await verifyRecord(house.ledger)).problems).toEqual([]);

test('a dry run says what would become of each, and changes nothing', async () => {
  const instance = await startCounter(7);
  const answer = done(await migrate({ instances: [instance] }));
  expect(answer.items).toEqual([
    {
      instance,
      outcome: 'would-move',
      seq: 1,
      from: ['counting'],
      to: ['tallying'],
      voids: { decisions: 0, acts: 0 },
      refusal: null,
    },
  ]);
  expect(outcomes(await migrate({ instances: [instance], map: {} }))).toEqual(['blocked']);
  expect(await view(instance)).toMatchObject({ definition: counter, seq: 1 });
});

test('P1, P7: each is moved by one entry, goes on under the other definition, and verifies and replays', async () => {
  const instance = await startCounter(3);
  done(await step(instance));
  const [moved] = done(await apply([instance])).items;
  expect(moved).toMatchObject({ outcome: 'moved', seq: 3, from: ['counting'], to: ['tallying'] });
  expect(await view(instance)).toMatchObject({
    definition: renamed,
    seq: 3,
    context: { count: 1, limit: 3 },
  });
  const next = done(await step(instance));
  expect(next).toMatchObject({ definition: renamed, seq: 4, states: ['tallying'] });
  await expectWhole();
  const replayed = await replayRecord(house.ledger, instance);
  expect(replayed?.problems).toEqual([]);
  expect(replayed?.steps.map(({ state }) => state?.value)).toEqual([
    'counting',
    'counting',
    'tallying',
    'tallying',
  ]);
  expect(replayed?.steps[2]?.entry).toMatchObject({
    kind: 'migration',
    definition: renamed,
    migration: { from: counter },
    actor: { principal: 'person:operator' },
  });
});

test('what blocks one does not hold the others, and what is unknown or finished is told', async () => {
  const instances = await Promise.all([startCounter(3), startCounter(9), startCounter(4)]);
  const [, , ended = ''] = instances;
  await house.engine.postEvent(
    house.as('officer'),
    { instance: ended, type: 'finish', data: {}, seen: null },
    null,
  );
  const nobody = '00000000-0000-7000-8000-000000000000';
  const answer = done(await apply([...instances, nobody], { to: small, map: {} }));
  expect(answer.items.map(({ outcome, refusal }) => refusal?.code ?? outcome)).toEqual([
    'moved',
    'bad-input',
    'finished',
    'not-found',
  ]);
  expect(answer.items[1]?.refusal?.issues?.map(({ at }) => at)).toEqual(['/limit']);
  await expectWhole();
});

test('P9: only a process operator may look or move, with a key for it, and with a reason', async () => {
  const instance = await startCounter();
  for (const who of ['officer', 'designer', 'head', 'auditor', 'service:intake', 'agent:drafter']) {
    expect([who, (await migrate({ instances: [instance] }, who)).kind]).toEqual([who, 'refusal']);
  }
  const read = house.engine.migrate(house.as('operator', ['read', 'event']), input(), null);
  expect((await read).kind).toBe('refusal');
  const code = (answer: Answer<Migration>) => (answer.kind === 'refusal' ? answer.code : 'done');
  expect(code(await apply([instance], { reason: null }))).toBe('reason-required');
  expect(code(await migrate({ dryRun: false, reason: 'A new rule.' }))).toBe('bad-request');
  expect(code(await migrate({ to: counter }))).toBe('bad-input');
  expect(code(await migrate({ to: proposal }))).toBe('bad-input');
  expect(code(await migrate({ to: 'f'.repeat(64) }))).toBe('definition-unknown');
  expect(await view(instance)).toMatchObject({ definition: counter, seq: 1 });
});

test('P6: done again, with the key or without it, it has one effect; the key with another body is refused', async () => {
  const instances = await Promise.all([startCounter(), startCounter(), startCounter()]);
  const first = done(await apply(instances, {}, 'once'));
  expect(done(await apply(instances, {}, 'once'))).toEqual(first);
  expect(outcomes(await apply(instances))).toEqual(['already', 'already', 'already']);
  const other = await startCounter();
  const conflict = await apply([other], {}, 'once');
  expect(conflict).toMatchObject({ code: 'idempotency-conflict' });
  expect((await view(other)).seq).toBe(1);
  for (const instance of instances) expect((await view(instance)).seq).toBe(2);
});

test('P6: what was moved before a crash stays moved, and the rest is moved when it is sent again', async () => {
  const instances = await Promise.all([startCounter(), startCounter(), startCounter()]);
  expect(outcomes(await apply(instances.slice(0, 1), {}, 'page'))).toEqual(['moved']);
  const resumed = openEngine({
    ledger: await openLedger(fromDatabaseUrl(house.database.engineUrl)),
    clock: house.clock,
  });
  const answer = await resumed.migrate(
    house.as('operator'),
    input({ instances, dryRun: false, reason: 'A new rule.' }),
    null,
  );
  expect(outcomes(answer)).toEqual(['already', 'moved', 'moved']);
  await resumed.close();
  await expectWhole();
});

for (const point of ['before-commit', 'during-commit', 'after-commit']) {
  test(`P1, P6: killed ${point} half-way, and sent again: each is moved once, and none is lost`, async () => {
    const instances = await Promise.all(Array.from({ length: 8 }, () => startCounter()));
    const script = join(import.meta.dirname, '..', '..', 'support', 'crash-migration-child.ts');
    const words = [script, house.database.engineUrl, point, counter, renamed, ...instances];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
    expect((await once(child, 'close'))[1]).toBe('SIGKILL');
    const halfWay = await Promise.all(instances.map(view));
    expect(halfWay.filter(({ definition }) => definition === renamed).length).toBeGreaterThan(0);
    // Whatever the crash cut off, an instance is moved whole or not at all.
    for (const { definition, seq } of halfWay) expect(seq).toBe(definition === renamed ? 2 : 1);

    const again = input({ instances, dryRun: false, reason: 'A new rule.' });
    const answer = await house.engine.migrate(house.as('operator'), again, keyed(point));
    expect(outcomes(answer)).toEqual(Array(8).fill('moved'));
    for (const instance of instances) expect((await view(instance)).seq).toBe(2);
    await expectWhole();
  });
}

test('P1: events, and migrations from two engines, meet on one instance: one migration, and nothing lost', async () => {
  const other = openEngine({
    ledger: await openLedger(fromDatabaseUrl(house.database.engineUrl)),
    clock: house.clock,
  });
  const instances = await Promise.all(Array.from({ length: 5 }, () => startCounter(30)));
  const again = input({ instances, dryRun: false, reason: 'A new rule.' });
  const events = instances.flatMap((instance) =>
    Array.from({ length: 12 }, (_, index) => step(instance, index % 2 === 0 ? house.engine : other)),
  );
  const [one, two] = await Promise.all([
    house.engine.migrate(house.as('operator'), again, null),
    other.migrate(house.as('operator'), again, null),
  ]);
  expect((await Promise.all(events)).map(codeOf)).toEqual(Array(60).fill('done'));
  for (const [index, instance] of instances.entries()) {
    const tried = [outcomes(one)[index], outcomes(two)[index]];
    expect(tried).toContain('moved');
    expect(tried.filter((outcome) => outcome === 'moved')).toHaveLength(1);
    expect(await view(instance)).toMatchObject({ definition: renamed, seq: 14, context: { count: 12 } });
    const record = done(await house.engine.readRecord(house.as('auditor'), instance, 0, 50));
    expect(record.items.filter(({ entry }) => entry.kind === 'migration')).toHaveLength(1);
  }
  await other.close();
  await expectWhole();
});

test('the running instances of a definition come a page at a time, and each once', async () => {
  const instances = await Promise.all(Array.from({ length: 5 }, () => startCounter()));
  const seen: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Migration = done(await migrate({ cursor, limit: 2 }));
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items.map(({ instance }) => instance));
    cursor = page.next;
    if (cursor === null) break;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(instances));
});

test('P2, P4: a live proposal goes on waiting at its gate, and only its people approve it', async () => {
  const { engine } = house;
  const instance = done(
    await engine.start(house.as('officer'), { process: proposal, data: { topic: 'A seal' } }, null),
  ).instance;
  const claimed = done(await engine.claimProposal(house.as('agent:drafter'), 60_000));
  if (claimed === null) throw new Error('Nothing to propose.');
  const submission = {
    payload: { text: 'We buy a seal.' },
    model: 'pen',
    modelVersion: '1',
    promptHash: '0'.repeat(64),
    rationale: 'Asked.',
    confidence: null,
    inputs: [],
    evidence: [],
    operator: null,
  };
  const { state, opened, claim } = claimed;
  done(
    await engine.submitProposal(
      house.as('agent:drafter'),
      { instance, state, opened, claim, proposal: submission },
      null,
    ),
  );
  const found = (field: string) =>
    engine
      .search(house.as('auditor'), { fields: { topic: field } })
      .then((answer) => done(answer).items.length);
  expect(await found('A seal')).toBe(1);
  const past = await apply([instance], { from: proposal, to: folded, map: { approving: 'stuck' } });
  expect(done(past).items[0]?.refusal?.code).toBe('not-countersigned');
  expect(outcomes(await apply([instance], { from: proposal, to: folded, map: {} }))).toEqual(['moved']);
  // What is no longer indexed is no longer found.
  expect(await found('A seal')).toBe(0);
  const gates = done(await engine.listGates(house.as('leader'), null, 10)).items;
  const gate = gates.find((one) => one.instance === instance);
  expect(gate).toMatchObject({ definition: folded, decisions: [], proposal: { status: 'live' } });
  const { subject } = gate ?? { subject: '' };
  const decided = await engine.decide(
    house.as('leader'),
    { instance, state: 'approving', opened: gate?.opened ?? 0, subject, verdict: 'approve', reason: null },
    null,
  );
  expect(done(decided)).toMatchObject({ status: 'done', definition: folded });
  await expectWhole();
});

test('a request that an agent has claimed is asked anew, and its claim ends', async () => {
  const { engine } = house;
  const instance = done(
    await engine.start(house.as('officer'), { process: proposal, data: { topic: 'A desk' } }, null),
  ).instance;
  const before = done(await engine.claimProposal(house.as('agent:drafter'), 60_000));
  expect(before?.instance).toBe(instance);
  expect(outcomes(await apply([instance], { from: proposal, to: folded, map: {} }))).toEqual(['moved']);
  const after = done(await engine.claimProposal(house.as('agent:drafter'), 60_000));
  expect(after).toMatchObject({ instance, opened: 2 });
  await expectWhole();
});

const filingDefinition = `
id: filing
version: 1.0.0
title: { vi: Thử, en: Test }
owner: unit:office
responsible: { role: head }
securityLevel: 1
classification: normal
start: { allow: { role: officer } }
context: { type: object, additionalProperties: false, properties: {} }
initial: drafting
states:
  drafting: { on: { submit: { allow: { role: officer }, target: checking } } }
  checking:
    gate: { meaning: approve, reviewers: { role: leader } }
    on: { approved: filing, rejected: drafting }
  filing: { on: { shelve: { allow: { role: officer }, target: shelved } } }
  shelved: { on: { close: { allow: { role: officer }, target: closed } } }
  closed: { type: final }
`;

async function filed(process: string, gate: boolean): Promise<string> {
  const { engine } = house;
  const { instance } = done(await engine.start(house.as('officer'), { process, data: {} }, null));
  const send = (type: string) =>
    engine.postEvent(house.as('officer'), { instance, type, data: {}, seen: null }, null);
  done(await send('submit'));
  if (!gate) return instance;
  const open = done(await engine.readGate(house.as('leader'), instance, 'checking'));
  const { opened, subject } = open;
  done(
    await engine.decide(
      house.as('leader'),
      { instance, state: 'checking', opened, subject, verdict: 'approve', reason: null },
      null,
    ),
  );
  return instance;
}

test('what was approved stays approved behind a gate that is called otherwise now, and goes on there', async () => {
  const from = await house.deploy(filingDefinition);
  const to = await house.deploy(
    filingDefinition.replaceAll('checking', 'reviewing').replace('1.0.0', '2.0.0'),
  );
  const instance = await filed(from, true);
  const moved = await apply([instance], { from, to, map: { checking: 'reviewing' } });
  expect(outcomes(moved)).toEqual(['moved']);
  for (const type of ['shelve', 'close']) {
    done(await house.engine.postEvent(house.as('officer'), { instance, type, data: {}, seen: null }, null));
  }
  expect(await view(instance)).toMatchObject({ status: 'done', definition: to });
  await expectWhole();
});

test('P4: behind a gate that is new nobody stays who was behind none, and the dry run says so', async () => {
  const open = await house.deploy(
    filingDefinition.replace('target: checking', 'target: filing').replace('1.0.0', '3.0.0'),
  );
  const to = await house.deploy(filingDefinition.replace('1.0.0', '4.0.0'));
  const instance = await filed(open, false);
  const parts = { from: open, to, map: {} };
  for (const answer of [await migrate({ ...parts, instances: [instance] }), await apply([instance], parts)]) {
    expect(done(answer).items[0]?.refusal).toMatchObject({
      code: 'not-countersigned',
      message: expect.stringContaining('"checking"'),
    });
  }
  const back = await apply([instance], { ...parts, map: { filing: 'drafting' } });
  expect(outcomes(back)).toEqual(['moved']);
  await expectWhole();
});

test('P4: into a gate that is due in working days: tried and done by the same calendar, and it opens undecided', async () => {
  const plain = filingDefinition.replaceAll('filing', 'dated');
  const from = await house.deploy(plain);
  const dated = plain
    .replace('reviewers: { role: leader } }', 'reviewers: { role: leader }, due: { workingDays: 3 } }')
    .replace('1.0.0', '2.0.0');
  const to = await house.deploy(dated);
  const instance = await filed(from, false);
  const parts = { from, to, map: {} };
  const tried = done(await migrate({ ...parts, instances: [instance] }));
  expect(tried.items.map(({ outcome }) => outcome)).toEqual(['would-move']);
  expect(outcomes(await apply([instance], parts))).toEqual(['moved']);
  const open = done(await house.engine.readGate(house.as('leader'), instance, 'checking'));
  expect(open).toMatchObject({ definition: to, decisions: [], dueAt: expect.stringMatching(/^2026-/) });
});
