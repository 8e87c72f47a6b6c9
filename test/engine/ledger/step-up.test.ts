/**
 * Codes at the last door, against an engine that lies: everything below goes through the engine's own login in SQL,
 * with entries of its own making and the keys of people whom it was shown.
 */
import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decisionPurpose } from '../../../engine/oversight/statements.ts';
import { deploySource } from '../../../engine/run/deploy-definition.ts';
import { head } from '../../support/definitions.ts';
import { addTestKeys, people, shownBy, units } from '../../support/test-people.ts';
import { type Chain, commit, type LedgerHouse, newChain, nextStep, openLedgerHouse } from './ledger-house.ts';

const gated = `${head('by-otp')}
context: { type: object, additionalProperties: false, properties: {} }
initial: deciding
states:
  deciding:
    gate: { meaning: approve, reviewers: { role: leader }, assurance: otp }
    on: { approved: carried, rejected: lost }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;
const subject = 'a'.repeat(64);

let house: LedgerHouse;
let definition: string;
/** Secrets as the people's apps have them, by principal. */
const secrets = new Map<string, { readonly factor: string; readonly secret: string }>();

beforeAll(async () => {
  house = await openLedgerHouse();
  await house.ledger.replaceDirectory(people, units, 'test');
  await addTestKeys(house.ledger);
  const answer = await deploySource(house, gated, 'x.yaml', 'person:designer');
  if (answer.kind === 'refusal') throw new Error(answer.message);
  definition = answer.value.definition.hash;
  for (const name of ['leader', 'head', 'member-one']) await enrol(`person:${name}`);
});
afterAll(() => house.close());

const ownerOf = (principal: string) => ({ principal, proof: shownBy(principal).proof ?? '' });

async function enrol(principal: string): Promise<void> {
  const factor = randomUUID();
  const secret = await house.ledger.beginOtp(ownerOf(principal), factor);
  expect(await house.ledger.confirmOtp(ownerOf(principal), factor, codeOf(secret, -1))).toBe('enrolled');
  secrets.set(principal, { factor, secret });
}

function codeOf(secret: string, steps = 0): string {
  const totp = new TOTP({ algorithm: 'SHA256', digits: 6, period: 30, secret: Secret.fromHex(secret) });
  return totp.generate({ timestamp: Date.now() + steps * 30_000 });
}

const held = (principal: string) => secrets.get(principal) ?? { factor: '', secret: '' };
const appOf = (principal: string, steps = 0) => codeOf(held(principal).secret, steps);

/** An instance that waits at its gate since entry 1. */
async function atTheGate(): Promise<Chain> {
  const chain = newChain();
  const actor = { principal: 'person:officer', kind: 'person' };
  const entry = { actor, authentication: shownBy('person:officer').authentication };
  const effects = [{ kind: 'gate-opened', state: 'deciding', opened: 1 } as const];
  const begun = nextStep(chain, { definition, states: ['deciding'], effects, entry });
  expect(await commit(house.ledger, [{ ...begun, definition }])).toEqual(['committed']);
  return chain;
}

function purposeAt({ id }: Chain, verdict = 'approve'): string {
  return decisionPurpose({ instance: id, definition, gate: 'deciding', opened: 1, subject, verdict });
}

/** A vote in the name of the actor, as the liar words it; `methods` are what it says was shown. */
function vote(chain: Chain, actor: string, methods: readonly string[], verdict = 'approve') {
  const shown = shownBy(actor);
  const to = verdict === 'approve' ? 'carried' : 'lost';
  const outcome = verdict === 'approve' ? 'approved' : 'rejected';
  const made = nextStep(
    { ...chain },
    {
      definition,
      states: [to],
      status: 'done',
      proof: shown.proof,
      effects: [{ kind: 'gate-closed', state: 'deciding', opened: 1 }],
      entry: {
        kind: 'decision',
        actor: { principal: actor, kind: 'person' },
        authentication: [...shown.authentication, ...methods],
        gate: {
          state: 'deciding',
          opened: 1,
          meaning: 'approve',
          subject,
          verdict,
          decision: 'd'.repeat(64),
          outcome,
        },
      },
    },
  );
  return commit(house.ledger, [{ ...made, definition }]);
}

const method = (principal: string) => [`otp:${held(principal).factor}`];

test('what a person showed a code for goes through', async () => {
  const chain = await atTheGate();
  const shown = await house.ledger.showCode('person:leader', purposeAt(chain), appOf('person:leader'));
  expect(shown).toMatchObject({ outcome: 'shown', factor: held('person:leader').factor });
  expect(await vote(chain, 'person:leader', method('person:leader'))).toEqual(['committed']);
});

describe('P2, P3: the database refuses', () => {
  // No factor was shown for it as its gate demands.
  const refused = ['actor-left'];

  test('a vote without a code, with the key alone', async () => {
    const chain = await atTheGate();
    expect(await vote(chain, 'person:leader', [])).toEqual(refused);
    expect(await vote(chain, 'person:leader', method('person:leader'))).toEqual(refused);
  });

  test('a code that was shown for another case, another verdict, or is spent', async () => {
    const [chain, other] = [await atTheGate(), await atTheGate()];
    const code = appOf('person:leader', 1);
    const { ledger } = house;
    expect(await ledger.showCode('person:leader', purposeAt(chain, 'reject'), code)).toMatchObject({
      outcome: 'shown',
    });
    expect(await vote(chain, 'person:leader', method('person:leader'))).toEqual(refused);
    expect(await vote(other, 'person:leader', method('person:leader'), 'reject')).toEqual(refused);
    expect(await ledger.showCode('person:leader', purposeAt(other), code)).toEqual({ outcome: 'used' });
    // Told again for the same vote it is still there: the answer may have been lost on the way.
    expect(await ledger.showCode('person:leader', purposeAt(chain, 'reject'), code)).toMatchObject({
      outcome: 'shown',
    });
    expect(await vote(chain, 'person:leader', method('person:leader'), 'reject')).toEqual(['committed']);
    expect(await ledger.showCode('person:leader', purposeAt(chain, 'reject'), code)).toEqual({
      outcome: 'used',
    });
  });

  test("somebody else's code, and a vote that names a factor which was not the one shown", async () => {
    const chain = await atTheGate();
    const code = appOf('person:head');
    expect(await house.ledger.showCode('person:leader', purposeAt(chain), code)).toEqual({
      outcome: 'wrong',
    });
    expect(await house.ledger.showCode('person:head', purposeAt(chain), code)).toMatchObject({
      outcome: 'shown',
    });
    expect(await vote(chain, 'person:leader', method('person:head'))).toEqual(refused);
    expect(await vote(chain, 'person:head', method('person:leader'))).toEqual(refused);
    expect(await vote(chain, 'person:head', [...method('person:head'), 'passkey:more'])).toEqual(refused);
    expect(await vote(chain, 'person:head', method('person:head'))).toEqual(['committed']);
  });

  test('a code long after it was shown', async () => {
    const chain = await atTheGate();
    await house.ledger.showCode('person:head', purposeAt(chain), appOf('person:head', 1));
    await house.admin`update ledger.shown_factors set shown_at = shown_at - interval '301 seconds' where instance is null`;
    expect(await vote(chain, 'person:head', method('person:head'))).toEqual(refused);
  });

  test('guessing: after five wrong codes not even the right one is taken', async () => {
    const chain = await atTheGate();
    const right = appOf('person:member-one');
    const wrong = right === '000000' ? '000001' : '000000';
    for (let tried = 0; tried < 5; tried += 1) {
      expect(await house.ledger.showCode('person:member-one', purposeAt(chain), wrong)).toEqual({
        outcome: 'wrong',
      });
    }
    const limited = { outcome: 'limited' };
    expect(await house.ledger.showCode('person:member-one', purposeAt(chain), right)).toEqual(limited);
    await house.admin`update ledger.factor_attempts set since = since - interval '15 minutes'`;
    expect(await house.ledger.showCode('person:member-one', purposeAt(chain), right)).toMatchObject({
      outcome: 'shown',
    });
  });

  test('an enrolment in the name of somebody who is not there, or who shows none of what they have', async () => {
    const { ledger } = house;
    const stranger = ownerOf('person:officer');
    await expect(ledger.beginOtp({ ...stranger, proof: 'made up' }, 'x')).rejects.toThrow('No key shows');
    await expect(
      ledger.beginOtp({ principal: 'person:designer', proof: stranger.proof }, 'x'),
    ).rejects.toThrow('No key shows');
    await expect(ledger.beginOtp(ownerOf('person:leader'), 'x')).rejects.toThrow(
      'has shown none of their factors',
    );
    const passkey = { id: 'x', kind: 'passkey', detail: '{}' } as const;
    await expect(ledger.enrolFactor(ownerOf('person:leader'), passkey)).rejects.toThrow('has shown none');
    const { factor } = held('person:leader');
    await expect(ledger.removeFactor(factor, ownerOf('person:leader'))).rejects.toThrow('has shown none');
    await expect(ledger.removeFactor(factor, stranger)).rejects.toThrow('Nobody who may');
    const act = await house.admin`select text from ledger.acts where text like ${`%${factor}%`}`;
    expect(act).toHaveLength(1);
  });

  test.each([
    'select secret from ledger.otp_secrets',
    'select secret from ledger.otp_enrolments',
    'select failures from ledger.factor_attempts',
    'update ledger.factor_attempts set failures = 0',
    "insert into ledger.shown_factors (factor, once, principal, shown_for, shown_at) values ('x', '1', 'person:leader', '{}', now())",
    "update ledger.factors set principal = 'person:officer'",
    "select ledger.spend_factor('x', '1', 'person:leader', '{}', null)",
    "select ledger.add_factor('x', 'otp', 'person:leader', '{}', '')",
    "select ledger.take_factor(gen_random_uuid(), 1, '{}', 'session')",
    "select ledger.totp_code('x', 1, 6)",
    "select ledger.matching_step('x', '000000')",
  ])('%s', async (statement) => {
    await expect(house.engine.unsafe(statement)).rejects.toThrow('permission denied');
  });
});

describe('codes are those of RFC 6238 with SHA-256', () => {
  const secret = Buffer.from('12345678901234567890123456789012').toString('hex');
  const codeAt = async (step: number, digits: number, of = secret) => {
    const [row] =
      await house.admin`select ledger.totp_code(decode(${of}, 'hex'), ${step}, ${digits}) as code`;
    return row?.code as string;
  };

  test.each([
    [59, '46119246'],
    [1111111109, '68084774'],
    [1111111111, '67062674'],
    [1234567890, '91819424'],
    [2000000000, '90698825'],
    [20000000000, '77737706'],
  ])('at %i seconds', async (seconds, code) => {
    expect(await codeAt(Math.floor(seconds / 30), 8)).toBe(code);
  });

  test('and those of another implementation, whatever the length of the secret', async () => {
    for (const length of [1, 20, 32, 63, 64, 65, 130]) {
      const bytes = Buffer.alloc(length, length);
      const totp = new TOTP({
        algorithm: 'SHA256',
        digits: 6,
        period: 30,
        secret: new Secret({ buffer: new Uint8Array(bytes).buffer }),
      });
      expect(await codeAt(57_000_000 + length, 6, bytes.toString('hex'))).toBe(
        totp.generate({ timestamp: (57_000_000 + length) * 30_000 }),
      );
    }
  });
});
