/** What an engine that lies, or somebody with its login, could hand to the ledger: entries of their own making. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, Principal } from '../../../engine/index.ts';
import { deploySource } from '../../../engine/run/deploy-definition.ts';
import { keyHashOf, proofOf } from '../../../engine/run/key-proof.ts';
import { head, proposalDefinition, voteDefinition } from '../../support/definitions.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { addTestKeys, people, shownBy, units } from '../../support/test-people.ts';
import { openTestSession } from '../../support/test-sessions.ts';
import {
  type Chain,
  commit,
  copyOf,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
} from './ledger-house.ts';

const secondAccount: Principal = {
  id: 'person:member-one-again',
  kind: 'person',
  name: 'The same one',
  person: 'person:member-one',
  unit: 'unit:office',
  roles: ['member'],
  positions: [],
  active: true,
};
/** Who operates the agent, and a leader too. */
const operating: Principal = {
  ...secondAccount,
  id: 'person:operating',
  person: 'person:operating',
  unit: 'unit:other',
  roles: ['leader'],
};
const operated: Principal = {
  id: 'agent:operated',
  kind: 'agent',
  name: 'An agent of the other unit',
  person: 'agent:operated',
  unit: null,
  roles: ['drafting-agent'],
  positions: [],
  active: true,
  operator: 'unit:other',
};
const gone: Principal = {
  ...secondAccount,
  id: 'person:gone',
  person: 'person:gone',
  roles: ['leader'],
  active: false,
};

const unguarded = `${head('proposal')}context: { type: object, additionalProperties: false, properties: {} }
initial: issued
states:
  issued: { on: { close: { allow: { role: officer }, target: closed } } }
  closed: { type: final }
`;

