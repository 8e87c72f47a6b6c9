/** What an engine that lies could hand to the ledger about a secret ballot, and what it cannot read of one. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { commitmentOf } from '../../../engine/evidence/sha256.ts';
import { deploySource } from '../../../engine/run/deploy-definition.ts';
import { ballotsDigest, talliesOf } from '../../../engine/step/count-ballots.ts';
import type { BallotCast } from '../../../engine/step/seal-ballot.ts';
import type { Ballot } from '../../../engine/step/stimulus.ts';
import { secretVoteDefinition, voteDefinition } from '../../support/definitions.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { addTestKeys, people, shownBy, units } from '../../support/test-people.ts';
import {
  type Chain,
  commit,
  copyOf,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
} from './ledger-house.ts';

let house: LedgerHouse;
let secret: string;
let openly: string;

beforeAll(async () => {
  house = await openLedgerHouse();
  await house.ledger.replaceDirectory(people, units, 'person:designer');
  await addTestKeys(house.ledger);
  secret = await deploy(secretVoteDefinition);
  openly = await deploy(voteDefinition);
});
afterAll(() => house?.close());

async function deploy(source: string): Promise<string> {
  const answer = await deploySource(house, source, 'x.yaml', 'person:designer');
  if (answer.kind === 'refusal') throw new Error(answer.message);
  return answer.value.definition.hash;
}

const subject = 'a'.repeat(64);
const members = ['one', 'two', 'three', 'four', 'five'].map((name) => `person:member-${name}`);
const [first = '', second = '', third = ''] = members;
const dayMs = 86_400_000;

function entryOf(chain: Chain, kind: string, actor: string, more: object, effects: object[], to = 'voting') {
  const { authentication, proof } = shownBy(actor);
  return {
    ...nextStep(chain, {
      definition: secret,
      states: [to],
      proof: kind === 'start' ? null : proof,
      effects: effects as never,
      entry: { kind, actor: { principal: actor, kind: actor.split(':')[0] }, authentication, ...more },
    }),
    definition: secret,
  };
}

function start(chain: Chain, dueMs = 3 * dayMs, definition = secret) {
  const dueAt = new Date(Date.now() + dueMs).toISOString();
  const effects = [
    { kind: 'gate-opened', state: 'voting', opened: 1, dueAt },
    { kind: 'timer-set', timer: 'due:voting', set: 1, dueAt },
  ];
  return { ...entryOf(chain, 'start', 'person:officer', { definition }, effects), definition };
}

interface Cast {
  readonly ballot: Ballot;
  readonly effect: BallotCast;
}

function seal(verdict: Ballot['verdict'], reason: string | null = null, choice: string | null = null): Cast {
  const number = randomBytes(16).toString('hex');
  const salt = randomBytes(32).toString('hex');
  const ballot = { choice, mark: null, number, reason, verdict };
  const text = canonicalJson(ballot);
  const sealed = { number, salt, text, commitment: commitmentOf(salt, text) };
  return { ballot, effect: { kind: 'ballot-cast', gate: 'voting', opened: 1, subject, ballot: sealed } };
}

function vote(chain: Chain, actor: string, cast: Cast, said: object = {}, effects: object[] = [cast.effect]) {
  const { commitment } = cast.effect.ballot;
  const gate = {
    ...{ state: 'voting', opened: 1, meaning: 'approve', subject, verdict: 'sealed', ballot: commitment },
    ...{ decision: 'd'.repeat(64), ...said },
  };
  const told = Object.fromEntries(Object.entries(gate).filter(([, value]) => value !== undefined));
  return entryOf(chain, 'decision', actor, { gate: told }, effects);
}

function count(
  chain: Chain,
  actor: string,
  casts: readonly Cast[],
  outcome: string,
  said: object = {},
  to = outcome === 'approved' ? 'carried' : 'lost',
) {
  const ballots = casts.map(({ ballot }) => ballot).sort((a, b) => (a.number < b.number ? -1 : 1));
  const counted = {
    ...{ gate: 'voting', opened: 1, meaning: 'approve', subject, ballots: ballotsDigest(ballots) },
    ...{ ...talliesOf(ballots), struck: 0, outcome, ...said },
  };
  const effects = [
    { kind: 'gate-closed', state: 'voting', opened: 1 },
    { kind: 'timer-cleared', timer: 'due:voting' },
  ];
  return entryOf(chain, 'count', actor, { counted }, effects, to);
}

/** A gate with these votes in its box. */
async function withVotes(
  verdicts: readonly Ballot['verdict'][],
  dueMs?: number,
): Promise<{ chain: Chain; casts: readonly Cast[] }> {
  const chain = newChain();
  expect(await commit(house.ledger, [start(chain, dueMs)])).toEqual(['committed']);
  const casts = verdicts.map((verdict) => seal(verdict));
  for (const [index, cast] of casts.entries()) {
    expect(await commit(house.ledger, [vote(chain, members[index] ?? '', cast)])).toEqual(['committed']);
  }
  return { chain, casts };
}

