import { expect, test } from 'vitest';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { voteDefinition, waitDefinition } from '../../support/definitions.ts';

const codes = (source: string) => lintDefinition(source, 'x.yaml').findings.map(({ code }) => code);
const withTimer = (target: string) =>
  voteDefinition.replace('    on:\n', `    after: { PT1H: ${target} }\n    on:\n`);

test('P4: a timer at an undecided gate may not lead where its approval leads', () => {
  expect(codes(withTimer('carried'))).toContain('silence-approves');
  expect(codes(withTimer('lost'))).not.toContain('silence-approves');
});

test('P4: nor may a timer around it, nor something eventless, nor another ending in success', () => {
  const always = voteDefinition.replace('    on:\n', '    always: carried\n    on:\n');
  expect(codes(always)).toContain('silence-approves');
  const other = `${voteDefinition}  elsewhere: { type: final }\n`;
  expect(codes(other.replace('    on:\n', '    after: { PT1H: elsewhere }\n    on:\n'))).toContain(
    'silence-approves',
  );
});

test('a timer where no gate is open is nobody’s consent', () => {
  expect(codes(waitDefinition)).not.toContain('silence-approves');
});

test('P2: reading one kind of decision is not reading another', () => {
  const two = lintDefinition(twoKinds, 'x.yaml');
  expect(two.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

const twoKinds = `
id: two-kinds
version: 1.0.0
title: { vi: Thử, en: Test }
owner: unit:office
responsible: { role: head }
securityLevel: 1
classification: normal
decisions: { first: { importance: ordinary }, second: { importance: ordinary } }
context:
  type: object
  additionalProperties: false
  properties:
    one: { type: string, maxLength: 100, decision: first }
    two: { type: string, maxLength: 100, decision: second }
start: { allow: { role: officer } }
initial: asking-first
states:
  asking-first:
    propose: &propose
      decision: first
      agent: { role: drafting-agent }
      output: { type: object, required: [text], properties: { text: { type: string, maxLength: 100 } } }
      timeout: PT1H
    onDone: asking-second
    onError: failed
  asking-second:
    propose:
      decision: second
      agent: { role: drafting-agent }
      output: { type: object, required: [text], properties: { text: { type: string, maxLength: 100 } } }
      timeout: PT1H
    onDone: deciding-second
    onError: failed
  deciding-second:
    gate: { binds: second, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: deciding-first, assign: { two: proposal.second.text } }
      rejected: failed
  deciding-first:
    gate: { binds: first, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: done, assign: { one: proposal.first.text } }
      rejected: failed
  done: { type: final }
  failed: { type: final, output: { result: "'failed'" } }
`;
