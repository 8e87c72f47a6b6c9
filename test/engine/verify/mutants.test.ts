/**
 * Every shipped process, changed in every way that somebody might try who wants a proposal through. Each
 * mutant is judged twice: by an oracle that plays the compiled machine in every way, and by lint.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadDefinition } from '../../../engine/definition/load-definition.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { analyse } from './support/analyse.ts';
import { bypassIn } from './support/bypass.ts';
import { type Mutant, mutantsOf } from './support/mutants.ts';
import { passesAGate } from './support/passes-a-gate.ts';

const shipped = new URL('../../../processes/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));
/** Frames, regions and histories, which no shipped process has. */
const nested = new URL('./support/nested-example.yaml', import.meta.url);

/**
 * Of each operator and process so many at most, evenly spread, of more than 5,000 in all. All of them take minutes
 * and are judged with COUNTERSIGN_ALL_MUTANTS=1.
 */
const all = process.env.COUNTERSIGN_ALL_MUTANTS === '1';
const mostOfOperator = all ? Number.POSITIVE_INFINITY : 2;
const mostOfNested = all ? Number.POSITIVE_INFINITY : 10;

/**
 * Harmless mutants that are refused all the same, by the reason that docs/oversight-proof.md gives. They are
 * judged in every run. Whoever makes this list grow says why there.
 */
const overApproximated: { readonly [reason: string]: readonly string[] } = {
  'a transition that nobody may send is a way': [
    'outgoing-document.yaml: remove a gate: appraising is no gate',
    'outgoing-document.yaml: remove a gate: appraising-overdue is no gate',
    'outgoing-document.yaml: remove a gate: approving is no gate',
    'personnel-appointment.yaml: remove a gate: considering is no gate',
    'personnel-appointment.yaml: remove a gate: appraising is no gate',
    'personnel-appointment.yaml: remove a gate: voting is no gate',
    'nested-example.yaml: remove a gate: work-handling-text-deciding-approving is no gate',
  ],
  'a state that is left at once counts as if it lasted': [
    'personnel-appointment.yaml: add an always: from drafting to appraising',
    'personnel-appointment.yaml: add an always: from drafting to voting',
    'personnel-appointment.yaml: add an always: from drafting to signing',
    'personnel-appointment.yaml: add an always: from drafting to numbering',
    'personnel-appointment.yaml: add an always: from drafting to issued',
    'personnel-appointment.yaml: add an always: from drafting to archived',
  ],
  'an expression that fails counts as if it gave a value': [
    'personnel-appointment.yaml: write the field of a decision elsewhere: entering drafting writes appointment',
    'nested-example.yaml: write the field of a decision elsewhere: entering work writes wording',
    'nested-example.yaml: write the field of a decision elsewhere: entering work-handling writes wording',
    'nested-example.yaml: write the field of a decision elsewhere: entering work-handling-text writes wording',
    'nested-example.yaml: write the field of a decision elsewhere: entering work-handling-text-asking writes wording',
    'nested-example.yaml: write the field of a decision elsewhere: entering work-handling-money writes wording',
    'nested-example.yaml: write the field of a decision elsewhere: entering work-handling-money-counting writes wording',
  ],
  'a history restores anything that is in its frame': [
    'nested-example.yaml: retarget an outcome, an answer, a timer or an event: work-handling-money-counting, way 1 (#work-handling-money-settled) leads to work-handling-text-agreed',
  ],
};
/** Of the states that a case is in at the start or comes to, those out of which it would be led at once. */
const leftAtOnce =
  /^nested-example\.yaml: add an always: from (issuing|work(-handling(-text(-asking)?|-money(-counting)?)?)?) to /;

const explained = new Set(Object.values(overApproximated).flat());

const harmfulOperators: readonly string[] = [
  'act on a document',
  'add a timer',
  'add an always',
  'add an event',
  'call a decision less or more',
  'call an ending a success',
  'change what a gate binds',
  'change what a gate means',
  'leave out one act or one request',
  'let a gate be overdue',
  'let an operator move it',
  'let somebody send what a gate decided',
  'read a proposal early',
  'retarget an outcome, an answer, a timer or an event',
  'send a message',
  'take a message',
  'wait for a task',
  'weaken a quorum',
  'write the field of a decision elsewhere',
];