const all = (verdict: Ballot['verdict']) => members.map(() => verdict);
const boxOf = async ({ id }: Chain) =>
  (await house.admin`select commitment from ledger.ballots where instance = ${id}`).length;
const refusesBatch = (batch: Parameters<typeof commit>[1], why: string) =>
  expect(commit(house.ledger, batch)).rejects.toThrow(why);

test('what members cast and one of them counted goes through, and empties the box', async () => {
  const { chain, casts } = await withVotes(['approve', 'approve', 'approve', 'reject', 'abstain']);
  expect(await boxOf(chain)).toBe(5);
  expect(await commit(house.ledger, [count(chain, first, casts, 'approved')])).toEqual(['committed']);
  expect(await boxOf(chain)).toBe(0);
});

test('P4: all of it in one batch is no count, since nobody could have read the box', async () => {
  const chain = newChain();
  const begun = start(chain);
  const casts = members.map(() => seal('approve'));
  const votes = casts.map((cast, index) => vote(chain, members[index] ?? '', cast));
  await refusesBatch([begun, ...votes, count(chain, first, casts, 'approved')], 'the gate is not open');
});

describe('P2, P3: the database refuses of a vote', () => {
  const tricks: readonly [string, string, (chain: Chain) => Parameters<typeof commit>[1]][] = [
    [
      'its ballot left out',
      'its ballot is not in the box',
      (chain) => [vote(chain, first, seal('approve'), {}, [])],
    ],
    [
      'the ballot of nobody',
      'a ballot without a vote',
      (chain) => [entryOf(chain, 'event', 'person:officer', {}, [seal('approve').effect])],
    ],
    [
      'another ballot than it is committed to',
      'a ballot without a vote',
      (chain) => [vote(chain, first, seal('approve'), {}, [seal('reject').effect])],
    ],
    [
      'a ballot that was altered after it was sealed',
      'violates check constraint',
      (chain) => {
        const cast = seal('reject');
        const ballot = { ...cast.effect.ballot, text: cast.effect.ballot.text.replace('reject', 'approve') };
        return [vote(chain, first, cast, {}, [{ ...cast.effect, ballot }])];
      },
    ],
    [
      'two ballots at once',
      'a ballot without a vote',
      (chain) => {
        const cast = seal('approve');
        return [vote(chain, first, cast, {}, [cast.effect, seal('approve').effect])];
      },
    ],
    [
      'two votes by one person',
      'has decided already',
      (chain) => [vote(chain, first, seal('approve')), vote(chain, first, seal('approve'))],
    ],
    [
      'one ballot for two',
      'decisions_by_ballot',
      (chain) => {
        const cast = seal('approve');
        return [vote(chain, first, cast), vote(chain, second, cast)];
      },
    ],
    [
      'an open verdict',
      'the ballot there is secret',
      (chain) => [vote(chain, first, seal('approve'), { verdict: 'approve', ballot: undefined }, [])],
    ],
    [
      'an outcome',
      'the ballot there is secret',
      (chain) => [vote(chain, first, seal('approve'), { outcome: 'approved' })],
    ],
    [
      'an outcome of stepping back',
      'the ballot there is secret',
      (chain) => [
        vote(
          chain,
          first,
          seal('approve'),
          { verdict: 'recuse', ballot: undefined, outcome: 'approved' },
          [],
        ),
      ],
    ],
    [
      'one who is no member',
      'not one of the reviewers',
      (chain) => [vote(chain, 'person:leader', seal('approve'))],
    ],
    ['a service', 'only active people decide', (chain) => [vote(chain, 'service:intake', seal('approve'))]],
  ];
  test.each(tricks)('%s: %s', async (_, why, trick) => {
    const chain = newChain();
    expect(await commit(house.ledger, [start(chain)])).toEqual(['committed']);
    await refusesBatch(trick(copyOf(chain)), why);
    expect(await boxOf(chain)).toBe(0);
    expect(await commit(house.ledger, [vote(chain, first, seal('approve'))])).toEqual(['committed']);
  });

  test('that it is sealed where the ballot is open', async () => {
    const chain = newChain();
    expect(await commit(house.ledger, [start(chain, dayMs, openly)])).toEqual(['committed']);
    const gate = { state: 'voting', opened: 1, subject, verdict: 'sealed', ballot: 'b'.repeat(64) };
    const { authentication, proof } = shownBy(first);
    const sealed = nextStep(chain, {
      ...{ definition: openly, states: ['voting'], proof },
      entry: { kind: 'decision', actor: { principal: first, kind: 'person' }, authentication, gate },
    });
    await refusesBatch([sealed], 'the ballot there is open');
  });
});

