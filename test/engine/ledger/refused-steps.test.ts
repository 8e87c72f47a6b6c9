/** The commit function, called by hand with what the engine would never send. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBatchColumns } from '../../../engine/ledger/batch-columns.ts';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import {
  type Chain,
  commit,
  copyOf,
  deploy,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  pictureOf,
  sha256,
  steps,
} from './ledger-house.ts';

let house: LedgerHouse;
let chain: Chain;
let other: Chain;
let otherDefinition: string;
beforeAll(async () => {
  house = await openLedgerHouse();
  otherDefinition = await deploy(house.ledger, 'id: other', 'other');
  chain = newChain();
  other = newChain();
  await commit(house.ledger, [...steps(chain, 2), ...steps(other, 3)]);
});
afterAll(() => house.close());

// In the order of the columns: what the function's parameters are called, and their types.
const parameters = [
  ...[
    'definition_hashes text[]',
    'ids uuid[]',
    'definition_of integer[]',
    'statuses text[]',
    'active text[]',
  ],
  ...[
    'state_texts text[]',
    'step_of integer[]',
    'seqs integer[]',
    'hashes bytea[]',
    'texts text[]',
    'data text[]',
  ],
  ...['data_salts bytea[]', 'changed_salts bytea[]', 'answer_of integer[]', 'answer_principals text[]'],
  ...['answer_keys text[]', 'answer_bodies text[]', 'answer_texts text[]', 'effect_of integer[]'],
  ...['effect_kinds text[]', 'effect_names text[]', 'effect_numbers integer[]', 'effect_details text[]'],
  ...['field_of integer[]', 'field_names text[]', 'field_values text[]'],
].map((parameter) => parameter.split(' ') as [string, string]);

type Columns = { [name: string]: (string | null)[] | string };

/** Calls the function as the engine's login; answers its verdicts, or what it threw. */
async function call(
  batch: readonly StepToCommit[],
  change: (columns: Columns) => void = () => {},
): Promise<string> {
  const { columns } = toBatchColumns(batch);
  const named: Columns = {};
  for (const [index, [name]] of parameters.entries()) {
    const column = columns[index] ?? '';
    named[name] =
      column === '' ? [] : column.split('\u001f').map((text) => (text === '\u001d' ? null : text));
  }
  change(named);
  const version = await house.ledger.directoryVersion();
  const literals = parameters.map(([name, type]) => `${name} => ${literal(named[name] ?? [])}::${type}`);
  const { engine } = house;
  try {
    const [row] = await engine.unsafe(
      `select verdicts from ledger.commit_steps(known_directory => ${version}, ${literals.join(', ')})`,
    );
    return String(row?.verdicts);
  } catch (error) {
    return `threw: ${error instanceof Error ? error.message : error}`;
  }
}

function literal(column: (string | null)[] | string): string {
  const text =
    typeof column === 'string'
      ? column
      : `{${column.map((item) => (item === null ? 'null' : `"${item.replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`;
  return `'${text.replaceAll("'", "''")}'`;
}

async function refuses(
  expected: string | RegExp,
  batch: readonly StepToCommit[],
  change?: (columns: Columns) => void,
) {
  const before = await pictureOf(house.admin);
  const verdict = await call(batch, change);
  expect(verdict).toMatch(typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected);
  expect(await pictureOf(house.admin)).toBe(before);
}

const next = (parts?: Parameters<typeof nextStep>[1]) => nextStep(copyOf(chain), parts);

