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

const shipped = new URL('../../../processes/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));

/**
 * Of each operator and process so many at most, evenly spread, of 3,386 in all. All of them take minutes
 * and are judged with COUNTERSIGN_ALL_MUTANTS=1.
 */
const mostOfOperator = process.env.COUNTERSIGN_ALL_MUTANTS === '1' ? Number.POSITIVE_INFINITY : 6;

/**
 * Harmless mutants that are refused all the same, by the reason that docs/oversight-proof.md gives. They are
 * judged in every run. Whoever makes this list grow says why there.
 */
const overApproximated: { readonly [reason: string]: readonly string[] } = {
  'a transition that nobody may send is a way': [
    'outgoing-document.yaml: remove a gate: approving is no gate',
    'personnel-appointment.yaml: remove a gate: considering is no gate',
    'personnel-appointment.yaml: remove a gate: appraising is no gate',
    'personnel-appointment.yaml: remove a gate: voting is no gate',
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
  ],
};
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

function sampleOf(file: string, mutants: readonly Mutant[]): readonly Mutant[] {
  const byOperator = Map.groupBy(mutants, ({ operator }) => operator);
  return [...byOperator.values()].flatMap((list) => {
    const stride = Math.ceil(list.length / mostOfOperator) || 1;
    return list.filter((one, index) => index % stride === stride >> 1 || explained.has(nameOf(file, one)));
  });
}

test('P2: a mutant of a shipped process that lets a proposal through is refused, any other is accepted', {
  timeout: 600_000,
}, () => {
  const refused: string[] = [];
  const harmful = new Set<string>();
  const otherRules = new Set<string>();
  const counted = { bypassing: 0, accepted: 0 };
  for (const file of files) {
    const mutants = mutantsOf(readFileSync(new URL(file, shipped), 'utf8'));
    for (const mutant of sampleOf(file, mutants)) {
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
      else if (accepted !== null) counted.accepted += 1;
      else for (const code of codes) otherRules.add(code);
    }
  }
  expect(refused.sort()).toEqual([...explained].sort());
  // A clock that leads where an approval leads is refused, whatever is proposed (P4).
  expect([...otherRules].filter((code) => code !== 'silence-approves')).toEqual([]);
  expect(counted.accepted).toBeGreaterThan(60);
  expect(counted.bypassing).toBeGreaterThan(30);
  // An operator that never lets anything through would test nothing; excluding nobody is for the step to catch.
  expect([...harmful].sort()).toEqual(harmfulOperators);
});
