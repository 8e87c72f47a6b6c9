import { expect, test } from 'vitest';
import { compareDefinitions } from '../../../engine/difference/compare-definitions.ts';
import { readSide } from '../../../engine/difference/definition-side.ts';
import { DifferenceList } from '../../../engine/difference/difference.ts';
import { voteDefinition } from '../../support/definitions.ts';

const withGate = (more: string) =>
  voteDefinition.replace('      meaning: approve\n', `      meaning: approve\n${more}`);

function told(before: string, after: string): readonly string[] {
  const [a, b] = [readSide(withGate(before), 'a.yaml').side, readSide(withGate(after), 'b.yaml').side];
  if (a === null || b === null) throw new Error('One of them is no definition.');
  const list = new DifferenceList('a.yaml', 'b.yaml');
  compareDefinitions(a, b, list);
  return list
    .sorted()
    .map(({ level, code }) => `${level} ${code}`)
    .filter((line) => !line.endsWith('version-unchanged'));
}

test.each([
  [
    '      assurance: passkey\n',
    '      assurance: otp\n',
    'danger assurance-lowered',
    'care assurance-raised',
  ],
  ['      assurance: otp\n', '', 'danger assurance-lowered', 'care assurance-raised'],
  ['      ballot: secret\n', '', 'danger ballot-changed', 'danger ballot-changed'],
  ['      due: P5D\n', '      due: P3D\n', 'care deadline-shortened', 'care deadline-lengthened'],
  [
    '      due: { workingDays: 5 }\n',
    '      due: { workingDays: 3 }\n',
    'care deadline-shortened',
    'care deadline-lengthened',
  ],
  ['      due: P5D\n', '      due: { workingDays: 3 }\n', 'care due-changed', 'care due-changed'],
  ['      due: P5D\n', '', 'care due-removed', 'care due-added'],
  [
    '      due: P5D\n      onOverdue: { escalate: { role: chief } }\n',
    '      due: P5D\n      onOverdue: { escalate: { role: clerk } }\n',
    'care escalation-changed',
    'care escalation-changed',
  ],
  [
    '      due: P5D\n      onOverdue: { remind: P1D }\n',
    '      due: P5D\n      onOverdue: { remind: P2D }\n',
    'care escalation-changed',
    'care escalation-changed',
  ],
])('P2: %j to %j is told, and the way back too', (before, after, there, back) => {
  expect(told(before, after)).toEqual([there]);
  expect(told(after, before)).toEqual([back]);
});

test('P2: a share of the votes cast is less than one of all members, and presence is told', () => {
  const of = (what: string) => voteDefinition.replace('of: members', what);
  const codes = (a: string, b: string) => {
    const list = new DifferenceList('a', 'b');
    const [before, after] = [readSide(a, 'a').side, readSide(b, 'b').side];
    if (before === null || after === null) throw new Error('One of them is no definition.');
    compareDefinitions(before, after, list);
    return list.sorted().map(({ code }) => code);
  };
  const found = codes(of('of: members'), of('of: votes-cast, present: two-thirds'));
  expect(found.slice(0, 2)).toEqual(['quorum-lowered', 'presence-changed']);
});