describe('P2, P3, P4: the database refuses a count', () => {
  const five = all('approve');
  const split = ['approve', 'approve', 'reject', 'reject', 'reject'] as const;
  type Trick = (chain: Chain, casts: readonly Cast[]) => ReturnType<typeof count>;
  const tricks: readonly [string, string, readonly Ballot['verdict'][], Trick][] = [
    [
      'by a service',
      'only active people decide',
      five,
      (chain, casts) => count(chain, 'service:intake', casts, 'approved'),
    ],
    [
      'by an AI',
      'only active people decide',
      five,
      (chain, casts) => count(chain, 'agent:drafter', casts, 'approved'),
    ],
    [
      'by one who is no member',
      'not one of the reviewers',
      five,
      (chain, casts) => count(chain, 'person:leader', casts, 'approved'),
    ],
    [
      'while a member may still vote',
      'members could still vote',
      five.slice(1),
      (chain, casts) => count(chain, first, casts, 'approved'),
    ],
    [
      'approved with too few',
      '2 approvals, of which 0 do not count, are not 3',
      split,
      (chain, casts) => count(chain, first, casts, 'approved'),
    ],
    [
      'that tells a ballot otherwise than it was cast',
      'other ballots than the box holds',
      split,
      (chain, casts) => count(chain, first, swapped(casts), 'approved'),
    ],
    [
      'that tells one more ballot',
      'other ballots than the box holds',
      split,
      (chain, casts) => count(chain, first, [...casts, seal('approve')], 'approved'),
    ],
    [
      'that leaves a ballot out',
      'other ballots than the box holds',
      five,
      (chain, casts) => count(chain, first, casts.slice(1), 'approved'),
    ],
    [
      'that tells other numbers than the list',
      'other ballots than the box holds',
      five,
      (chain, casts) => count(chain, first, casts, 'approved', { approved: 4 }),
    ],
    [
      'of another subject',
      'members could still vote',
      five,
      (chain) => count(chain, first, [], 'approved', { subject: 'c'.repeat(64) }),
    ],
    [
      'of another opening',
      'the gate is not open',
      five,
      (chain, casts) => count(chain, first, casts, 'approved', { opened: 2 }),
    ],
    [
      'with fewer than nobody struck off',
      'other ballots than the box holds',
      split,
      (chain, casts) => count(chain, first, casts, 'approved', { struck: -1 }),
    ],
    [
      'whose approval is struck off again',
      'of which 1 do not count',
      ['approve', 'approve', 'approve', 'reject', 'reject'],
      (chain, casts) => count(chain, first, casts, 'approved', { struck: 1 }),
    ],
  ];
  test.each(tricks)('%s: %s', async (_, why, verdicts, trick) => {
    const { chain, casts } = await withVotes(verdicts);
    await refusesBatch([trick(copyOf(chain), casts)], why);
    expect(await boxOf(chain)).toBe(verdicts.length);
  });

  test('without the key of who counts', async () => {
    const { chain, casts } = await withVotes(five);
    const shown = { ...count(copyOf(chain), first, casts, 'approved'), proof: shownBy(second).proof };
    expect(await commit(house.ledger, [shown])).toEqual(['actor-left']);
    expect(await boxOf(chain)).toBe(5);
  });

  test('by who stepped back', async () => {
    const { chain, casts } = await withVotes(all('approve').slice(1));
    const back = vote(chain, members[4] ?? '', seal('approve'), { verdict: 'recuse', ballot: undefined }, []);
    expect(await commit(house.ledger, [back])).toEqual(['committed']);
    await refusesBatch([count(copyOf(chain), members[4] ?? '', casts, 'approved')], 'stepped back');
    expect(await commit(house.ledger, [count(chain, first, casts, 'approved')])).toEqual(['committed']);
  });

  test('that enters what lies behind the gate without saying so', async () => {
    const { chain, casts } = await withVotes(all('reject'));
    await refusesBatch(
      [count(copyOf(chain), first, casts, 'rejected', {}, 'carried')],
      'would enter carried',
    );
    expect(await boxOf(chain)).toBe(5);
  });

  test('with approvals of those who left, and takes it without them', async () => {
    const { chain, casts } = await withVotes(['approve', 'approve', 'approve', 'reject', 'reject']);
    const gone = people.map((one) => (one.id === third ? { ...one, roles: [] } : one));
    await house.ledger.replaceDirectory(gone, units, 'person:designer');
    await refusesBatch([count(copyOf(chain), first, casts, 'approved')], 'of which 1 do not count');
    expect(await commit(house.ledger, [count(chain, first, casts, 'rejected', { struck: 1 })])).toEqual([
      'committed',
    ]);
    await house.ledger.replaceDirectory(people, units, 'person:designer');
  });
});