describe('P5: a step is refused, and the record is as it was, when', () => {
  test('nothing is wrong: then it is committed (so that the rest of these tests means something)', async () => {
    const fresh = newChain();
    expect(await call(steps(fresh, 2))).toBe('c');
  });
  test('its hash is not the hash of its text', () =>
    refuses('b', [next()], (columns) => {
      columns.hashes = [`\\x${sha256('x')}`];
    }));
  test('one byte of its text differs', () =>
    refuses('b', [next()], (columns) => {
      columns.texts = [next().sealed.text.replace('person:an', 'person:am')];
    }));
  test('it does not name the hash before it', () =>
    refuses('v', [next({ entry: { previous: sha256('x') } })]));
  test('it names no hash before it', () => refuses('v', [next({ entry: { previous: null } })]));
  test('the second of two does not follow the first', async () => {
    const copy = copyOf(chain);
    await refuses('b', [nextStep(copy), nextStep({ ...copy, head: sha256('x') })]);
  });
  test('there is a gap between two', async () => {
    const copy = copyOf(chain);
    const first = nextStep(copy);
    await refuses('b', [first, nextStep({ ...copy, seq: copy.seq + 1 })]);
  });
  test('it skips a seq', () => refuses('v', [nextStep({ ...chain, seq: chain.seq + 1 })]));
  test('it repeats a seq', () => refuses('v', [nextStep({ ...chain, seq: chain.seq - 1 })]));
  test('its entry tells another seq than its column', () =>
    refuses('b', [next()], (columns) => {
      columns.seqs = ['4'];
    }));
  test('its seq is nothing', () =>
    refuses('b', [next()], (columns) => {
      columns.seqs = [null];
    }));
  test('it is the entry of another instance', () =>
    refuses('b', [next()], (columns) => {
      columns.ids = [other.id];
    }));
  test("it continues this instance with another one's chain", () =>
    refuses('b', [nextStep(copyOf(other))], (columns) => {
      columns.ids = [chain.id];
    }));
  test('its entry tells another definition', () =>
    refuses('b', [next({ entry: { definition: otherDefinition } })]));
  test('it moves an instance to another definition', () =>
    refuses('d', [next({ definition: otherDefinition })]));
  test('it starts an instance of a definition that is not deployed', () =>
    refuses('d', [nextStep(newChain(), { definition: sha256('no certificate') })]));
  test('it starts an instance in the middle', () => refuses('v', [nextStep({ ...newChain(), seq: 5 })]));
  test('it starts an instance after something', () =>
    refuses('b', [nextStep({ ...newChain(), head: sha256('x') })]));
  test('it starts an instance and names nothing before it', () =>
    refuses('b', [nextStep(newChain(), { entry: { previous: null } })]));
  test('it starts an instance that is there', () =>
    refuses('v', [nextStep({ ...chain, seq: 0, head: '0'.repeat(64) })]));
  test('its text is no JSON', () =>
    refuses(/^threw: invalid input syntax/, [next()], (columns) => {
      columns.texts = ['{'];
      columns.hashes = [`\\x${sha256('{')}`];
    }));
  test('its status is no status', () =>
    refuses(/^threw: .*status/, [next()], (columns) => {
      columns.statuses = ['approved'];
    }));
  test('its format is another', () => refuses('b', [next({ entry: { format: 2 } })]));
  test('it starts an instance for nobody', () =>
    refuses(/^threw: .*initiator/, [nextStep(newChain(), { entry: { actor: {} } })]));
});

