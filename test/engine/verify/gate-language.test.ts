import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { codesIn, smallDefinition } from './support/small-definition.ts';

const gated = (gate: string, more = '') =>
  smallDefinition({
    body: `initial: voting
states:
  voting:
    gate: { meaning: approve, reviewers: { role: member }, ${gate} }
    on: { approved: carried, rejected: lost }
  passing: { always: carried }
  chasing: { on: { close: { target: lost, allow: { role: clerk } } } }
  carried: { type: final }
  lost: { type: final, output: { result: "'rejected'" } }
${more}`,
  });
const codes = (gate: string) =>
  codesIn(gated(gate)).filter((code) => code !== 'not-running-yet' && code !== 'unreachable-state');

describe('a gate with a time', () => {
  test('takes a duration or working days, and says what follows when it is overdue', () => {
    expect(codes('due: P3D, onOverdue: { escalate: { role: chief }, remind: P1D }')).toEqual([]);
    expect(codes('due: { workingDays: 3 }, onOverdue: { remind: { workingDays: 1 } }')).toEqual([]);
    expect(codes('due: { workingDays: 3 }, onOverdue: { target: chasing }')).toEqual([]);
    expect(codes('due: { workingDays: 0 }')).toEqual(['bad-value']);
    expect(codes('due: soon')).toContain('bad-value');
    expect(codes('due: P90000D')).toEqual(['bad-duration']);
  });

  test('is never overdue without a time', () => {
    expect(codes('onOverdue: { escalate: { role: chief } }')).toEqual(['overdue-without-due']);
  });

  test('P4: is never approved by being overdue, neither at once nor by what follows by itself', () => {
    for (const target of ['carried', 'passing'])
      expect(codes(`due: P3D, onOverdue: { target: ${target} }`)).toEqual(['oversight-not-proven']);
    expect(codes('due: P3D, onOverdue: { target: lost }')).toEqual([]);
  });

  test('P3: escalates to people only', () => {
    expect(codes('due: P3D, onOverdue: { escalate: { principal: "agent:one" } }')).toEqual(['nobody-can']);
  });
});

describe('a ballot', () => {
  test('of the votes cast says how many must have voted', () => {
    const quorum = (more: string) => `quorum: { approve: more-than-half, of: votes-cast${more} }`;
    expect(codes(quorum(''))).toEqual(['missing-presence']);
    expect(codes(quorum(', present: two-thirds'))).toEqual([]);
  });

  test('is secret only where many decide', () => {
    expect(codes('ballot: secret, due: P3D')).toEqual(['ballot-not-secret']);
    expect(codes('ballot: secret, due: P3D, quorum: { approve: all, of: members }')).toEqual([]);
  });

  test('in secret has a time, or one absent member holds it up', () => {
    expect(codes('ballot: secret, quorum: { approve: all, of: members }')).toEqual(['ballot-without-due']);
  });

  test('P2: in secret waits for members whom the directory alone tells', () => {
    const secretly = (reviewers: string) =>
      codesIn(
        gated('ballot: secret, due: P3D, quorum: { approve: all, of: members }').replace(
          'reviewers: { role: member }',
          `reviewers: ${reviewers}`,
        ),
      ).filter((code) => code !== 'unreachable-state');
    const untold = ['ballot-members-untold'];
    expect(secretly(`{ role: member, expression: "actor.person != 'x'" }`)).toEqual(untold);
    expect(secretly(`[{ role: member }, { role: chief, unit: context.unit }]`)).toContain(untold[0]);
    expect(secretly('{ role: member, unit: initiator.unit }')).toEqual([]);
    expect(secretly('[{ role: member, unit: "unit:office" }, { body: "body:board" }]')).toEqual([]);
  });

  const assigning = (field: string, value: string, ballot = 'secret') =>
    codesIn(
      smallDefinition({
        context: `context: { type: object, required: [word], properties: { field: ${field}, word: { type: string, maxLength: 9, title: Word } } }`,
        body: `initial: voting
states:
  voting:
    gate: { meaning: approve, reviewers: { role: member }, ballot: ${ballot}, due: P3D, quorum: { approve: all, of: members } }
    on: { approved: { target: carried, assign: { field: "${value}" } }, rejected: lost }
  carried: { type: final }
  lost: { type: final, output: { result: "'rejected'" } }
`,
      }),
    );
  const mayFail = ['ballot-outcome-may-fail'];

  test.each([
    ['{ type: string }', 'gate.remarks', []],
    ['{ type: string, maxLength: 500, confidential: true }', 'gate.remarks', []],
    ['{ type: string, minLength: 1 }', 'gate.remarks', mayFail],
    ['{ type: string, maxLength: 500 }', "gate.remarks + '.'", mayFail],
    ['{ type: integer }', 'gate.approvals', []],
    ['{ type: integer, maximum: 4 }', 'gate.approvals', mayFail],
    ['{ type: string }', 'gate.outcome', []],
    ['{ type: string, maxLength: 4 }', 'gate.outcome', mayFail],
    ['{ type: string, maxLength: 4 }', "'four'", []],
    ['{ type: string, maxLength: 4 }', "'fiver'", mayFail],
    ['{ type: string, enum: [yes-so, no] }', "'yes-so'", []],
    ['{ type: string, enum: [yes-so, no] }', "'maybe'", mayFail],
    ['{ type: boolean }', 'true', []],
    ['{ type: string, maxLength: 9 }', 'context.word', []],
    ['{ type: string, maxLength: 10 }', 'context.word', []],
    ['{ type: string, maxLength: 8 }', 'context.word', mayFail],
  ])('in secret assigns to %s only what always fits: %s', (field, value, found) => {
    expect(assigning(field, value)).toEqual(found);
    expect(assigning(field, value, 'open')).toEqual([]);
  });

  test('in secret has no guard at what it comes to', () => {
    const guarded = gated('ballot: secret, due: P3D, quorum: { approve: all, of: members }').replace(
      'rejected: lost }',
      'rejected: [{ target: lost, guard: 1 == 1 }, { target: carried }] }',
    );
    expect(codesIn(guarded)).toContain('ballot-outcome-guarded');
    expect(codesIn(guarded.replace('ballot: secret', 'ballot: open'))).not.toContain(
      'ballot-outcome-guarded',
    );
  });
});