/** The same numbers, with a rejection told as an approval. */
function swapped(casts: readonly Cast[]): readonly Cast[] {
  return casts.map(({ ballot, effect }) => ({ ballot: { ...ballot, verdict: 'approve' }, effect }));
}

describe('P2: nobody reads a ballot before it may be counted', () => {
  const box = ({ id }: Chain) => ({ instance: id, gate: 'voting', opened: 1, subject });
  const now = () => new Date().toISOString();
  const shown = (by: string) => ({ by, proof: shownBy(by).proof });

  test('the engine has no right to the box', async () => {
    const { chain } = await withVotes(['approve']);
    for (const column of ['ballot', 'salt'])
      await expect(house.engine.unsafe(`select ${column} from ledger.ballots`)).rejects.toThrow(
        'permission denied',
      );
    const [kept] = await house.engine`select commitment from ledger.ballots where instance = ${chain.id}`;
    expect(kept?.commitment).toMatch(/^[0-9a-f]{64}$/);
  });

  test('it is handed over to nobody while members may vote, and then to a person who is there', async () => {
    const { chain } = await withVotes(['approve', 'reject']);
    const read = (by: string, proof = shown(by).proof, opened = 1) =>
      house.ledger.openBallotBox({ ...box(chain), opened }, { by, proof }, now());
    const shut = (why: string) => ({ ballots: [], why: expect.stringContaining(why) });
    expect(await read(first)).toEqual(shut('members could still vote'));
    for (const member of members.slice(2)) await commit(house.ledger, [vote(chain, member, seal('approve'))]);
    expect(await read(first)).toMatchObject({ ballots: { length: 5 }, why: null });
    expect(await read(first, shown(second).proof)).toEqual(shut('no key and no session'));
    expect(await read('service:intake')).toEqual(shut('only active people'));
    expect(await read('person:leader')).toEqual(shut('not one of the reviewers'));
    expect(await read('person:officer')).toEqual(shut('the initiator is excluded'));
    expect(await read(first, shown(first).proof, 2)).toEqual(shut('the gate is not open'));
  });

  test('P4: nor when a lying engine takes the timer away, sets it back, or opens the gate once more', async () => {
    const { chain, casts } = await withVotes(['approve', 'approve', 'approve']);
    const dueAt = new Date(Date.now() - dayMs).toISOString();
    for (const effect of [
      { kind: 'timer-set', timer: 'due:voting', set: 1, dueAt },
      { kind: 'timer-cleared', timer: 'due:voting' },
      { kind: 'gate-opened', state: 'voting', opened: 1, dueAt },
    ]) {
      const shortened = entryOf(chain, 'event', 'person:officer', {}, [effect]);
      expect(await commit(house.ledger, [shortened])).toEqual(['committed']);
      expect((await house.ledger.openBallotBox(box(chain), shown(first), now())).ballots).toEqual([]);
      await refusesBatch([count(copyOf(chain), first, casts, 'approved')], 'members could still vote');
    }
    const closing = [{ kind: 'gate-closed', state: 'voting', opened: 1 }];
    const closed = entryOf(chain, 'event', 'person:officer', {}, closing, 'asking');
    expect(await commit(house.ledger, [closed])).toEqual(['committed']);
    expect(await boxOf(chain)).toBe(0);
  });

  test('P3: whoever is not cleared for what the process may carry is not waited for', async () => {
    const { chain } = await withVotes(['approve', 'approve', 'approve', 'approve']);
    const last = members[4];
    const uncleared = people.map((one) => (one.id === last ? { ...one, clearance: 'normal' as const } : one));
    const asConfidential = (to: string) =>
      house.admin.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`update ledger.gate_rules set classification = ${to} where definition = decode(${secret}, 'hex')`;
      });
    await house.ledger.replaceDirectory(uncleared, units, 'person:designer');
    expect((await house.ledger.openBallotBox(box(chain), shown(first), now())).ballots).toEqual([]);
    await asConfidential('confidential');
    expect((await house.ledger.openBallotBox(box(chain), shown(first), now())).ballots).toHaveLength(4);
    await asConfidential('normal');
    await house.ledger.replaceDirectory(people, units, 'person:designer');
  });

  test('no rule of a secret ballot tells its members by an expression', async () => {
    await expect(
      house.admin.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`update ledger.gate_rules
          set reviewers = jsonb_set(reviewers, '{0,narrowed}', 'true')
          where definition = decode(${secret}, 'hex')`;
      }),
    ).rejects.toThrow('violates check constraint');
  });

  test('once the time is over it is handed over as it is', async () => {
    const { chain, casts } = await withVotes(['approve'], -1000);
    expect(await house.ledger.openBallotBox(box(chain), shown(second), now())).toEqual({
      ballots: casts.map(({ ballot }) => ballot),
      why: null,
    });
  });

  test('P4: a gate that closes uncounted leaves no ballot behind, and neither does one that opens anew', async () => {
    const { chain } = await withVotes(['approve', 'reject']);
    const effects = [{ kind: 'gate-opened', state: 'voting', opened: chain.seq + 1 }];
    expect(await commit(house.ledger, [entryOf(chain, 'event', 'person:officer', {}, effects)])).toEqual([
      'committed',
    ]);
    expect(await boxOf(chain)).toBe(0);
    const other = await withVotes(['approve']);
    const closing = [{ kind: 'gate-closed', state: 'voting', opened: 1 }];
    expect(
      await commit(house.ledger, [entryOf(other.chain, 'event', 'person:officer', {}, closing, 'asking')]),
    ).toEqual(['committed']);
    expect(await boxOf(other.chain)).toBe(0);
  });
});

