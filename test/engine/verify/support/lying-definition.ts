/**
 * Definitions that parse but lie: the shipped processes with values of other types, members gone or
 * elsewhere, names that lead nowhere or in circles, and nesting and numbers as large as a file may have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';

const shipped = new URL('../../../../processes/', import.meta.url);
const roots: readonly unknown[] = readdirSync(shipped)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .map((name) => parse(readFileSync(new URL(name, shipped), 'utf8')));

type Path = readonly string[];
type Holder = Record<string, unknown>;

/** One thing that is changed, at a place that `at` picks from all that there are; `with` picks what is put there. */
interface Lie {
  readonly kind: keyof typeof lies;
  readonly at: number;
  readonly with: number;
}

/** Writes into `holder[last]`; `root` is the definition as it is so far. */
type Tell = (root: unknown, holder: Holder, last: string, pick: number) => void;

const otherValues: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, '', ' ', '#', '.', '..', '.a.', 'null', '__proto__', 'a'.repeat(300)],
  ...[[], {}, [[]], [null], [{}], { '': '' }, { a: { a: { a: {} } } }, ['a', 'a'], [0, 'a', null]],
  ...[
    'context.nothing',
    '1 +',
    'proposal',
    'proposal[context.a]',
    "'unclosed",
    'now',
    'P1D',
    'PT0S',
    'P999Y',
  ],
];
const nowhere = ['#nowhere', 'nowhere', '.nowhere', 'a.b.c', '#', '.', '..', '', '#a.b', '*', 'xstate.init'];
const words = [
  ...[
    'id',
    'states',
    'initial',
    'type',
    'history',
    'on',
    'always',
    'after',
    'onDone',
    'onError',
    'entry',
    'exit',
  ],
  ...[
    'target',
    'guard',
    'assign',
    'allow',
    'input',
    'reenter',
    'gate',
    'propose',
    'binds',
    'meaning',
    'quorum',
  ],
  ...[
    'reviewers',
    'exclude',
    'decision',
    'output',
    'properties',
    'required',
    '$ref',
    '$defs',
    'items',
    'pattern',
  ],
];

const anywhere = () => true;
const isState = (path: Path) => path.at(-2) === 'states';
const isSchema = (path: Path) =>
  ['properties', 'output', 'input', 'items', '$defs'].includes(path.at(-2) ?? '');
const isTarget = (path: Path, value: unknown) =>
  typeof value === 'string' &&
  (['target', 'onDone', 'onError', 'initial', 'always'].includes(path.at(-1) ?? '') ||
    ['on', 'after', 'onDone', 'onError', 'always'].includes(path.at(-2) ?? ''));
const isText = (_path: Path, value: unknown) => typeof value === 'string';