describe('P1: a batch is refused, and the record is as it was, when', () => {
  test('an instance has no step', () =>
    refuses(/^threw: .*needs its steps/, [next()], (columns) => {
      columns.ids = [chain.id, randomUUID()];
      columns.definition_of = ['1', '1'];
      columns.statuses = ['active', 'active'];
      columns.active = ['a', 'a'];
      columns.state_texts = ['{}', '{}'];
    }));
  test('a step has no instance', () =>
    refuses(/^threw: .*needs its steps/, [next()], (columns) => {
      columns.step_of = [null];
    }));
  test('a step has an instance that is not there', () =>
    refuses(/^threw: .*needs its steps/, [next()], (columns) => {
      columns.step_of = ['2'];
    }));
  test('an instance comes twice', () =>
    refuses(/^threw: duplicate key/, [next(), nextStep(copyOf(other))], (columns) => {
      const step = next();
      columns.ids = [chain.id, chain.id];
      columns.texts = [step.sealed.text, step.sealed.text];
      columns.hashes = [`\\x${step.sealed.hash}`, `\\x${step.sealed.hash}`];
      columns.seqs = ['3', '3'];
    }));
  test('a new instance comes twice', async () => {
    const [one, two] = [nextStep(newChain()), nextStep(newChain())];
    await refuses(/^threw: duplicate key/, [one, two], (columns) => {
      columns.ids = [one.instance, one.instance];
      columns.texts = [one.sealed.text, one.sealed.text];
      columns.hashes = [`\\x${one.sealed.hash}`, `\\x${one.sealed.hash}`];
    });
  });
  test('the steps of two instances are mixed', async () => {
    const [one, two] = [newChain(), newChain()].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (one === undefined || two === undefined) throw new Error('There are two.');
    await refuses(/^threw: .*needs its steps/, [...steps(one, 2), ...steps(two, 2)], (columns) => {
      columns.step_of = ['1', '2', '1', '2'];
    });
  });
  test('its columns differ in length', () =>
    refuses(/^threw: .*differ in length/, [next()], (columns) => {
      columns.data = ['{}', '{}'];
    }));
  test('it is empty', () =>
    refuses(/^threw: .*(empty|differ)/, [next()], (columns) => {
      for (const [name] of parameters) columns[name] = [];
    }));
  test('its arrays count from elsewhere, so that places mean other instances', async () => {
    const [one, two] = [nextStep(newChain()), nextStep(newChain())];
    await refuses(/^threw: /, [one, two], (columns) => {
      columns.ids = `[0:1]={${one.instance},${two.instance}}`;
    });
    await refuses(/^threw: /, [one, two], (columns) => {
      columns.step_of = '[0:1]={1,2}';
    });
    await refuses(/^threw: /, [one, two], (columns) => {
      columns.ids = `{{${one.instance}},{${two.instance}}}`;
    });
  });
  test('an effect names an instance outside the batch', async () => {
    await refuses('b', [
      next({ entry: { format: 2 }, effects: [{ kind: 'gate-opened', state: 's', opened: 1 }] }),
    ]);
    const fresh = nextStep(newChain(), { effects: [{ kind: 'gate-opened', state: 's', opened: 1 }] });
    expect(await call([fresh], (columns) => (columns.effect_of = ['2']))).toBe('c');
    expect(await house.admin`select from ledger.gates`).toHaveLength(0);
  });
  test('it comes in a transaction that would not see what others did', async () => {
    const attempt = house.engine.begin('isolation level repeatable read', async (sql) => {
      const { columns } = toBatchColumns([next()]);
      const lists = parameters.map(
        ([, type], index) => `string_to_array($${index + 1}, E'\\x1f', E'\\x1d')::${type}`,
      );
      await sql.unsafe(`select ledger.commit_steps(0, ${lists.join(', ')})`, [...columns]);
    });
    await expect(attempt).rejects.toThrow(/read committed/);
  });
});

test('P6: a session that switched synchronous_commit off still commits durably', async () => {
  const { engine } = house;
  const setting = await engine.begin(async (sql) => {
    await sql`set local synchronous_commit = off`;
    const { columns } = toBatchColumns([nextStep(newChain())]);
    const lists = parameters.map(
      ([, type], index) => `string_to_array($${index + 1}, E'\\x1f', E'\\x1d')::${type}`,
    );
    await sql.unsafe(`select ledger.commit_steps(0, ${lists.join(', ')})`, [...columns]);
    const [row] = await sql`select current_setting('synchronous_commit') as it`;
    return row?.it;
  });
  expect(setting).toBe('on');
});

describe('P2: a definition is refused, and nothing is stored, when', () => {
  const deployment = (text: string, hash: string, certificate: string) =>
    house.engine`select ledger.deploy_definition(${hash}, 'p', '1', ${text}, ${certificate}, 'person:a')`;
  test.each([
    ['its hash is another', 'id: p', sha256('id: q'), '{"ok":true}', /does not have the hash/],
    ['it has no certificate', 'id: p', sha256('id: p'), '', /certificate/],
    ['its certificate is nothing', 'id: p', sha256('id: p'), 'null', /certificate/],
    ['its certificate is empty', 'id: p', sha256('id: p'), '{}', /certificate/],
    ['its certificate is no JSON', 'id: p', sha256('id: p'), 'certified', /invalid input syntax/],
  ])('%s', async (_, text, hash, certificate, message) => {
    const before = await pictureOf(house.admin);
    await expect(deployment(text, hash, certificate)).rejects.toThrow(message);
    expect(await pictureOf(house.admin)).toBe(before);
  });
});
