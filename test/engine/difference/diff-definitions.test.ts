import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDefinitions } from '../../../engine/difference/compare-definitions.ts';
import { type DefinitionSide, readSide } from '../../../engine/difference/definition-side.ts';
import { diffDefinitions } from '../../../engine/difference/diff-definitions.ts';
import { type Difference, DifferenceList } from '../../../engine/difference/difference.ts';
import { differenceKinds } from '../../../engine/difference/difference-codes.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { at, isMap, type Loose, operators, toData, toSource, weaken } from './support/weakenings.ts';

const processes = join(import.meta.dirname, '../../../processes');
const shipped = ['outgoing-document', 'personnel-appointment'].map((name) => {
  const text = readFileSync(join(processes, `${name}.yaml`), 'utf8');
  // Written anew, so that a mutant differs from it in what was done and in nothing else.
  return { name, text, source: toSource(toData(text)) };
});
const [, personnel] = shipped;

const sides = new Map<string, DefinitionSide | null>();

/** Lint is left out: it repeats what its own tests show, and takes most of the time. */
function differences(a: string, b: string): readonly Difference[] {
  const [before, after] = [sideOf(a), sideOf(b)];
  if (before === null || after === null) throw new Error('One of them is no definition.');
  const list = new DifferenceList('a.yaml', 'b.yaml');
  compareDefinitions(before, after, list);
  return list.sorted();
}

function sideOf(source: string): DefinitionSide | null {
  const known = sides.get(source);
  const side = known === undefined ? readSide(source, 'any.yaml').side : known;
  sides.set(source, side);
  return side;
}

function codesOf(found: readonly Difference[]): string[] {
  return found.map(({ code }) => code).sort();
}

function changed(change: (data: Loose) => void, source = personnel?.source ?? ''): string {
  const data = toData(source);
  change(data);
  return toSource(data);
}

test('a definition differs in nothing from itself, however it is written down', () => {
  for (const { text, source } of shipped) {
    expect(differences(text, text)).toEqual([]);
    expect(differences(text, source)).toEqual([]);
    expect(differences(source, text)).toEqual([]);
  }
});

const used = new Set<string>();
for (const { name, source } of shipped) {
  const mutants = operators.flatMap((operator) => weaken(source, operator));
  for (const { code } of mutants) used.add(code);

  test(`P2: every weakening of ${name} is a danger that names it, and its way back is the opposite`, () => {
    for (const mutant of mutants) {
      const found = differences(source, mutant.source);
      const dangers = found.filter(({ level }) => level === 'danger').map(({ code }) => code);
      expect(dangers, mutant.name).toContain(mutant.code);
      expect(found[0]?.level, mutant.name).toBe('danger');
      const back = codesOf(differences(mutant.source, source));
      const opposites = found.map(({ code }) => differenceKinds.get(code)?.opposite).sort();
      expect(back, mutant.name).toEqual(opposites);
    }
  });
}

test('every operator of weakening finds something to weaken in what is shipped', () => {
  expect(operators.map(({ code }) => code).filter((code) => !used.has(code))).toEqual([]);
});

test('P2: a renamed gate with a lower quorum is both, and the quorum comes first', () => {
  const after = changed((data) => {
    const states = at(data, 'states');
    states.polling = states.voting;
    delete states.voting;
    at(states, 'appraising', 'on', 'approved').target = 'polling';
    delete at(states, 'polling', 'gate').quorum;
  });
  const found = differences(personnel?.source ?? '', after);
  expect(found[0]?.code).toBe('quorum-lowered');
  expect(codesOf(found)).toContain('state-renamed');
  expect(codesOf(found)).not.toContain('gate-removed');
});

test('states that are only renamed differ in nothing but their names', () => {
  const after = changed((data) => {
    const text = JSON.stringify(data.states).replaceAll('"revising"', '"reworking"');
    data.states = JSON.parse(text) as Loose;
  });
  expect(codesOf(differences(personnel?.source ?? '', after))).toEqual([
    'state-renamed',
    'version-unchanged',
  ]);
});

test('a gate put before another one opens no way past it', () => {
  const after = changed((data) => {
    const states = at(data, 'states');
    states.checking = {
      gate: { meaning: 'consider', reviewers: { role: 'clerk' } },
      on: { approved: 'voting', rejected: 'rejected' },
    };
    at(states, 'appraising', 'on', 'approved').target = 'checking';
  });
  const codes = codesOf(differences(personnel?.source ?? '', after));
  expect(codes).toContain('gate-added');
  expect(codes).not.toContain('gate-bypassed');
});

test('both places are those of the very line, in each file', () => {
  const before = personnel?.text ?? '';
  const after = `\n\n${before.replace('approve: more-than-half, of: members', 'approve: 1')}`;
  const [first] = differences(before, after);
  const line = before.split('\n').findIndex((text) => text.includes('quorum:')) + 1;
  expect(first).toMatchObject({
    code: 'quorum-lowered',
    level: 'danger',
    a: { file: 'a.yaml', line, column: 7 },
    b: { file: 'b.yaml', line: line + 2, column: 7 },
  });
  expect(first?.message).toContain(
    'gate "voting" is lowered from more than half of all members to 1 approval',
  );
});

