import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { applyFixes } from '../../../engine/definition/apply-fixes.ts';
import { fixDefinition } from '../../../engine/verify/fix-definition.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences } from './support/small-definition.ts';

const letter = `# A letter, and who answers it.
id: letter
version: 1.0.0
title: { vi: Thư, en: Letter } # two languages
owner: unit:van-phong
responsible: { role: chief }
securityLevel: 1
classification: normal
context:
  type: object
  required: [subject]
  properties:
    subject: { type: string, maxLength: 100 } # short
    amount: { type: integer }
start: { allow: { role: clerk } }
index: [ subject ]
initial: open

states:
  open:
    title: { vi: Mở,   en: Open }
    # Large ones go elsewhere.
    always: { target: 'large', guard: "has(context.amount) && context.amount > 100" }
    on:
      close: { target: closed, allow: { role: clerk }, assign: { amount: size(context.subject) } }
      decide: { target: deciding, allow: { role: clerk } }
  large: { on: { close: { target: "closed", allow: { role: clerk } } } }
  deciding:
    gate: { meaning: approve, reviewers: { role: leader }, exclude: [initiator], quorum: { approve: 2 } }
    on: { approved: closed, rejected: open }
  closed: { type: final }
`;

/** One slip of the finger each, that --fix takes back to the very text above. */
const slips: readonly (readonly [string, string])[] = [
  ['maxLength', 'maxLenght'],
  ['[ subject ]', '[ subjct ]'],
  ['initial: open', 'initial: opne'],
  ["target: 'large'", "target: 'lareg'"],
  ['target: "closed"', 'target: "closd"'],
  ['target: closed, allow', 'target: clsoed, allow'],
  ['    title:', '    titel:'],
  ['assign: { amount:', 'assign: { amuont:'],
  ['size(context.subject)', 'size(contxt.subject)'],
  ['size(context.subject)', 'size(context.subjet)'],
  ['size(context.subject)', 'sizee(context.subject)'],
  ['has(context.amount) && context.amount > 100', 'context.amount > 100'],
  ['# A letter', '\ufeff# A letter'],
];

describe('a slip with one cure is mended, and nothing else of the text is touched', () => {
  test.each(slips)('%s', (right, wrong) => {
    const broken = letter.replace(right, wrong);
    expect(broken).not.toBe(letter);
    const { source, fixed, result } = fixDefinition(broken, 'letter.yaml');
    expect(source, sentences(lintDefinition(broken, 'letter.yaml').findings)).toBe(letter);
    expect(fixed).toHaveLength(1);
    expect(result.findings).toEqual([]);
  });

  test('also all of them at once, one hidden behind the other; and a second time changes nothing', () => {
    const broken = slips.reduce((text, [right, wrong]) => text.replace(right, wrong), letter);
    const { source, fixed, result } = fixDefinition(broken, 'letter.yaml');
    expect(source).toBe(letter);
    expect(fixed.length).toBeGreaterThan(10);
    expect(result.findings).toEqual([]);
    expect(fixDefinition(source, 'letter.yaml')).toMatchObject({ source, fixed: [] });
  });
});

describe('what people have to say is not mended', () => {
  test.each([
    [
      'several names are as near',
      'target: closed, allow',
      'target: cloed, allow',
      '  closd: { type: final }\n',
    ],
    ['nothing is near', 'target: closed, allow', 'target: somewhere, allow', ''],
    ['it is where an approval leads', 'approved: closed', 'approved: closd', ''],
    ['it is how many must approve', 'quorum:', 'quorm:', ''],
    ['it is who reviews', 'reviewers:', 'reviewer:', ''],
    ['it is who is excluded', 'exclude:', 'excluded:', ''],
    ['it is who may send an event', '{ role: clerk }, assign', '{ rol: clerk }, assign', ''],
    ['it makes a field one that is decided on', 'type: integer }', 'type: integer, decison: x }', ''],
    [
      'a part that fails is passed over now',
      'has(context.amount) && context',
      "context.subject == '' || context",
      '',
    ],
  ])('because %s', (_why, right, wrong, more) => {
    const broken = `${letter.replace(right, wrong)}${more}`;
    expect(broken).not.toBe(letter);
    const { source, fixed, result } = fixDefinition(broken, 'letter.yaml');
    expect(source).toBe(broken);
    expect(fixed).toEqual([]);
    expect(result.findings.length).toBeGreaterThan(0);
  });
});

test('P2: whatever letter of a shipped process is lost, mending it changes neither gates, agents nor who may act', () => {
  let mended = 0;
  for (const name of ['personnel-appointment', 'outgoing-document']) {
    const original = readFileSync(join(import.meta.dirname, `../../../processes/${name}.yaml`), 'utf8');
    const offsets = Array.from({ length: 30 }, (_, index) =>
      Math.floor((original.length * (index + 0.5)) / 30),
    );
    for (const offset of offsets) {
      const broken = original.slice(0, offset) + original.slice(offset + 1);
      const before = peopleIn(broken);
      const { source, fixed } = fixDefinition(broken, 'broken.yaml');
      if (fixed.length === 0 || before === null) continue;
      mended += 1;
      expect(peopleIn(source), `${name} without character ${offset}`).toEqual(before);
      expect(fixDefinition(source, 'broken.yaml').fixed).toEqual([]);
    }
  }
  expect(mended).toBeGreaterThan(5);
});

test('an edit for another text than the file has is not made', () => {
  const { findings } = lintDefinition(letter.replace('target: closed', 'target: closd'), 'letter.yaml');
  expect(findings[0]?.fix).toEqual([{ line: 25, column: 24, old: 'closd', text: 'closed' }]);
  expect(applyFixes(letter.replace('target: closed', 'target: other'), findings).fixed).toEqual([]);
  expect(applyFixes('', findings)).toEqual({ source: '', fixed: [] });
});

/** Everything that says who decides, proposes and acts, and where decisions lead. */
function peopleIn(source: string): unknown {
  let definition: unknown;
  try {
    definition = parse(source);
  } catch {
    return null;
  }
  const found: unknown[] = [];
  const look = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    const members = node as { [name: string]: unknown };
    const decided = 'gate' in members || 'propose' in members;
    for (const [name, value] of Object.entries(members)) {
      const says = ['gate', 'propose', 'allow', 'decisions', 'decision', 'subject', 'start'].includes(name);
      if (says || (decided && ['on', 'onDone', 'onError'].includes(name))) found.push(targetsOf(value));
      else look(value);
    }
  };
  look(definition);
  return found;
}

/** Assignments, and what goes to an agent and comes from it, are data; the rest stays as it is, letter by letter. */
function targetsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(targetsOf);
  const kept = Object.entries(value).filter(
    ([name]) => !['assign', 'guard', 'input', 'output', 'title'].includes(name),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, targetsOf(inner)]));
}