const nameOf = (file: string, { operator, what }: Mutant) => `${file}: ${operator}: ${what}`;

function sampleOf(file: string, mutants: readonly Mutant[], most: number): readonly Mutant[] {
  const byOperator = Map.groupBy(mutants, ({ operator }) => operator);
  return [...byOperator.values()].flatMap((list) => {
    const stride = Math.ceil(list.length / most) || 1;
    return list.filter((one, index) => index % stride === stride >> 1 || explained.has(nameOf(file, one)));
  });
}

interface Judged {
  /** Harmless, and not proven all the same. */
  readonly refused: readonly string[];
  /** Operators of which some mutant lets a proposal through. */
  readonly harmful: readonly string[];
  /** Codes for which mutants are refused whose oversight is proven. */
  readonly otherRules: readonly string[];
  readonly bypassing: number;
  /** Lead on from a gate as its approval does, with no proposal that the kind's acts would keep. */
  readonly passing: number;
  readonly accepted: number;
}

/** Whatever lets a proposal through must be refused; of everything else it is told what was. */
function judge(sources: readonly (readonly [file: string, place: URL])[], most: number): Judged {
  const refused: string[] = [];
  const harmful = new Set<string>();
  const otherRules = new Set<string>();
  const counted = { bypassing: 0, passing: 0, accepted: 0 };
  for (const [file, place] of sources) {
    const mutants = mutantsOf(readFileSync(place, 'utf8'));
    for (const mutant of sampleOf(file, mutants, most)) {
      const name = nameOf(file, mutant);
      const { process: accepted, findings } = lintDefinition(mutant.source, file);
      const compiled = accepted ?? loadDefinition(mutant.source);
      if (compiled === null) throw new Error(`${name} cannot be compiled, so it tests nothing.`);
      const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      // The proof alone: where it failed, the second checker would still keep lint from accepting.
      const proven = analyse(mutant.source).facts !== null;
      const bypass = bypassIn(compiled);
      if (bypass !== null) {
        expect([accepted, proven], `${name}: ${bypass}`).toEqual([null, false]);
        harmful.add(mutant.operator);
        counted.bypassing += 1;
      } else if (!proven) refused.push(name);
      else if (passesAGate(compiled)) {
        expect(accepted, name).toBeNull();
        expect(new Set(codes), name).toContain('oversight-not-proven');
        counted.passing += 1;
      } else if (accepted !== null) counted.accepted += 1;
      else for (const code of codes) otherRules.add(code);
    }
  }
  return {
    ...counted,
    refused: refused.sort(),
    harmful: [...harmful].sort(),
    otherRules: [...otherRules].sort(),
  };
}

const explainedOf = (...names: readonly string[]) =>
  [...explained].filter((one) => names.some((file) => one.startsWith(`${file}: `))).sort();

test('P2: a mutant of a shipped process that lets a proposal through is refused, any other is accepted', {
  timeout: 600_000,
}, () => {
  const judged = judge(
    files.map((file) => [file, new URL(file, shipped)] as const),
    mostOfOperator,
  );
  expect(judged.refused).toEqual(explainedOf(...files));
  expect(judged.otherRules).toEqual([]);
  expect(judged.accepted).toBeGreaterThan(35);
  expect(judged.bypassing).toBeGreaterThan(20);
  // An operator that never lets anything through would test nothing; excluding nobody is for the step to catch.
  expect(judged.harmful).toEqual(harmfulOperators);
});

test('P2: so is a mutant of a process with frames, regions and histories', { timeout: 600_000 }, () => {
  const judged = judge([['nested-example.yaml', nested]], mostOfNested);
  const others = judged.refused.filter((name) => !leftAtOnce.test(name));
  expect(others).toEqual(explainedOf('nested-example.yaml'));
  expect(judged.refused.length).toBeGreaterThan(others.length);
  expect(judged.otherRules.filter((code) => code !== 'endless-circle')).toEqual([]);
  expect(judged.accepted).toBeGreaterThan(40);
  expect(judged.passing).toBeGreaterThan(0);
  expect(judged.bypassing).toBeGreaterThan(40);
  expect(judged.harmful).toEqual(harmfulOperators.filter((operator) => operator !== 'weaken a quorum'));
});