test('a deadline of the same length is the same, and a shorter one is shorter', () => {
  const deadline = (delay: string) =>
    changed((data) => {
      at(data, 'states', 'signing').after = { [delay]: { target: 'rejected' } };
    });
  const before = deadline('P3D');
  expect(codesOf(differences(before, deadline('PT72H')))).toEqual(['spelling-changed', 'version-unchanged']);
  expect(codesOf(differences(before, deadline('P1D')))).toContain('deadline-shortened');
  expect(codesOf(differences(before, deadline('P9D')))).toContain('deadline-lengthened');
});

test('what is left out and means the same is another spelling', () => {
  const after = changed((data) => {
    delete at(data, 'states', 'voting', 'gate', 'quorum').of;
  });
  expect(codesOf(differences(personnel?.source ?? '', after))).toEqual([
    'spelling-changed',
    'version-unchanged',
  ]);
});

test('changed words alone are notes', () => {
  const after = changed((data) => {
    data.version = '1.0.1';
    data.title = { vi: 'Tên khác', en: 'Another name' };
    at(data, 'states', 'voting').description = 'Another description.';
  });
  const found = differences(personnel?.source ?? '', after);
  expect(codesOf(found)).toEqual(['description-changed', 'title-changed', 'version-changed']);
  expect(found.every(({ level }) => level === 'note')).toBe(true);
});

test('P2: what lint refuses is told as well, after what caused it', () => {
  const source = personnel?.source ?? '';
  const after = changed((data) => {
    delete at(data, 'states', 'voting', 'gate').quorum;
  });
  const named = (text: string) => ({ source: text, file: 'any.yaml' });
  const { differences: there } = diffDefinitions(named(source), named(after));
  expect(there?.map(({ code }) => code).slice(0, 2)).toEqual(['quorum-lowered', 'not-deployable']);
  expect(there?.[1]?.message).toContain('oversight-not-proven');
  const { differences: back } = diffDefinitions(named(after), named(source));
  expect(back?.map(({ code }) => code)).toContain('deployable');
});

test('a definition that is none gives its findings, and nothing is thrown', () => {
  const before = { source: personnel?.source ?? '', file: 'a.yaml' };
  const none = diffDefinitions(before, { source: 'id: [', file: 'b.yaml' });
  expect(none).toMatchObject({ differences: null, findings: [{ file: 'b.yaml', code: 'yaml-syntax' }] });
  const lost = changed((data) => {
    at(data, 'states', 'signing', 'on', 'approved').target = 'nowhere';
  });
  expect(diffDefinitions(before, { source: lost, file: 'b.yaml' })).toMatchObject({
    differences: null,
    findings: [{ code: 'unknown-target' }],
  });
});

test('whatever leaf is dropped or exchanged, something is told, and swapping tells the opposite', () => {
  const leaves = shipped.flatMap(({ source }) =>
    leavesOf(toData(source), []).map((path) => ({ source, path })),
  );
  const exchanges = ['drop', 'text', 'number', 'true'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...leaves), fc.constantFrom(...exchanges), ({ source, path }, exchange) => {
      const after = changed((data) => exchangeLeaf(data, path, exchange), source);
      // Not every exchange leaves a definition.
      fc.pre(after !== source && sideOf(after) !== null);
      const there = codesOf(differences(source, after));
      expect(there.filter((code) => code !== 'version-unchanged')).not.toEqual([]);
      expect(there).not.toContain('other-change');
      expect(codesOf(differences(after, source))).toEqual(
        there.map((code) => differenceKinds.get(code)?.opposite).sort(),
      );
    }),
    { numRuns: 40 },
  );
});

function leavesOf(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (isMap(value)) return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
  return [path];
}

function exchangeLeaf(
  data: Loose,
  path: readonly string[],
  exchange: 'drop' | 'text' | 'number' | 'true',
): void {
  const holder = at(data, ...path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (exchange === 'drop') delete holder[last];
  else holder[last] = { text: 'issued', number: 2, true: true }[exchange];
}

test('P2: how many agents propose side by side is told, and fewer of them are a danger', () => {
  const several = (atLeast: number, atMost: number) =>
    severalDefinition('several', `{ atLeast: ${atLeast}, atMost: ${atMost} }`);
  const alone = several(1, 2).replace(/\n.*several: .*/, '');
  const told = (a: string, b: string) =>
    differences(a, b)
      .filter(({ level }) => level !== 'note')
      .map(({ code, level, message }) => [code, level, message]);
  expect(told(several(2, 4), several(1, 4))).toEqual([
    [
      'alternatives-lowered',
      'danger',
      'The agents that propose side by side in state "drafting" were 2 to 4 and are now 1 to 4.',
    ],
  ]);
  expect(told(several(2, 3), alone)).toEqual([
    ['alternatives-lowered', 'danger', expect.stringContaining('were 2 to 3 and are now 1')],
  ]);
  expect(told(alone, several(2, 2))).toEqual([
    ['alternatives-raised', 'care', expect.stringContaining('were 1 and are now 2')],
  ]);
});