test('P2: a decision on a person takes a share of all members, not of the votes cast', () => {
  const source = (of: string) =>
    smallDefinition({
      decisions: 'decisions: { post: { personnel: true } }',
      context: 'context: { type: object, properties: { post: { type: object, decision: post } } }',
      body: `initial: asking
states:
  asking:
    propose: { decision: post, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }
    onDone: considering
    onError: closed
  considering: { gate: { binds: post, meaning: consider, reviewers: { role: a } }, on: { approved: appraising, rejected: closed } }
  appraising: { gate: { binds: post, meaning: appraise, reviewers: { role: b } }, on: { approved: voting, rejected: closed } }
  voting:
    gate: { binds: post, meaning: approve, reviewers: { role: c }, quorum: { approve: more-than-half, of: ${of} } }
    on: { approved: { target: done, assign: { post: proposal.post } }, rejected: closed }
  done: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`,
    });
  expect(codesIn(source('members'))).toEqual([]);
  expect(codesIn(source('votes-cast, present: all'))).toContain('oversight-not-proven');
});

test('P2: an overdue gate whose proposal would go on undecided is not proven, and the path says overdue', () => {
  const { findings, counterexamples } = lintDefinition(
    smallDefinition({
      decisions: 'decisions: { text: { importance: ordinary } }',
      context: 'context: { type: object, properties: { text: { type: object, decision: text } } }',
      body: `initial: asking
states:
  asking:
    propose: { decision: text, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }
    onDone: approving
    onError: closed
  approving:
    gate: { binds: text, meaning: approve, reviewers: { role: c }, due: P3D, onOverdue: { target: sent } }
    on: { approved: sent, rejected: closed }
  sent: { entry: { assign: { text: proposal.text } }, on: { file: { target: filed, allow: { role: clerk } } } }
  filed: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`,
    }),
    'x.yaml',
  );
  expect(findings.map(({ code }) => code)).toContain('oversight-not-proven');
  const told = findings.map(({ message }) => message).join('\n');
  expect(told).toMatch(/While a proposal of "text" is undecided, "text" is assigned/);
  expect(told).toMatch(/the gate in "approving" is passed without its approval.*Silence is not consent/);
  expect(counterexamples?.[0]?.path.map(({ event }) => event)).toEqual(['onDone', 'overdue']);
});

test('what is checked and does not run yet is named once, where it is used first', () => {
  const repaired = (name: string) =>
    `  ${name}: { operator: { allow: { role: b }, skip: lost }, on: { go: { target: lost, allow: { role: b } } } }\n`;
  const { findings, process } = lintDefinition(
    gated('due: P3D, onOverdue: { remind: P1D }', repaired('first')),
    'x.yaml',
  );
  const waiting = findings.filter(({ code }) => code === 'not-running-yet');
  expect(waiting.map(({ message }) => /uses (.*) \(line/.exec(message)?.[1])).toEqual(['operator']);
  expect(process).not.toBeNull();
  const twice = gated('due: P3D', repaired('first') + repaired('again'));
  const told = lintDefinition(twice, 'x.yaml').findings.filter(({ code }) => code === 'not-running-yet');
  expect(told).toHaveLength(1);
  expect(told[0]?.message).toContain(`(line ${told[0]?.line} and 1 more place)`);
  const crowd = Array.from({ length: 300 }, (_, index) => `  extra${index}: { on: { go: lost } }\n`).join('');
  const many = lintDefinition(gated('due: P3D', repaired('first') + crowd), 'x.yaml');
  expect(many.findings).toHaveLength(200);
  expect(many.notRunning).toMatchObject([{ code: 'not-running-yet', severity: 'error' }]);
  const secret = 'ballot: secret, due: P3D, quorum: { approve: all, of: members }';
  expect(codesIn(gated(secret))).not.toContain('not-running-yet');
});
