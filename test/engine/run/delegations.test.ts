/** Who acts for whom, for how long and where: through the engine, and against an engine that lies about it. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, Principal } from '../../../engine/index.ts';
import type { Delegation } from '../../../engine/oversight/directory.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { head, proposalDefinition, voteDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { addTestKeys, people, shownBy, units } from '../../support/test-people.ts';
import { type Chain, commit, connect, copyOf, newChain, nextStep } from '../ledger/ledger-house.ts';

const title = { vi: 'x', en: 'x' };
const always = { from: '2020-01-01T00:00:00.000Z', until: '2099-01-01T00:00:00.000Z' };
const over = { from: '2020-01-01T00:00:00.000Z', until: '2025-01-01T00:00:00.000Z' };

const extra = (id: string, more: Partial<Principal> = {}): Principal => ({
  id,
  kind: 'person',
  name: id,
  person: id,
  unit: 'unit:office',
  roles: [],
  positions: [],
  active: true,
  ...more,
});

const others: readonly Principal[] = [
  extra('person:deputy'),
  extra('person:second-deputy'),
  extra('person:third-deputy'),
  extra('person:late', { appointments: [{ kind: 'role', name: 'leader', unit: null, ...over }] }),
  extra('person:section-chief', {
    unit: 'unit:section',
    appointments: [{ kind: 'position', name: 'chief', unit: null, ...always }],
  }),
  extra('person:chief-elsewhere', {
    appointments: [{ kind: 'position', name: 'chief', unit: 'unit:other', ...always }],
  }),
  extra('person:uncleared', { clearance: 'normal' }),
];

const pass = (of: string, to: string, more: Partial<Delegation> = {}): Delegation => ({
  kind: 'delegation',
  of: `person:${of}`,
  to: `person:${to}`,
  roles: ['leader', 'member'],
  positions: [],
  bodies: [],
  processes: null,
  ...always,
  mayDelegate: false,
  ...more,
});

const delegations: readonly Delegation[] = [
  pass('leader', 'deputy'),
  pass('leader', 'second-deputy', { processes: ['vote'] }),
  pass('head', 'second-deputy', over),
  pass('head', 'third-deputy', { roles: ['auditor'] }),
  pass('member-one', 'deputy', { mayDelegate: true }),
  pass('member-two', 'member-three'),
  pass('deputy', 'third-deputy'),
];

const members = [
  ...['person:head', 'person:uncleared'].map((person) => ({ person, from: null, until: null })),
  { person: 'person:leader', ...over },
];
const bodies = new Map([['body:board', { id: 'body:board', title, members }]]);

const committee = (id: string, reviewers: string, classification = 'normal') => `${head(id).replace(
  'classification: normal',
  `classification: ${classification}`,
)}context: { type: object, additionalProperties: false, properties: {} }
initial: deciding
states:
  deciding:
    gate: { meaning: approve, reviewers: ${reviewers} }
    on: { approved: carried, rejected: lost }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;

let house: TestHouse;
let admin: Sql;
let hashes: Record<'proposal' | 'vote' | 'leaders' | 'board' | 'secret' | 'unit' | 'exact', string>;

beforeAll(async () => {
  house = await openTestHouse();
  admin = connect(house.database.adminUrl);
  const tree = [...units, { id: 'unit:section', parent: 'unit:office', title }];
  await house.ledger.replaceDirectory([...people, ...others], tree, 'person:designer', {
    roles: new Map([['leader', title]]),
    bodies,
    delegations,
  });
  await addTestKeys(house.ledger, others);
  hashes = {
    proposal: await house.deploy(proposalDefinition),
    vote: await house.deploy(voteDefinition),
    leaders: await house.deploy(committee('leaders', '{ role: leader }')),
    board: await house.deploy(committee('board', '{ body: body:board }')),
    secret: await house.deploy(committee('secret', '{ body: body:board }', 'secret')),
    unit: await house.deploy(committee('beneath', '{ position: chief, unit: unit:office, subunits: true }')),
    exact: await house.deploy(committee('exact', '{ position: chief, unit: unit:office }')),
  };
});
afterAll(async () => {
  await admin.end();
  await house.close();
});

const callerOf = (id: string): Caller => {
  const found = [...people, ...others].find((one) => one.id === `person:${id}`);
  if (found === undefined) throw new Error(`Nobody is called ${id}.`);
  return { ...house.as('officer'), principal: found, ...shownBy(found.id) };
};

async function begin(process: string, by = 'officer'): Promise<string> {
  const data = process === 'vote' ? { question: 'Build it?' } : {};
  return done(await house.engine.start(callerOf(by), { process, data }, null)).instance;
}

async function decide(instance: string, state: string, by: string, onBehalfOf: string | null = null) {
  const [entry] = await admin<{ opened: number; state: string }[]>`
    select g.opened, i.state from ledger.gates g join ledger.instances i on i.id = g.instance
    where g.instance = ${instance} and g.state = ${state}`;
  const { gates } = JSON.parse(entry?.state ?? '{"gates":{}}');
  const { opened = 0, subject = '' } = gates[state] ?? {};
  return house.engine.decide(
    callerOf(by),
    { instance, state, opened, subject, verdict: 'approve', reason: null, onBehalfOf },
    null,
  );
}

describe('P3: whoever acts for another', () => {
  test('decides in that seat, which is then used, and is told whose seats are theirs to use', async () => {
    const instance = await begin('vote');
    const seen = done(await house.engine.readGate(callerOf('deputy'), instance, 'voting'));
    expect(seen).toMatchObject({ allowed: true, mayActFor: ['person:member-one'] });
    expect(codeOf(await decide(instance, 'voting', 'deputy'))).toBe('done');
    const [last] = (await house.ledger.readEntries(instance, 1, 10)).slice(-1);
    expect(JSON.parse(last?.text ?? '{}').actor).toMatchObject({
      principal: 'person:deputy',
      onBehalfOf: 'person:member-one',
    });
    expect(codeOf(await decide(instance, 'voting', 'member-one'))).toBe('already-decided');
    expect(codeOf(await decide(instance, 'voting', 'deputy'))).toBe('already-decided');
    // Passed on once more, and that was allowed: the seat is used all the same.
    expect(codeOf(await decide(instance, 'voting', 'third-deputy', 'person:member-one'))).toBe(
      'already-decided',
    );
  });

  test('has one vote: their own comes first, and another in a seat they may use is refused', async () => {
    const instance = await begin('vote');
    expect(codeOf(await decide(instance, 'voting', 'member-three'))).toBe('done');
    expect(codeOf(await decide(instance, 'voting', 'member-three', 'person:member-two'))).toBe(
      'already-decided',
    );
    const other = await begin('vote');
    expect(codeOf(await decide(other, 'voting', 'member-three', 'person:member-two'))).toBe('done');
    expect(codeOf(await decide(other, 'voting', 'member-three'))).toBe('already-decided');
    expect(codeOf(await decide(other, 'voting', 'member-two'))).toBe('already-decided');
  });

  test.each([
    ['without anything passed on', 'stranger', 'person:member-one'],
    ['in a seat of somebody else', 'deputy', 'person:member-four'],
    ['with another role than the one passed on', 'third-deputy', 'person:head'],
  ])('is refused %s', async (_, by, seat) => {
    const instance = await begin('vote');
    expect(codeOf(await decide(instance, 'voting', by, seat))).toBe('not-allowed');
  });

  test('finds the gate in their inbox, and the record needs no directory to be replayed', async () => {
    const instance = await begin('vote');
    const { items } = done(await house.engine.listGates(callerOf('deputy'), null, 100));
    expect(items.map((item) => item.instance)).toContain(instance);
    expect(codeOf(await decide(instance, 'voting', 'deputy'))).toBe('done');
    expect((await verifyRecord(house.ledger)).problems).toEqual([]);
  });
});

describe('bodies, units and clearances', () => {
  test.each([
    ['leaders', 'late', 'not-allowed'],
    ['leaders', 'deputy', 'done'],
    ['leaders', 'third-deputy', 'not-allowed'],
    ['board', 'head', 'done'],
    ['board', 'uncleared', 'done'],
    ['board', 'leader', 'not-allowed'],
    ['secret', 'uncleared', 'not-allowed'],
    ['secret', 'head', 'done'],
    ['beneath', 'section-chief', 'done'],
    ['exact', 'section-chief', 'not-allowed'],
    ['beneath', 'chief-elsewhere', 'not-allowed'],
  ])('at the gate of %s, %s: %s', async (process, by, code) => {
    expect(codeOf(await decide(await begin(process), 'deciding', by))).toBe(code);
  });
});

/** The next entry of a chain, as a liar words it. */
function told(chain: Chain, definition: string, to: string, actor: string, more: object = {}, shown = true) {
  const { authentication, proof } = shownBy(actor);
  return {
    ...nextStep(chain, {
      definition,
      states: [to],
      proof: shown ? proof : null,
      effects: chain.seq === 0 ? [{ kind: 'gate-opened', state: to, opened: 1 }] : [],
      entry: { actor: { principal: actor, kind: 'person' }, authentication, ...more },
    }),
    definition,
  };
}

