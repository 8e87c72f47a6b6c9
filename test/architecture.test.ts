/**
 * The layout shows the architecture, and this holds it to that: imports run one way, the pure
 * rooms touch no world, and only the engine's face is imported from outside (P10).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each room may import, besides itself. Rooms inside the engine are listed one by one. */
const mayImport: Record<string, readonly string[]> = {
  schemas: [],
  'engine/evidence': ['schemas'],
  'engine/definition': ['schemas', 'engine/evidence'],
  'engine/calendar': ['schemas', 'engine/definition'],
  'engine/certificate-check': ['schemas', 'engine/definition'],
  'engine/verify': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/calendar',
    'engine/oversight',
    'engine/certificate-check',
  ],
  'engine/oversight': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/certificate-check',
    'engine/step',
  ],
  'engine/step': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/calendar',
    'engine/certificate-check',
    'engine/oversight',
  ],
  'engine/difference': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/oversight',
    'engine/verify',
  ],
  'engine/scenario': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/calendar',
    'engine/verify',
    'engine/oversight',
    'engine/step',
  ],
  'engine/picture': ['schemas', 'engine/definition', 'engine/oversight'],
  'engine/ledger': ['schemas', 'engine/evidence', 'engine/definition', 'engine/oversight', 'engine/step'],
  'engine/run': [
    'schemas',
    'engine/evidence',
    'engine/definition',
    'engine/calendar',
    'engine/certificate-check',
    'engine/verify',
    'engine/oversight',
    'engine/step',
    'engine/scenario',
    'engine/picture',
    'engine/ledger',
  ],
  engine: ['schemas', 'engine/*'],
  api: ['schemas', 'engine'],
  cli: ['schemas', 'engine', 'api', 'bench'],
  bench: ['schemas', 'engine', 'api'],
  attacks: ['schemas', 'engine', 'cli', 'test'],
};

const pureRooms = [
  'engine/definition',
  'engine/calendar',
  'engine/certificate-check',
  'engine/picture',
  'engine/verify',
  'engine/step',
  'engine/oversight',
  'engine/evidence',
  'engine/scenario',
  'engine/difference',
];

const forbiddenInPureRooms: readonly [RegExp, string][] = [
  [/from '(node:(?!crypto)[a-z/_]+|postgres|drizzle-orm[^']*|hono[^']*|pino)'/, 'input or output'],
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'reading the clock'],
  [/\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bgetRandomValues\b/, 'randomness'],
  [/\bprocess\.(env|argv|cwd|stdout|exit)\b/, 'the process around it'],
  [/\basync\b\s*(function|\(|[a-zA-Z_$]+\s*=>)|\bawait\b/, 'asynchronous code'],
  [/\b(fetch|setTimeout|setInterval|setImmediate|queueMicrotask)\(/, 'input or output'],
];

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|js)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));
}

function roomOf(file: string): string {
  return file.startsWith('engine/') && file.split('/').length > 2
    ? file.split('/').slice(0, 2).join('/')
    : (file.split('/')[0] ?? '');
}

/** Comments may name what code may not do. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function wrongWayImports(file: string, source: string): string[] {
  const room = roomOf(file);
  const allowed = mayImport[room] ?? [];
  const targets = [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, resolve(root, dirname(file), match[1] ?? '')),
  );
  return targets.filter((target) => {
    const targetRoom = roomOf(target);
    if (targetRoom === room || target === 'package.json') return false;
    if (targetRoom === 'engine' && allowed.includes('engine')) return target !== 'engine/index.ts';
    return !allowed.some(
      (name) => name === targetRoom || (name === 'engine/*' && targetRoom.startsWith('engine/')),
    );
  });
}

test('P10: imports run one way, schemas <- engine <- api <- cli, and engine rooms in their order', () => {
  const wrong = Object.keys(mayImport)
    .flatMap((room) => sourceFiles(room).filter((file) => roomOf(file) === room))
    .filter((file) => !file.startsWith('bench/peers/'))
    .flatMap((file) =>
      wrongWayImports(file, readFileSync(join(root, file), 'utf8')).map(
        (target) => `${file} imports ${target}`,
      ),
    );
  expect(wrong).toEqual([]);
});

test('P2: the checker of certificates shares only types with the rest of the engine', () => {
  const runs = sourceFiles('engine/certificate-check').flatMap((file) =>
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /^import (?!type\b)[^;]*from '(\.\.[^']*|[^.'][^']*)'/gm,
      ),
    ].map((match) => `${file} runs code of ${match[1]}`),
  );
  expect(runs).toEqual([]);
});

test('P10: the pure rooms hold no input, output, clock, chance, environment or asynchronous code', () => {
  const impure = pureRooms.flatMap(sourceFiles).flatMap((file) => {
    const source = withoutComments(readFileSync(join(root, file), 'utf8'));
    return forbiddenInPureRooms
      .filter(([pattern]) => pattern.test(source))
      .map(([, what]) => `${file}: ${what}`);
  });
  expect(impure).toEqual([]);
});

test('the checks themselves see a wrong-way import and an impure line', () => {
  expect(wrongWayImports('engine/step/x.ts', "import { a } from '../ledger/ledger.ts';")).toEqual([
    'engine/ledger/ledger.ts',
  ]);
  expect(wrongWayImports('api/x.ts', "import { a } from '../engine/run/clock.ts';")).toEqual([
    'engine/run/clock.ts',
  ]);
  const impure = (line: string) =>
    forbiddenInPureRooms.some(([pattern]) => pattern.test(withoutComments(line)));
  expect(impure("import { readFileSync } from 'node:fs';")).toBe(true);
  expect(impure('const now = Date.now();')).toBe(true);
  expect(impure('export async function nextStep() {')).toBe(true);
  expect(impure('const hash = createHash(algorithm); // Date.now would be wrong here')).toBe(false);
});
