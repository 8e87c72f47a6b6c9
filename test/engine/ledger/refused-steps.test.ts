/** The commit function, called by hand with what the engine would never send. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBatchColumns } from '../../../engine/ledger/batch-columns.ts';
import { commitStatement } from '../../../engine/ledger/commit-steps.ts';
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
  ...['templates text[]', 'definition_hashes text[]', 'statuses text[]', 'active text[]'],
  ...['ids uuid[]', 'shape_of integer[]', 'state_ends integer[]', 'state_texts text', 'bases bytea'],
  ...['step_of integer[]', 'template_of integer[]', 'seqs integer[]', 'requests text[]'],
  ...['data_ends integer[]', 'data_texts text', 'digests bytea'],
  ...['answer_of integer[]', 'answer_principals text[]'],
  ...['answer_keys text[]', 'answer_bodies text[]', 'answer_texts text[]', 'effect_of integer[]'],
  ...['effect_kinds text[]', 'effect_names text[]', 'effect_numbers integer[]', 'effect_details text[]'],
  ...['field_of integer[]', 'field_names text[]', 'field_values text[]'],
  ...['proof_of integer[]', 'proofs text[]'],
].map((parameter) => parameter.split(' ') as [string, string]);

type Columns = { [name: string]: (string | null)[] | string };

/** Calls the function as the engine's login; answers its verdicts, or what it threw. */
async function call(
  batch: readonly StepToCommit[],
  change: (columns: Columns) => void = () => {},
  session: Pick<Sql, 'unsafe'> = house.engine,
): Promise<string> {
  const { columns } = toBatchColumns(batch);
  const named: Columns = {};
  for (const [index, [name, type]] of parameters.entries()) {
    const column = columns[index] ?? '';
    if (type === 'bytea') named[name] = `\\x${column}`;
    else if (type === 'text') named[name] = column;
    else
      named[name] =
        column === '' ? [] : column.split('\u001f').map((text) => (text === '\u001d' ? null : text));
  }
  change(named);
  const version = await house.ledger.directoryVersion();
  const literals = parameters.map(([name, type]) => `${name} => ${literal(named[name] ?? [])}::${type}`);
  try {
    const [row] = await session.unsafe(
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

/** One hash among others in a text of hexadecimal, 32 bytes each. */
function put(column: Columns[string] | undefined, place: number, hash: string): string {
  const text = String(column);
  return `${text.slice(0, 2 + 64 * place)}${hash}${text.slice(2 + 64 * (place + 1))}`;
}

function replaced(column: Columns[string] | undefined, part: string, by: string): (string | null)[] {
  if (column === undefined || typeof column === 'string') throw new Error('This column is a list.');
  return column.map((text) => text?.replace(part, by) ?? null);
}

/** The batch of one step, once more for the same instance. */
function double(columns: Columns, id: string): void {
  columns.ids = [id, id];
  columns.step_of = ['1', '2'];
  for (const name of ['shape_of', 'template_of', 'seqs', 'requests']) {
    const [item] = columns[name] ?? [];
    columns[name] = [item ?? null, item ?? null];
  }
  for (const [texts, ends] of [
    ['state_texts', 'state_ends'],
    ['data_texts', 'data_ends'],
  ] as const) {
    const [end] = columns[ends] ?? [];
    columns[texts] = `${columns[texts]}${columns[texts]}`;
    columns[ends] = [end ?? null, String(2 * Number(end))];
  }
  for (const name of ['bases', 'digests'])
    columns[name] = `${columns[name]}${String(columns[name]).slice(2)}`;
}

const next = (parts?: Parameters<typeof nextStep>[1]) => nextStep(copyOf(chain), parts);

describe('P5: a step is refused, and the record is as it was, when', () => {
  test('nothing is wrong: then it is committed (so that the rest of these tests means something)', async () => {
    const fresh = newChain();
    expect(await call(steps(fresh, 2))).toBe('c');
  });
  test('its hash is not the hash of its text', () =>
    refuses('b', [next()], (columns) => {
      columns.digests = put(columns.digests, 0, sha256('x'));
    }));
  test('one byte of its text differs', () =>
    refuses('b', [next()], (columns) => {
      columns.templates = replaced(columns.templates, 'person:an', 'person:am');
    }));
  test('it follows on from another hash', () =>
    refuses('v', [nextStep({ ...copyOf(chain), head: sha256('x') })]));
  test('it does not name the hash before it', () =>
    refuses('b', [next({ entry: { previous: sha256('x') } })]));
  test('it names no hash before it', () =>
    refuses(/^threw: invalid input syntax/, [next({ entry: { previous: null } })]));
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
  test('its entry tells another seq than its column, and its hash is right', () =>
    refuses('b', [next({ entry: { seq: 4 } })]));
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
    refuses(/^threw: invalid input syntax/, [nextStep(newChain(), { entry: { previous: null } })]));
  test('it starts an instance that is there', () =>
    refuses('v', [nextStep({ ...chain, seq: 0, head: '0'.repeat(64) })]));
  test('its text is no JSON', () =>
    refuses(/^threw: invalid input syntax/, [next()], (columns) => {
      columns.templates = replaced(columns.templates, '{', '');
    }));
  test('its status is no status', () =>
    refuses(/^threw: .*status/, [next()], (columns) => {
      columns.statuses = ['approved'];
    }));
  test('the name of a state hides another state', () => {
    const states = ['draft\u001eissued'];
    return refuses('b', [next({ states })]);
  });
  test('a new instance begins before its first entry', () =>
    refuses('v', steps({ ...newChain(), seq: -1 }, 2)));
  test('its format is another', () => refuses('b', [next({ entry: { format: 2 } })]));
  test('it starts an instance for nobody', () =>
    refuses(/^threw: .*initiator/, [nextStep(newChain(), { entry: { actor: {} } })]));
});

describe('P5: a template is refused, and the record is as it was, when', () => {
  const piece = (columns: Columns, change: (pieces: string[]) => void): void => {
    const pieces = (columns.templates?.[0] ?? '').split('\u001e');
    change(pieces);
    columns.templates = [pieces.join('\u001e')];
  };
  /** Claims the hash that the text has with these pieces, so that nothing but the template is wrong. */
  const honest = (columns: Columns): void => {
    const [commitments, ...texts] = (columns.templates?.[0] ?? '').split('\u001e');
    const given = [
      commitments?.includes('c') ? noDigest : '',
      commitments?.includes('d') ? noDigest : '',
      ...[chain.id, chain.head, columns.requests?.[0], columns.seqs?.[0]],
    ];
    const text = texts.map((text, at) => `${text}${given[at] ?? ''}`).join('');
    columns.digests = put(columns.digests, 0, sha256(text));
  };
  const lies = (change: (pieces: string[]) => void) =>
    refuses('b', [next()], (columns) => {
      piece(columns, change);
      honest(columns);
    });
  const noDigest = '0'.repeat(64);
  const at = { afterData: 3, afterInstance: 4, afterPrevious: 5, afterRequest: 6, afterSeq: 7 };
  const edit = (place: number, part: string | RegExp, by: string) =>
    lies((pieces) => {
      const before = pieces[place] ?? '';
      pieces[place] = before.replace(part, by);
      expect(pieces[place]).not.toBe(before);
    });

  test('nothing is wrong: then it is committed (so that the rest of these tests means something)', async () => {
    const fresh = newChain();
    await commit(house.ledger, [nextStep(fresh)]);
    const verdict = await call([nextStep(fresh)], (columns) => {
      const pieces = (columns.templates?.[0] ?? '').split('\u001e');
      expect(pieces).toHaveLength(8);
      expect(pieces[at.afterData]).toMatch(/"instance":"$/);
      expect(pieces[at.afterInstance]).toMatch(/"previous":"$/);
      expect(pieces[at.afterPrevious]).toMatch(/"request":"$/);
      expect(pieces[at.afterRequest]).toMatch(/"seq":$/);
    });
    expect(verdict).toBe('c');
  });
  test('the instance belongs to another member', () =>
    edit(at.afterData, '"instance":"', '"instance":"another","elsewhere":"'));
  test('the number is told by another member, and foretold by whoever calls', async () => {
    const before = await pictureOf(house.admin);
    await house.engine.begin(async (session) => {
      const foretell = 'select (1000000000 + floor(random() * 1000000000))::bigint::text as number';
      await session.unsafe('select setseed(0.5)');
      const [foretold] = await session.unsafe(foretell);
      await session.unsafe('select setseed(0.5)');
      const verdict = await call(
        [next()],
        (columns) => {
          piece(columns, (pieces) => {
            const told = `"seq":${foretold?.number},"elsewhere":`;
            pieces[at.afterRequest] = `${pieces[at.afterRequest]?.replace('"seq":', told)}`;
          });
          honest(columns);
        },
        session,
      );
      expect(verdict).toBe('b');
    });
    expect(await pictureOf(house.admin)).toBe(before);
  });
  test('another instance is named after the right one', () =>
    edit(at.afterSeq, '}', `,"instance":"${randomUUID()}"}`));
  test('another instance is named after the right one, with its name in disguise', () =>
    edit(at.afterSeq, '}', `,"\\u0069nstance":"${randomUUID()}"}`));
  test('the instance is named within another member', () =>
    lies((pieces) => {
      pieces[at.afterData] = `${pieces[at.afterData]?.replace('"instance"', '"inner":{"instance"')}`;
      pieces[at.afterInstance] = `"},${pieces[at.afterInstance]?.slice(2)}`;
    }));
  test('the hash before is told by another member', () =>
    edit(at.afterInstance, '"previous":"', `"previous":"${sha256('x')}","elsewhere":"`));
  test('another hash before is named after the right one', () =>
    edit(at.afterPrevious, '"request"', `"previous":"${sha256('x')}","request"`));
  test('the hash before is longer than it is', () => edit(at.afterPrevious, '"', '00"'));
  test('another seq is named after the right one', () => edit(at.afterSeq, '}', ',"seq":1}'));
  test('the seq has another digit', () => edit(at.afterSeq, ',', '0,'));
  test('the request is told by another member', () =>
    edit(at.afterPrevious, '"request":"', '"request":"r","elsewhere":"'));
  test('instance and request have changed places', () =>
    lies((pieces) => {
      pieces[at.afterData] = `${pieces[at.afterData]?.replace('"instance"', '"request"')}`;
      pieces[at.afterPrevious] = `${pieces[at.afterPrevious]?.replace('"request"', '"instance"')}`;
    }));
  test('it has a piece too many', () => lies((pieces) => pieces.push('')));
  test('it is not there', () =>
    refuses('b', [next()], (columns) => {
      columns.template_of = ['2'];
    }));
  test('it promises a commitment that it has no place for', () =>
    refuses(/^threw: invalid input syntax/, [next()], (columns) => {
      piece(columns, (pieces) => {
        pieces[0] = 'd';
      });
    }));
  test.each(['c', 'd'])('a commitment (%s) would land in another member', (commitment) =>
    lies((pieces) => {
      const start = `${pieces[at.afterData]?.replace(/"instance":"$/, '')}"other":"`;
      pieces[0] = commitment;
      pieces[commitment === 'c' ? 1 : 2] = start;
      pieces[commitment === 'c' ? 2 : 1] = '';
      pieces[at.afterData] = '","instance":"';
    }),
  );
  test('a request ends its text and goes on to say something else', async () => {
    for (const request of [
      `r","instance":"${randomUUID()}`,
      'r\\',
      '\\x',
      '\\u12',
      '\\u0000',
      '\\ud800',
      'a\nb',
      'a\u001fb',
    ]) {
      await refuses(/^threw: A request holds/, [next()], (columns) => {
        columns.requests = [request];
      });
    }
  });
  test('a request goes on in the next one', async () => {
    const two = [nextStep(newChain()), nextStep(newChain())];
    await refuses(/^threw: A request holds/, two, (columns) => {
      columns.requests = ['r\\', 'n'];
    });
  });
  test('a request that needs escapes is none of these', async () => {
    const request = 'a"b\\c\n\u001f ế 🖋 /';
    expect(await call([nextStep(newChain(), { entry: { request } })])).toBe('c');
  });
});

describe('P1: a batch is refused, and the record is as it was, when', () => {
  test('an instance has no step', () =>
    refuses(/^threw: .*needs its steps/, [next()], (columns) => {
      columns.ids = [chain.id, randomUUID()];
      columns.shape_of = ['1', '1'];
      columns.state_texts = '{}{}';
      columns.state_ends = ['2', '4'];
      columns.bases = `\\x${chain.head}${'0'.repeat(64)}`;
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
    refuses(/^threw: .*comes twice/, [next()], (columns) => {
      double(columns, chain.id);
    }));
  test('a new instance comes twice', async () => {
    const step = nextStep(newChain());
    await refuses(/^threw: duplicate key/, [step], (columns) => {
      double(columns, step.instance);
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
      columns.data_ends = ['2', '4'];
    }));
  test('its texts are longer than their ends say', () =>
    refuses(/^threw: .*differ in length/, [next()], (columns) => {
      columns.data_texts = `${columns.data_texts}{}`;
    }));
  test('a text ends before it begins', async () => {
    await refuses(/^threw: negative substring/, [next(), nextStep(copyOf(other))], (columns) => {
      const [, end] = columns.data_ends ?? [];
      columns.data_ends = [String(Number(end) + 1), end ?? null];
    });
  });
  test('a hash is missing', () =>
    refuses(/^threw: .*differ in length/, [next()], (columns) => {
      columns.digests = String(columns.digests).slice(0, -64);
    }));
  test('it is empty', () =>
    refuses(/^threw: .*(empty|differ)/, [next()], (columns) => {
      for (const [name, type] of parameters) columns[name] = type.endsWith('[]') ? [] : '';
    }));
  test('its arrays count from elsewhere, so that places mean other instances', async () => {
    const [one, two] = [nextStep(newChain()), nextStep(newChain())];
    await refuses(/^threw: /, [one, two], (columns) => {
      columns.ids = `[0:1]={${one.instance},${two.instance}}`;
    });
    await refuses(/^threw: /, [one, two], (columns) => {
      columns.step_of = '[0:1]={1,2}';
    });
    for (const name of ['shape_of', 'state_ends', 'template_of', 'seqs', 'requests', 'data_ends']) {
      await refuses(/^threw: .*differ in length/, [one, two], (columns) => {
        columns[name] = `[0:1]={${(columns[name] as string[]).join(',')}}`;
      });
    }
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
      await sql.unsafe(commitStatement, ['0', ...toBatchColumns([next()]).columns]);
    });
    await expect(attempt).rejects.toThrow(/read committed/);
  });
});

test('P6: a session that switched synchronous_commit off still commits durably', async () => {
  const { engine } = house;
  const setting = await engine.begin(async (sql) => {
    await sql`set local synchronous_commit = off`;
    await sql.unsafe(commitStatement, ['0', ...toBatchColumns([nextStep(newChain())]).columns]);
    const [row] = await sql`select current_setting('synchronous_commit') as it`;
    return row?.it;
  });
  expect(setting).toBe('on');
});

describe('P2: a definition is refused, and nothing is stored, when', () => {
  const deployment = (text: string, hash: string, certificate: string) =>
    house.engine`select ledger.deploy_definition(${hash}, 'p', '1', ${text}, ${certificate},
      '{"gates": [], "walls": []}', 'person:a')`;
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