const subject = 'a'.repeat(64);

function vote(
  chain: Chain,
  definition: string,
  by: string,
  seat: string | null,
  { to, outcome, time }: { to?: string; outcome?: string; time?: string } = {},
) {
  const state = definition === hashes.vote ? 'voting' : 'deciding';
  const gate = {
    state,
    opened: 1,
    meaning: 'approve',
    subject,
    verdict: 'approve',
    decision: 'd'.repeat(64),
  };
  const actor = { principal: by, kind: 'person', ...(seat === null ? {} : { onBehalfOf: seat }) };
  return told(chain, definition, to ?? state, by, {
    kind: 'decision',
    actor,
    gate: { ...gate, ...(outcome === undefined ? {} : { outcome }) },
    ...(time === undefined ? {} : { time }),
  });
}

async function opened(definition: string, initiator = 'person:officer'): Promise<Chain> {
  const chain = newChain();
  const state = definition === hashes.vote ? 'voting' : 'deciding';
  expect(await commit(house.ledger, [told(chain, definition, state, initiator, {}, false)])).toEqual([
    'committed',
  ]);
  return chain;
}

describe('P2, P3: the last door, before an engine that lies', () => {
  const carried = { to: 'carried', outcome: 'approved' };

  test('lets through what was passed on', async () => {
    const chain = await opened(hashes.vote);
    const votes = [
      vote(chain, hashes.vote, 'person:deputy', 'person:member-one'),
      vote(chain, hashes.vote, 'person:member-three', 'person:member-two'),
      vote(chain, hashes.vote, 'person:member-four', null, carried),
    ];
    expect(await commit(house.ledger, votes)).toEqual(Array(3).fill('committed'));
    const leaders = await opened(hashes.leaders);
    const deputy = vote(leaders, hashes.leaders, 'person:deputy', 'person:leader', carried);
    expect(await commit(house.ledger, [deputy])).toEqual(['committed']);
    const board = await opened(hashes.board);
    expect(await commit(house.ledger, [vote(board, hashes.board, 'person:head', null, carried)])).toEqual([
      'committed',
    ]);
    const beneath = await opened(hashes.unit);
    const chief = vote(beneath, hashes.unit, 'person:section-chief', null, carried);
    expect(await commit(house.ledger, [chief])).toEqual(['committed']);
  });

  test('lets a seat pass through whoever may pass it on, and counts it once', async () => {
    const chain = await opened(hashes.vote);
    const first = vote(chain, hashes.vote, 'person:third-deputy', 'person:member-one');
    expect(await commit(house.ledger, [first])).toEqual(['committed']);
    const again = vote(copyOf(chain), hashes.vote, 'person:deputy', 'person:member-one');
    await expect(commit(house.ledger, [again])).rejects.toThrow(/duplicate key|last door/);
    const own = vote(copyOf(chain), hashes.vote, 'person:member-one', null);
    await expect(commit(house.ledger, [own])).rejects.toThrow(/duplicate key|last door/);
  });

  test.each<[string, () => [string, string, string | null, { time?: string }?]]>([
    ['a seat that nobody passed on', () => [hashes.vote, 'person:stranger', 'person:member-one']],
    ['a seat passed on for another process', () => [hashes.board, 'person:second-deputy', 'person:leader']],
    ['a seat passed on until last year', () => [hashes.board, 'person:second-deputy', 'person:head']],
    [
      'the same, by a clock put back',
      () => [hashes.board, 'person:second-deputy', 'person:head', { time: '2024-06-01T00:00:00.000Z' }],
    ],
    ['a seat passed on with another role', () => [hashes.vote, 'person:third-deputy', 'person:head']],
    ['a chain that may not go on', () => [hashes.leaders, 'person:third-deputy', 'person:leader']],
    ['a role that one had', () => [hashes.leaders, 'person:late', null]],
    ['a seat in a body with a role', () => [hashes.board, 'person:deputy', 'person:leader']],
    ['a body that one has left', () => [hashes.board, 'person:leader', null]],
    ['a body of others', () => [hashes.board, 'person:member-one', null]],
    ['a position in another unit', () => [hashes.unit, 'person:chief-elsewhere', null]],
    ['a position beneath where only the unit counts', () => [hashes.exact, 'person:section-chief', null]],
    ['one who is not cleared', () => [hashes.secret, 'person:uncleared', null]],
    [
      'a body that one has left, by a clock put back',
      () => [hashes.board, 'person:leader', null, { time: '2024-06-01T00:00:00.000Z' }],
    ],
  ])('refuses %s', async (_, lie) => {
    const [definition, by, seat, more = {}] = lie();
    const chain = await opened(definition);
    await expect(
      commit(house.ledger, [
        vote(chain, definition, by, seat, { ...more, to: 'carried', outcome: 'approved' }),
      ]),
    ).rejects.toThrow('The last door is closed');
  });
});