const lies = {
  anotherType: [
    anywhere,
    (_root, holder, last, pick) => {
      holder[last] = choose(otherValues, pick);
    },
  ],
  gone: [
    anywhere,
    (_root, holder, last) => {
      if (Array.isArray(holder)) holder.splice(Number(last), 1);
      else delete holder[last];
    },
  ],
  elsewhere: [
    anywhere,
    (root, holder, last, pick) => {
      // Where the same member stands, so that more of it is believed; now and then anywhere.
      const places = pathsIn(root);
      const alike = places.filter((path) => path.at(-1) === last || path.at(-2) === 'states');
      const from = choose(pick % 4 === 0 || alike.length === 0 ? places : alike, pick);
      holder[last] = structuredClone(valueAt(root, from));
    },
  ],
  renamed: [
    anywhere,
    (root, holder, last, pick) => {
      if (Array.isArray(holder)) return;
      const value = holder[last];
      delete holder[last];
      holder[choose(pick % 3 === 0 ? words : stateNames(root), pick)] = value;
    },
  ],
  toNowhere: [
    isTarget,
    (_root, holder, last, pick) => {
      holder[last] = choose(nowhere, pick);
    },
  ],
  toAnotherState: [
    isTarget,
    (root, holder, last, pick) => {
      const name = choose(stateNames(root), pick);
      holder[last] = choose([name, name, `.${name}`, `#${name}`], pick);
    },
  ],
  anotherText: [
    isText,
    (root, holder, last, pick) => {
      const texts = pathsIn(root)
        .map((path) => valueAt(root, path))
        .filter((value) => typeof value === 'string');
      holder[last] = choose(texts, pick);
    },
  ],
  /** Schemas that lead to themselves. */
  schemaInACircle: [
    isSchema,
    (_root, holder, last, pick) => {
      const circles = [
        { $ref: '#' },
        { type: 'object', properties: { [last]: { $ref: `#/properties/${last}` } } },
        { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
        { type: 'array', items: { $ref: '#/items' } },
      ];
      holder[last] = choose(circles, pick);
    },
  ],
  /** States, histories and beginnings that lead to themselves, under names that stand for something else. */
  stateInACircle: [
    isState,
    (_root, holder, last, pick) => {
      const was = holder[last] as object;
      const within = { initial: last, onDone: last, states: { [last]: was } };
      const circles = [
        { type: 'history', target: last },
        { type: 'history', history: 'deep' },
        { ...was, always: last },
        { ...was, always: { target: last, guard: 'now == now' } },
        { ...was, always: { target: `.${last}` }, initial: last, states: { [last]: { always: `#${last}` } } },
        { ...was, id: last, on: { '*': `#${last}` } },
        within,
        {
          initial: last,
          states: { [last]: within, [`${last}2`]: { ...within, type: 'parallel', initial: undefined } },
        },
        { initial: last, onDone: last, states: { [last]: { type: 'final' } } },
        { initial: last, states: { [last]: { type: 'history', target: last } } },
      ];
      holder[last] = choose(circles, pick);
    },
  ],
  deep: [
    isState,
    (_root, holder, last, pick) => {
      let value = holder[last];
      for (let level = 0; level < 2 + (pick % 26); level += 1) {
        const name = level % 3 === 0 ? last : `n${level}`;
        const states = { [name]: value };
        value = choose(
          [
            { initial: name, states },
            { initial: name, states, onDone: last },
            { type: 'parallel', states },
          ],
          pick + level,
        );
      }
      holder[last] = value;
    },
  ],
  deepSchema: [
    isSchema,
    (_root, holder, last, pick) => {
      for (let level = 0; level < 2 + (pick % 26); level += 1)
        holder[last] = choose(
          [
            { type: 'array', items: holder[last] },
            { type: 'object', properties: { a: holder[last] } },
          ],
          pick + level,
        );
    },
  ],
  /** The same again and again: beside each other, or as regions, which multiply. */
  many: [
    isState,
    (_root, holder, last, pick) => {
      const copies = 2 + (pick % 30);
      const states = Object.fromEntries(
        Array.from({ length: copies }, (_, index) => [`m${index}`, holder[last]]),
      );
      const region = {
        initial: 'a',
        states: { a: { always: 'b' }, b: { after: { P1D: 'c' } }, c: holder[last] },
      };
      const regions = Object.fromEntries(Array.from({ length: copies }, (_, index) => [`m${index}`, region]));
      holder[last] = choose(
        [
          { initial: 'm0', states },
          { type: 'parallel', states },
          { type: 'parallel', states: regions },
        ],
        pick,
      );
    },
  ],
} satisfies Record<string, readonly [(path: Path, value: unknown) => boolean, Tell]>;

export const lyingDefinition: fc.Arbitrary<{ readonly source: string; readonly lies: readonly string[] }> = fc
  .record({
    root: fc.nat(),
    lies: fc.array(
      fc.record({
        kind: fc.constantFrom(...(Object.keys(lies) as Lie['kind'][])),
        at: fc.nat(),
        with: fc.nat(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ root, lies: chosen }) => {
    const value = structuredClone(choose(roots, root));
    for (const lie of chosen) tell(value, lie);
    return { source: JSON.stringify(value, null, 1), lies: chosen.map(({ kind }) => kind) };
  });

function tell(root: unknown, { kind, at, with: pick }: Lie): void {
  const [fits, change]: readonly [(path: Path, value: unknown) => boolean, Tell] = lies[kind];
  const places = pathsIn(root).filter((path) => fits(path, valueAt(root, path)));
  if (places.length === 0) return;
  const path = choose(places, at);
  change(root, valueAt(root, path.slice(0, -1)) as Holder, path.at(-1) ?? '', pick);
}

function stateNames(root: unknown): readonly string[] {
  const names = pathsIn(root).flatMap((path) => (isState(path) ? (path.at(-1) ?? []) : []));
  return names.length === 0 ? ['a'] : names;
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsIn(member, [...path, key]),
  ]);
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (at as Holder)[step], root);
}

function choose<T>(from: readonly T[], pick: number): T {
  const chosen = from[pick % from.length];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}