/** By hand first; and then an agent may propose another wording, which has a gate of its own. */
const twoWays = `${head('two-ways')}decisions: { wording: { importance: ordinary } }
context:
  type: object
  additionalProperties: false
  properties: { wording: { type: string, maxLength: 100, decision: wording } }
initial: by-hand
states:
  by-hand:
    gate: { meaning: approve, reviewers: { role: leader } }
    on: { approved: numbering, rejected: closed }
  numbering:
    on:
      ask: { allow: { role: officer }, target: proposing }
      issue: { allow: { role: officer }, target: issued }
  proposing:
    propose:
      decision: wording
      agent: { role: drafting-agent }
      output: { type: object, required: [text], additionalProperties: false, properties: { text: { type: string, maxLength: 100 } } }
      timeout: PT10M
    onDone: deciding
    onError: numbering
  deciding:
    gate: { binds: wording, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: issued, assign: { wording: proposal.wording.text } }
      rejected: closed
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;

let house: LedgerHouse;
let proposal: string;
let vote: string;
let other: string;

beforeAll(async () => {
  house = await openLedgerHouse();
  const { ledger } = house;
  await ledger.replaceDirectory(
    [...people, secondAccount, operating, operated, gone],
    units,
    'person:designer',
  );
  await addTestKeys(ledger, [...people, secondAccount, operating, gone]);
  proposal = await deploy(proposalDefinition);
  vote = await deploy(voteDefinition);
  other = await deploy(proposalDefinition.replace('version: 1.0.0', 'version: 1.0.1'));
});
afterAll(() => house.close());

async function deploy(source: string): Promise<string> {
  const answer = await deploySource(house, source, 'x.yaml', 'person:designer');
  if (answer.kind === 'refusal') throw new Error(answer.message);
  return answer.value.definition.hash;
}

interface Told {
  readonly kind?: string;
  readonly actor?: string;
  readonly gate?: Readonly<Record<string, unknown>>;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly definition?: string;
  readonly opens?: string;
  readonly states?: readonly string[];
  /** Whose key was there; the actor's, unless another is named. */
  readonly shown?: Shown;
}

type Shown = Pick<Caller, 'authentication' | 'proof'>;

/** The next entry of a chain, as the liar words it. */
function step(
  chain: Chain,
  to: string,
  {
    kind,
    actor = 'person:officer',
    gate,
    more,
    definition = proposal,
    opens,
    states,
    shown = shownBy(actor),
  }: Told,
) {
  const made = nextStep(chain, {
    definition,
    states: [to],
    proof: kind === 'decision' ? shown.proof : null,
    effects: opens === undefined ? [] : [{ kind: 'gate-opened', state: opens, opened: chain.seq + 1 }],
    entry: {
      actor: { principal: actor, kind: actor.split(':')[0] ?? '' },
      authentication: shown.authentication,
      ...(kind === undefined ? {} : { kind }),
      ...(gate === undefined ? {} : { gate }),
      ...more,
    },
  });
  return { ...made, definition, ...(states === undefined ? {} : { states }) };
}

const subject = 'a'.repeat(64);

function decision(
  chain: Chain,
  to: string,
  actor: string,
  more: Told & { verdict?: string; outcome?: string; opened?: number; about?: string } = {},
) {
  const { verdict = 'approve', outcome, opened = 2, about = subject, ...rest } = more;
  const gate = {
    state: 'approving',
    opened,
    meaning: 'approve',
    subject: about,
    verdict,
    decision: 'd'.repeat(64),
    ...(outcome === undefined ? {} : { outcome }),
    ...rest.gate,
  };
  return step(chain, to, { kind: 'decision', actor, ...rest, gate });
}

const propose = (chain: Chain, actor = 'agent:drafter') =>
  step(chain, 'approving', {
    kind: 'proposal',
    actor,
    opens: 'approving',
    more: { proposal: { decision: 'wording', digest: 'e'.repeat(64) } },
  });

/** Started by the officer, proposed by the agent, and waiting at the gate since entry 2. */
async function atTheGate(initiator = 'person:officer', agent = 'agent:drafter'): Promise<Chain> {
  const chain = newChain();
  const begun = [step(chain, 'drafting', { kind: 'start', actor: initiator }), propose(chain, agent)];
  expect(await commit(house.ledger, begun)).toEqual(['committed', 'committed']);
  return chain;
}

async function seqOf({ id }: Chain): Promise<number> {
  return (await house.ledger.loadInstances([id])).get(id)?.seq ?? 0;
}

test('what people approved goes through', async () => {
  const chain = await atTheGate();
  const approved = decision(chain, 'issued', 'person:leader', { outcome: 'approved' });
  expect(await commit(house.ledger, [approved])).toEqual(['committed']);
});

describe('P2, P3, P4: the database refuses', () => {
  const tricks: readonly [string, (chain: Chain) => ReturnType<typeof step>[]][] = [
    ['an event past the gate', (chain) => [step(chain, 'issued', {})]],
    ['a timer past the gate', (chain) => [step(chain, 'issued', { kind: 'timer', actor: 'person:officer' })]],
    [
      'the gate decided by the proposing agent',
      (chain) => [decision(chain, 'issued', 'agent:drafter', { outcome: 'approved' })],
    ],
    [
      'the gate decided by a service',
      (chain) => [decision(chain, 'issued', 'service:intake', { outcome: 'approved' })],
    ],
    [
      'the gate decided by nobody known',
      (chain) => [decision(chain, 'issued', 'person:nobody', { outcome: 'approved' })],
    ],
    [
      'the gate decided by one who left',
      (chain) => [decision(chain, 'issued', 'person:gone', { outcome: 'approved' })],
    ],
    [
      'the gate decided by one who is no reviewer',
      (chain) => [decision(chain, 'issued', 'person:officer', { outcome: 'approved' })],
    ],
    [
      'a rejection that leads where approval leads',
      (chain) => [decision(chain, 'issued', 'person:leader', { verdict: 'reject', outcome: 'rejected' })],
    ],
    [
      'a rejection that calls itself an approval',
      (chain) => [decision(chain, 'issued', 'person:leader', { verdict: 'reject', outcome: 'approved' })],
    ],
    ['a decision without its outcome', (chain) => [decision(chain, 'issued', 'person:leader')]],
    [
      'a decision, and an event past the gate in the same batch',
      (chain) => [decision(chain, 'approving', 'person:leader'), step(chain, 'issued', {})],
    ],
    [
      'a decision at an opening that never was',
      (chain) => [decision(chain, 'issued', 'person:leader', { outcome: 'approved', opened: 1 })],
    ],
    [
      'a decision at a gate of its own making',
      (chain) => [
        decision(chain, 'issued', 'person:leader', { outcome: 'approved', gate: { state: 'drafting' } }),
      ],
    ],
    [
      'one person deciding twice',
      (chain) => [
        decision(chain, 'approving', 'person:leader'),
        decision(chain, 'issued', 'person:leader', { outcome: 'approved' }),
      ],
    ],
    [
      'a decision spent twice',
      (chain) => [
        decision(chain, 'drafting', 'person:leader', { outcome: 'approved' }),
        decision(chain, 'issued', 'person:head', { outcome: 'approved' }),
      ],
    ],
    [
      'an approval that a later proposal outdates',
      (chain) => [
        decision(chain, 'drafting', 'person:leader', { outcome: 'approved' }),
        propose(chain),
        step(chain, 'issued', {}),
      ],
    ],
    [
      'a proposal from a person',
      (chain) => [
        step(chain, 'approving', {
          kind: 'proposal',
          actor: 'person:officer',
          more: { proposal: { decision: 'wording', digest: 'e'.repeat(64) } },
        }),
      ],
    ],
    [
      'a migration past the gate',
      (chain) => [
        step(chain, 'issued', {
          kind: 'migration',
          definition: other,
          more: { migration: { from: proposal } },
        }),
      ],
    ],
  ];

  test.each(tricks)('%s', async (_, trick) => {
    const chain = await atTheGate();
    await expect(commit(house.ledger, trick(copyOf(chain)))).rejects.toThrow(
      /The last door is closed|duplicate key/,
    );
    expect(await seqOf(chain)).toBe(2);
    // The instance is unharmed: the honest way is still open.
    const approved = decision(chain, 'issued', 'person:leader', { outcome: 'approved' });
    expect(await commit(house.ledger, [approved])).toEqual(['committed']);
  });

  test.each([
    ['the person who operates the agent', 'agent:second', 'person:leader'],
    ['another account of theirs', 'agent:second', 'person:leader-second-account'],
    ['somebody of the unit that operates it', 'agent:operated', 'person:operating'],
  ])('the gate decided by %s', async (_, agent, actor) => {
    const chain = await atTheGate('person:officer', agent);
    const own = decision(copyOf(chain), 'issued', actor, { outcome: 'approved' });
    await expect(commit(house.ledger, [own])).rejects.toThrow('operates the agent that proposed');
    const others = decision(chain, 'issued', 'person:head', { outcome: 'approved' });
    expect(await commit(house.ledger, [others])).toEqual(['committed']);
  });

  test('the second of two gates decided by who decided at the first, where it excludes them', async () => {
    const definition = await deploy(
      voteDefinition
        .replace('id: vote', 'id: twice')
        .replace(/ {6}quorum: .*\n/, '')
        .replace('approved: carried', 'approved: again')
        .replace(
          '  carried:',
          `  again:
    gate: { meaning: approve, reviewers: { role: member }, exclude: ['gate:voting'] }
    on: { approved: carried, rejected: lost }
  carried:`,
        ),
    );
    const chain = newChain();
    const first = { definition, gate: { state: 'voting' }, opened: 1 };
    const second = { definition, gate: { state: 'again' }, opened: 2, outcome: 'approved' };
    const begun = [
      step(chain, 'voting', { kind: 'start', definition, opens: 'voting' }),
      decision(chain, 'again', 'person:member-one', { ...first, outcome: 'approved', opens: 'again' }),
    ];
    expect(await commit(house.ledger, begun)).toEqual(Array(2).fill('committed'));
    const again = decision(copyOf(chain), 'carried', 'person:member-one-again', second);
    await expect(commit(house.ledger, [again])).rejects.toThrow('acted at an earlier gate');
    expect(await commit(house.ledger, [decision(chain, 'carried', 'person:member-two', second)])).toEqual([
      'committed',
    ]);
  });

  test('an instance that begins behind the gate', async () => {
    const chain = newChain();
    await expect(commit(house.ledger, [step(chain, 'issued', { kind: 'start' })])).rejects.toThrow(
      'The last door',
    );
    expect(await seqOf(chain)).toBe(0);
  });

  test('a migration from a definition in which nothing guards the state of the same name', async () => {
    const open = await deploy(unguarded);
    const chain = newChain();
    const begun = step(chain, 'issued', { kind: 'start', definition: open });
    expect(await commit(house.ledger, [begun])).toEqual(['committed']);
    const migrated = step(copyOf(chain), 'issued', {
      kind: 'migration',
      more: { migration: { from: open } },
    });
    await expect(commit(house.ledger, [migrated])).rejects.toThrow('The last door is closed');
  });

  test.each([
    ['a proposal that itself leads past its gate', 'issued'],
    ['a proposal that leaves everything as it is, and an event past its gate', 'proposing'],
  ])('%s, although another gate approved before', async (_, to) => {
    const definition = await deploy(twoWays);
    const chain = newChain();
    const by = { definition, gate: { state: 'by-hand' }, opened: 1 };
    const honest = [
      step(chain, 'by-hand', { kind: 'start', definition, opens: 'by-hand' }),
      decision(chain, 'numbering', 'person:leader', { ...by, outcome: 'approved' }),
      step(chain, 'proposing', { definition }),
    ];
    expect(await commit(house.ledger, honest)).toEqual(Array(3).fill('committed'));
    const liar = copyOf(chain);
    const proposed = step(liar, to, {
      kind: 'proposal',
      actor: 'agent:drafter',
      definition,
      more: { proposal: { decision: 'wording', digest: 'e'.repeat(64) } },
    });
    const batch = to === 'issued' ? [proposed] : [proposed, step(liar, 'issued', { definition })];
    await expect(commit(house.ledger, batch)).rejects.toThrow('The last door is closed');
    // Without a proposal the way by hand leads there.
    expect(await commit(house.ledger, [step(chain, 'issued', { definition })])).toEqual(['committed']);
  });

  test('the initiator where the gate excludes them, by whatever role', async () => {
    const chain = await atTheGate('person:head');
    const own = decision(copyOf(chain), 'issued', 'person:head', { outcome: 'approved' });
    await expect(commit(house.ledger, [own])).rejects.toThrow('the initiator is excluded');
  });

  test('a row that says other states than its entry', async () => {
    const chain = await atTheGate();
    const lying = step(copyOf(chain), 'approving', { states: ['issued'] });
    await expect(commit(house.ledger, [lying])).rejects.toThrow('refused entry 3');
    const hiding = step(copyOf(chain), 'issued', { states: ['approving'] });
    await expect(commit(house.ledger, [hiding])).rejects.toThrow('refused entry 3');
    expect(await seqOf(chain)).toBe(2);
  });

  test('only the liar: the others of the batch are committed', async () => {
    const [honest, liar] = [await atTheGate(), await atTheGate()];
    const batch = [
      step(liar, 'issued', {}),
      decision(honest, 'issued', 'person:leader', { outcome: 'approved' }),
    ];
    expect(await commit(house.ledger, batch)).toEqual(['failed', 'committed']);
  });
});

describe('P3: the database believes no vote without the key of the person who casts it', () => {
  const approve = (chain: Chain, shown: Shown) =>
    decision(chain, 'issued', 'person:leader', { outcome: 'approved', shown });
  const own = () => shownBy('person:leader');

  test.each<[string, () => Promise<Shown>]>([
    ['no key at all', async () => ({ ...own(), proof: null })],
    ['a proof made up', async () => ({ ...own(), proof: 'f'.repeat(64) })],
    ['what is stored of the key', async () => ({ ...own(), proof: await storedHashOf('person:leader') })],
    ["another person's key", async () => shownBy('person:head')],
    [
      "another person's key under the name of their own",
      async () => ({
        ...own(),
        proof: shownBy('person:head').proof,
      }),
    ],
    ['a key that the entry does not name', async () => ({ ...own(), authentication: [] })],
    ['a key that was revoked', () => issued({ id: 'revoked' }, true)],
    ['a key that is out of date', () => issued({ id: 'old', expiresAt: '2020-01-01T00:00:00.000Z' })],
    ['a key that is not for deciding', () => issued({ id: 'reading', scopes: ['read'] })],
    ["another person's session", () => openTestSession(house.ledger, 's-head', 'person:head')],
    [
      "another person's session under the name of their own",
      async () => ({
        ...(await openTestSession(house.ledger, 's-other', 'person:head')),
        ...(await named(openTestSession(house.ledger, 's-own', 'person:leader'))),
      }),
    ],
    [
      'a session that the entry does not name',
      async () => ({
        ...(await openTestSession(house.ledger, 's-unnamed', 'person:leader')),
        authentication: ['session:s-own'],
      }),
    ],
    [
      'what is stored of the session',
      async () => {
        const { authentication, proof } = await openTestSession(house.ledger, 's-stored', 'person:leader');
        return { authentication, proof: keyHashOf(proof ?? '') };
      },
    ],
    [
      'a session that was ended',
      async () => {
        const shown = await openTestSession(house.ledger, 's-ended', 'person:leader');
        await house.ledger.endSessions('person:leader', 's-ended', 'person:leader');
        return shown;
      },
    ],
    [
      'a session that another one took the place of',
      async () => {
        const shown = await openTestSession(house.ledger, 's-old', 'person:leader');
        await openTestSession(house.ledger, 's-new', 'person:head', { replaces: 's-old' });
        return shown;
      },
    ],
    ['a session that is over', () => past('s-over', 'expires_at = now()')],
    ['a session that lay idle', () => past('s-idle', "used_at = now() - interval '601 seconds'")],
  ])('%s', async (_, show) => {
    const chain = await atTheGate();
    const shown = await show();
    expect(await commit(house.ledger, [approve(copyOf(chain), shown)])).toEqual(['actor-left']);
    expect(await commit(house.ledger, [approve(chain, own())])).toEqual(['committed']);
  });

  test('a live session of their own', async () => {
    const chain = await atTheGate();
    const shown = await openTestSession(house.ledger, 's-live', 'person:leader');
    expect(await commit(house.ledger, [approve(chain, shown)])).toEqual(['committed']);
  });

  const named = async (shown: Promise<Shown>) => ({ authentication: (await shown).authentication });

  async function past(id: string, change: string): Promise<Shown> {
    const shown = await openTestSession(house.ledger, id, 'person:leader');
    await house.admin.unsafe(`update ledger.sessions set ${change} where id = '${id}'`);
    return shown;
  }

  async function storedHashOf(principal: string): Promise<string> {
    const keys = await house.ledger.findKeys();
    return keys.find((key) => key.principal === principal)?.hash ?? '';
  }

  async function issued(
    key: { id: string; expiresAt?: string; scopes?: readonly string[] },
    revoke = false,
  ): Promise<Shown> {
    const proof = proofOf(key.id);
    const { id, expiresAt = null, scopes = ['decide'] } = key;
    const made = { id, hash: keyHashOf(proof), principal: 'person:leader', scopes, expiresAt };
    await house.ledger.addKey({ ...made, demonstration: false });
    if (revoke) await house.ledger.revokeKey(id);
    return { authentication: [`key:${id}`], proof };
  }
});

describe('P3: a collective vote is counted in the database', () => {
  const at = { definition: vote, gate: { state: 'voting' }, opened: 1 };
  async function opened(): Promise<Chain> {
    const chain = newChain();
    const begun = step(chain, 'voting', { kind: 'start', definition: vote, opens: 'voting' });
    expect(await commit(house.ledger, [begun])).toEqual(['committed']);
    return chain;
  }
  const cast = (chain: Chain, to: string, member: string, more: Parameters<typeof decision>[3] = {}) =>
    decision(chain, to, `person:${member}`, { ...at, definition: vote, ...more });

  test('three of five carry it', async () => {
    const chain = await opened();
    const votes = [
      cast(chain, 'voting', 'member-one'),
      cast(chain, 'voting', 'member-two'),
      cast(chain, 'carried', 'member-three', { outcome: 'approved' }),
    ];
    expect(await commit(house.ledger, votes)).toEqual(Array(3).fill('committed'));
  });

  test.each<[string, (chain: Chain) => ReturnType<typeof step>[]]>([
    [
      'two of five',
      (chain) => [
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'carried', 'member-two', { outcome: 'approved' }),
      ],
    ],
    [
      'two, and one of them again by another account',
      (chain) => [
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'voting', 'member-two'),
        cast(chain, 'carried', 'member-one-again', { outcome: 'approved' }),
      ],
    ],
    [
      'three, but on two subjects',
      (chain) => [
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'voting', 'member-two', { about: 'b'.repeat(64) }),
        cast(chain, 'carried', 'member-three', { outcome: 'approved' }),
      ],
    ],
    [
      'three, one of whom said no',
      (chain) => [
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'voting', 'member-two', { verdict: 'reject' }),
        cast(chain, 'carried', 'member-three', { outcome: 'approved' }),
      ],
    ],
    [
      'three, one of whom abstained',
      (chain) => [
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'voting', 'member-two', { verdict: 'abstain' }),
        cast(chain, 'carried', 'member-three', { outcome: 'approved' }),
      ],
    ],
    [
      'three, one of whom had stepped back while something else was decided',
      (chain) => [
        cast(chain, 'voting', 'member-one', { verdict: 'recuse', about: 'b'.repeat(64) }),
        cast(chain, 'voting', 'member-one'),
        cast(chain, 'carried', 'member-two', { outcome: 'approved' }),
      ],
    ],
  ])('%s do not', async (_, trick) => {
    const chain = await opened();
    await expect(commit(house.ledger, trick(copyOf(chain)))).rejects.toThrow(
      /The last door is closed|duplicate key/,
    );
    expect(await seqOf(chain)).toBe(1);
  });

  test('of those who step back no share is counted', async () => {
    const chain = await opened();
    const votes = [
      ...['one', 'two'].map((name) => cast(chain, 'voting', `member-${name}`, { verdict: 'recuse' })),
      cast(chain, 'voting', 'member-three'),
      cast(chain, 'carried', 'member-four', { outcome: 'approved' }),
    ];
    expect(await commit(house.ledger, votes)).toEqual(Array(4).fill('committed'));
  });

  test('a share of the votes cast is counted once enough have voted, and not before', async () => {
    const rule = '{ approve: more-than-half, of: votes-cast, present: 3 }';
    const council = await deploy(
      voteDefinition.replace('id: vote', 'id: council').replace(/quorum: .*/, `quorum: ${rule}`),
    );
    const begin = async () => {
      const chain = newChain();
      const begun = step(chain, 'voting', { kind: 'start', definition: council, opens: 'voting' });
      expect(await commit(house.ledger, [begun])).toEqual(['committed']);
      return chain;
    };
    const by = { ...at, definition: council };
    const vote = (chain: Chain, name: string, verdict: string, outcome?: string) =>
      decision(chain, outcome === undefined ? 'voting' : 'carried', `person:member-${name}`, {
        ...by,
        verdict,
        ...(outcome === undefined ? {} : { outcome }),
      });
    const early = await begin();
    const two = [vote(early, 'one', 'approve'), vote(early, 'two', 'approve', 'approved')];
    await expect(commit(house.ledger, two)).rejects.toThrow('2 of 3 members have voted');
    const split = await begin();
    const one = [vote(split, 'one', 'reject'), vote(split, 'two', 'abstain')];
    await expect(commit(house.ledger, [...one, vote(split, 'three', 'approve', 'approved')])).rejects.toThrow(
      '1 of 2 approvals are there',
    );
    const carried = await begin();
    const three = [vote(carried, 'one', 'approve'), vote(carried, 'two', 'abstain')];
    const last = vote(carried, 'three', 'approve', 'approved');
    expect(await commit(house.ledger, [...three, last])).toEqual(Array(3).fill('committed'));
  });

  test('a vote of one who is a member no more does not count any longer', async () => {
    const chain = await opened();
    expect(
      await commit(house.ledger, [cast(chain, 'voting', 'member-one'), cast(chain, 'voting', 'member-two')]),
    ).toEqual(['committed', 'committed']);
    const without = people.map((one) => (one.id === 'person:member-two' ? { ...one, roles: [] } : one));
    // Four members are left, so three of them are still needed.
    await house.ledger.replaceDirectory([...without, secondAccount, gone], units, 'person:designer');
    try {
      const third = cast(copyOf(chain), 'carried', 'member-three', { outcome: 'approved' });
      await expect(commit(house.ledger, [third])).rejects.toThrow('2 of 3 approvals are there');
    } finally {
      await house.ledger.replaceDirectory(
        [...people, secondAccount, operating, operated, gone],
        units,
        'person:designer',
      );
    }
  });
});

describe('P2: of several proposals, the database lets only the one through that was chosen', () => {
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
  let several: string;

  beforeAll(async () => {
    several = await deploy(severalDefinition());
  });

  const handIn = (chain: Chain, actor: string, digest: string) =>
    step(chain, 'drafting', {
      kind: 'proposal',
      actor,
      definition: several,
      more: { event: 'drafting', proposal: { decision: 'wording', digest, opened: 1 } },
    });
  const close = (chain: Chain, digests: readonly string[]) =>
    step(chain, 'considering', {
      kind: 'timer',
      definition: several,
      opens: 'considering',
      more: { candidates: { decision: 'wording', digests, opened: 1, state: 'drafting' } },
    });
  const vote = (
    chain: Chain,
    member: string,
    gate: object,
    more: { verdict?: string; outcome?: string } = {},
  ) =>
    decision(chain, more.outcome === 'approved' ? 'approving' : 'considering', `person:member-${member}`, {
      definition: several,
      opened: 4,
      ...(more.outcome === 'approved' ? { opens: 'approving' } : {}),
      ...more,
      gate: { state: 'considering', meaning: 'consider', ...gate },
    });

  async function besideEachOther(): Promise<Chain> {
    const chain = newChain();
    const begun = [
      step(chain, 'drafting', { kind: 'start', definition: several }),
      handIn(chain, 'agent:drafter', one),
      handIn(chain, 'agent:operated', two),
      close(chain, [one, two]),
    ];
    expect(await commit(house.ledger, begun)).toEqual(Array(4).fill('committed'));
    return chain;
  }

  test('votes for one add up, and choose it', async () => {
    const chain = await besideEachOther();
    const votes = [
      vote(chain, 'one', { choice: one }),
      vote(chain, 'two', { choice: two }),
      vote(chain, 'three', { choice: two, chosen: two }, { outcome: 'approved' }),
    ];
    expect(await commit(house.ledger, votes)).toEqual(Array(3).fill('committed'));
    const rows =
      await house.admin`select digest, chosen from ledger.latest_proposals where instance = ${chain.id}
      order by digest`;
    expect(rows).toEqual([
      { digest: one, chosen: false },
      { digest: two, chosen: true },
    ]);
    const next = (choice: string) =>
      decision(copyOf(chain), 'issued', 'person:leader', {
        definition: several,
        opened: 7,
        outcome: 'approved',
        gate: { choice },
      });
    await expect(commit(house.ledger, [next(one)])).rejects.toThrow('does not lie before its gate');
  });

  const tricks: readonly [string, RegExp, (chain: Chain) => ReturnType<typeof step>[]][] = [
    [
      'another one with the votes for the first',
      /1 of 2 approvals/,
      (chain) => [
        vote(chain, 'one', { choice: one }),
        vote(chain, 'two', { choice: one }),
        vote(chain, 'three', { choice: two, chosen: two }, { outcome: 'approved' }),
      ],
    ],
    [
      'one by the votes for both',
      /1 of 2 approvals/,
      (chain) => [
        vote(chain, 'one', { choice: one }),
        vote(chain, 'two', { choice: two, chosen: two }, { outcome: 'approved' }),
      ],
    ],
    [
      'none in particular',
      /chooses none/,
      (chain) => [
        vote(chain, 'one', { choice: one }),
        vote(chain, 'two', { choice: one }, { outcome: 'approved' }),
      ],
    ],
    [
      'one that nobody handed in',
      /chooses none/,
      (chain) => [
        vote(chain, 'one', { choice: one }),
        vote(chain, 'two', { choice: one, chosen: 'f'.repeat(64) }, { outcome: 'approved' }),
      ],
    ],
    ['an approval of none', /does not say which/, (chain) => [vote(chain, 'one', {})]],
    [
      'an approval of a stranger',
      /does not lie before/,
      (chain) => [vote(chain, 'one', { choice: 'f'.repeat(64) })],
    ],
    [
      'a rejection of one',
      /does not lie before/,
      (chain) => [vote(chain, 'one', { choice: one }, { verdict: 'reject' })],
    ],
  ];

  test.each(tricks)('the database refuses %s', async (_, why, trick) => {
    const chain = await besideEachOther();
    await expect(commit(house.ledger, trick(copyOf(chain)))).rejects.toThrow(why);
    expect(await seqOf(chain)).toBe(4);
  });

  test('the operator of any of them does not decide, and no proposal is left out, added, or handed in twice', async () => {
    const chain = newChain();
    const begun = [
      step(chain, 'drafting', { kind: 'start', definition: several }),
      handIn(chain, 'agent:second', one),
    ];
    expect(await commit(house.ledger, begun)).toEqual(['committed', 'committed']);
    const again = handIn(copyOf(chain), 'agent:second', two);
    await expect(commit(house.ledger, [again])).rejects.toThrow(/duplicate key/);
    expect(await commit(house.ledger, [handIn(chain, 'agent:drafter', two)])).toEqual(['committed']);
    for (const digests of [[one], [two, one, 'f'.repeat(64)], []]) {
      await expect(commit(house.ledger, [close(copyOf(chain), digests)])).rejects.toThrow('other proposals');
    }
    expect(await commit(house.ledger, [close(chain, [one, two])])).toEqual(['committed']);
    const votes = [
      vote(chain, 'one', { choice: two }),
      vote(chain, 'two', { choice: two, chosen: two }, { outcome: 'approved' }),
    ];
    expect(await commit(house.ledger, votes)).toEqual(['committed', 'committed']);
    // The leader operates the agent that was passed over.
    const last = decision(copyOf(chain), 'issued', 'person:leader', {
      definition: several,
      opened: 6,
      outcome: 'approved',
    });
    await expect(commit(house.ledger, [last])).rejects.toThrow('operates the agent');
  });
});

test("P2: the engine's login cannot write what the last door goes by", async () => {
  const statements = [
    `insert into ledger.decisions values (gen_random_uuid(), 1, 'g', 1, 's', 'person:leader', 'approve', 'approved')`,
    `update ledger.decisions set outcome = 'approved'`,
    `delete from ledger.walls`,
    `truncate ledger.gate_rules`,
    `update ledger.gate_rules set approve_count = 1, approve_share = null`,
    `delete from ledger.latest_proposals`,
    `insert into ledger.latest_proposals values (gen_random_uuid(), 'wording', 0)`,
    `select ledger.take_decision(gen_random_uuid(), 1, '{}', 'x')`,
    `select ledger.store_door_rules('\\x00', '{"gates": [], "walls": []}')`,
    `create or replace function ledger.check_walls(uuid, jsonb, text[]) returns void language sql as 'select'`,
  ];
  for (const statement of statements) {
    await expect(house.engine.unsafe(statement)).rejects.toThrow(/permission denied|must be owner/);
  }
});