describe('P3: who is excluded stays so, whoever acts', () => {
  /** Proposed by the agent, and waiting at the gate that excludes whoever started it. */
  async function atTheGate(initiator: string): Promise<Chain> {
    const chain = newChain();
    const proposed = { kind: 'proposal', proposal: { decision: 'wording', digest: 'e'.repeat(64) } };
    const agent = { principal: 'agent:drafter', kind: 'agent' };
    const batch = [
      { ...told(chain, hashes.proposal, 'drafting', initiator, {}, false), effects: [] },
      {
        ...told(chain, hashes.proposal, 'approving', 'agent:drafter', { ...proposed, actor: agent }, false),
        effects: [{ kind: 'gate-opened', state: 'approving', opened: 2 } as const],
      },
    ];
    expect(await commit(house.ledger, batch)).toEqual(['committed', 'committed']);
    return chain;
  }

  function approve(chain: Chain, by: string, seat: string) {
    const gate = { state: 'approving', opened: 2, meaning: 'approve', subject, decision: 'd'.repeat(64) };
    const actor = { principal: by, kind: 'person', onBehalfOf: seat };
    return told(chain, hashes.proposal, 'issued', by, {
      kind: 'decision',
      actor,
      gate: { ...gate, verdict: 'approve', outcome: 'approved' },
    });
  }

  test('at the last door: neither the excluded one in another seat, nor another in theirs', async () => {
    const byDelegate = await atTheGate('person:deputy');
    await expect(
      commit(house.ledger, [approve(byDelegate, 'person:deputy', 'person:leader')]),
    ).rejects.toThrow('the initiator is excluded');
    const byLender = await atTheGate('person:leader');
    await expect(commit(house.ledger, [approve(byLender, 'person:deputy', 'person:leader')])).rejects.toThrow(
      'the initiator is excluded',
    );
    const fair = await atTheGate('person:officer');
    expect(await commit(house.ledger, [approve(fair, 'person:deputy', 'person:leader')])).toEqual([
      'committed',
    ]);
  });
});

