import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpHouse, openHttpHouse } from '../api/support/house-client.ts';
import { counterDefinition } from '../support/definitions.ts';
import { done } from '../support/test-house.ts';
import { runHere } from './run-here.ts';

const after = counterDefinition.replaceAll('counting', 'tallying').replace('1.0.0', '2.0.0');

let folder: string;
let http: HttpHouse;
let env: { readonly [name: string]: string };
let hashes: { readonly before: string; readonly after: string };
const file = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-migrate-'));
  writeFileSync(file('before.yaml'), counterDefinition);
  writeFileSync(file('after.yaml'), after);
  http = await openHttpHouse();
  hashes = { before: await http.house.deploy(counterDefinition), after: await http.house.deploy(after) };
  env = { COUNTERSIGN_URL: http.url, COUNTERSIGN_KEY: await http.secretOf('operator') };
});
afterAll(async () => {
  await http.close();
  rmSync(folder, { recursive: true, force: true });
});

const migrate = (...args: readonly string[]) => runHere(['migrate', ...args], { env });
const files = () => [file('before.yaml'), file('after.yaml')] as const;
const start = async () =>
  done(
    await http.house.engine.start(
      http.house.as('officer'),
      { process: hashes.before, data: { limit: 9 } },
      null,
    ),
  ).instance;

test('from the suggested map to instances that are moved: the whole way', async () => {
  const instances = [await start(), await start()];

  const without = await migrate(...files());
  expect(without.code).toBe(1);
  expect(without.stdout).toMatch(/ in counting: blocked not-possible-here It is in "counting", and /);
  expect(without.stdout).toMatch(/^2 instances: 2 blocked\.$/m);

  const map = file('map.yaml');
  const suggested = await migrate(...files(), '--suggest', map);
  expect(suggested).toMatchObject({ code: 0, stdout: `${map}: 1 state filled in, 0 left blank for you.\n` });
  expect(readFileSync(map, 'utf8')).toContain('\n  counting: tallying\n');
  expect((await migrate(...files(), '--suggest', map)).code).toBe(2);

  const dry = await migrate(...files(), '--map', map);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(/^ +2 {2}counting {2}-> tallying {2}\(would move\)$/m);
  expect(dry.stdout).toMatch(/Nothing was changed\./);

  const applied = await migrate(
    ...files(),
    '--map',
    map,
    '--apply',
    '--reason',
    'A new rule.',
    '--format',
    'json',
  );
  expect(applied.code).toBe(0);
  const report = JSON.parse(applied.stdout);
  expect(report).toMatchObject({
    from: hashes.before,
    to: hashes.after,
    dryRun: false,
    counts: { 'would-move': 0, moved: 2, already: 0, blocked: 0 },
  });
  expect(report.instances.map(({ instance }: { instance: string }) => instance).sort()).toEqual(
    instances.sort(),
  );
  // Nothing is left to move; asked about by name, they are there already.
  expect((await migrate(...files(), '--map', map)).stdout).toBe('0 instances.\n');
  const named = await migrate(hashes.before, hashes.after, '--map', map, '--instance', ...instances);
  expect(named.stdout).toMatch(/^2 instances: 2 there already\.$/m);
});

test('a map is suggested from the server as well, to the terminal or as JSON', async () => {
  const text = await migrate(hashes.before, hashes.after, '--suggest');
  expect(text.stdout).toContain(`from: "${hashes.before}"\nto: "${hashes.after}"\nstates:\n`);
  const json = await migrate(hashes.before, hashes.after, '--suggest', '--format', 'json');
  expect(JSON.parse(json.stdout)).toEqual({
    from: hashes.before,
    to: hashes.after,
    states: [{ state: 'counting', goesTo: 'tallying', why: 'It is called "tallying" now.' }],
    newParts: [],
  });
});

test('misuse is told in a sentence, and ends with 2', async () => {
  const [before] = files();
  expect(await migrate(...files(), '--apply')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--reason/),
  });
  expect((await migrate(...files(), '--apply', '--dry-run', '--reason', 'x')).code).toBe(2);
  expect((await migrate(before, 'nowhere.yaml')).code).toBe(2);
  writeFileSync(file('wrong.yaml'), 'states: { a: 1 }\n');
  expect((await migrate(...files(), '--map', file('wrong.yaml'))).code).toBe(2);
  writeFileSync(file('other.yaml'), `from: "${'0'.repeat(64)}"\nstates: {}\n`);
  const other = await migrate(...files(), '--map', file('other.yaml'));
  expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/other definitions/) });
});

test('what the server refuses is told, and ends with 1', async () => {
  const officer = { ...env, COUNTERSIGN_KEY: await http.secretOf('officer') };
  const { code, stderr } = await runHere(['migrate', ...files()], { env: officer });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Only the role process-operator may migrate instances/);
});