describe('P2: of several proposals, the database lets only the one through that was chosen in secret', () => {
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
  const gate = 'considering';
  let choosing: string;

  beforeAll(async () => {
    const ballot = 'quorum: { approve: more-than-half, of: members }\n      ballot: secret\n      due: P3D';
    choosing = await deploy(severalDefinition('choosing').replace('quorum: { approve: 2 }', ballot));
  });

  const told = (
    chain: Chain,
    kind: string,
    actor: string,
    more: object,
    effects: object[] = [],
    to = gate,
  ) => ({
    ...entryOf(chain, kind, actor, { definition: choosing, ...more }, effects, to),
    definition: choosing,
  });
  const handIn = (chain: Chain, actor: string, digest: string) => {
    const proposal = { decision: 'wording', digest, opened: 1 };
    return told(chain, 'proposal', actor, { event: 'drafting', proposal }, [], 'drafting');
  };

  /** Three for the one, two for the other. */
  async function chosen(): Promise<{ chain: Chain; casts: readonly Cast[] }> {
    const chain = newChain();
    const candidates = { decision: 'wording', digests: [one, two], opened: 1, state: 'drafting' };
    const casts = [one, one, one, two, two].map((choice) => {
      const { ballot, effect } = seal('approve', null, choice);
      return { ballot, effect: { ...effect, gate, opened: 4 } };
    });
    const begun = [
      told(chain, 'start', 'person:officer', {}, [], 'drafting'),
      handIn(chain, 'agent:drafter', one),
      handIn(chain, 'agent:second', two),
      told(chain, 'timer', 'person:officer', { candidates }, [
        { kind: 'gate-opened', state: gate, opened: 4 },
      ]),
      ...casts.map((cast, index) => {
        const { commitment } = cast.effect.ballot;
        const envelope = { state: gate, opened: 4, subject, verdict: 'sealed', ballot: commitment };
        return told(chain, 'decision', members[index] ?? '', { gate: envelope }, [cast.effect]);
      }),
    ];
    expect(await commit(house.ledger, begun)).toEqual(begun.map(() => 'committed'));
    return { chain, casts };
  }

  const counting = (chain: Chain, casts: readonly Cast[], more: object) => {
    const ballots = casts.map(({ ballot }) => ballot).sort((a, b) => (a.number < b.number ? -1 : 1));
    const counted = {
      ...{ gate, opened: 4, meaning: 'consider', subject, ballots: ballotsDigest(ballots) },
      ...{ ...talliesOf(ballots), struck: 0, outcome: 'approved', ...more },
    };
    const effects = [
      { kind: 'gate-closed', state: gate, opened: 4 },
      { kind: 'gate-opened', state: 'approving', opened: 10 },
    ];
    return told(chain, 'count', first, { counted }, effects, 'approving');
  };

  test('the votes for one add up, and choose it', async () => {
    const { chain, casts } = await chosen();
    expect(await commit(house.ledger, [counting(chain, casts, { chosen: one })])).toEqual(['committed']);
    const rows = await house.admin`select digest, chosen from ledger.latest_proposals
      where instance = ${chain.id} order by digest`;
    expect(rows).toEqual([
      { digest: one, chosen: true },
      { digest: two, chosen: false },
    ]);
  });

  test.each([
    ['the one with fewer votes', { chosen: two }, '2 approvals, of which 0 do not count, are not 3'],
    ['none in particular', {}, 'chooses none'],
    ['one that nobody handed in', { chosen: 'f'.repeat(64) }, 'chooses none'],
    ['one of whose votes one does not count', { chosen: one, struck: 1 }, 'are not 3'],
  ])('not %s', async (_, more, why) => {
    const { chain, casts } = await chosen();
    await refusesBatch([counting(copyOf(chain), casts, more)], why);
    expect(await boxOf(chain)).toBe(5);
  });

  test('a sealed vote names no proposal in the open', async () => {
    const { chain } = await chosen();
    const { commitment } = seal('approve', null, one).effect.ballot;
    const envelope = {
      state: gate,
      opened: 4,
      subject: 'c'.repeat(64),
      verdict: 'sealed',
      ballot: commitment,
    };
    const open = told(copyOf(chain), 'decision', first, { gate: { ...envelope, choice: one } }, []);
    await refusesBatch([open], 'does not lie before its gate');
  });
});