test.each([
  ["principals set appointments = '[]' where id = 'person:late'", /appointments/],
  ["principals set clearance = 'secret' where id = 'person:uncleared'", /clearance/],
  ["principals set clearance = null where id = 'person:uncleared'", /clearance/],
  ["principals set competences = array['law'] where id = 'person:late'", /competences/],
  ["roles set title_en = 'y'", /title/],
  ["bodies set members = '[]'", /members/],
  ["delegations set valid_until = valid_until + interval '1 day' where place = 1", /until/],
  ["delegations set to_person = 'person:stranger' where place = 3", /to/],
  ['delegations set roles = null where place = 4', /roles/],
  ["directory_changes set rest = replace(rest, 'member-one', 'stranger')", /content/],
])('P5: changed by hand, %s shows', async (change, said) => {
  const table = change.split(' ')[0] ?? '';
  const kept = await admin.unsafe(`select * from ledger.${table}`);
  await admin.unsafe(`set session_replication_role = replica; update ledger.${change}`);
  const { problems } = await verifyRecord(house.ledger);
  const found = problems.filter(({ code }) => code === 'directory-differs');
  expect(found.map(({ message }) => message).join('\n')).toMatch(said);
  // As it was, for the next one.
  await admin.unsafe(`delete from ledger.${table}`);
  for (const row of kept)
    await admin`insert into ledger.${admin(table)} select * from jsonb_populate_record(
      null::ledger.${admin(table)}, ${JSON.stringify(row)}::text::jsonb)`;
});
