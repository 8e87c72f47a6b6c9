import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { codesIn, describe as sentences, smallDefinition } from './support/small-definition.ts';

const scheduled = (schedule: string, start = 'start: { allow: { role: clerk } }') =>
  smallDefinition({
    decisions: 'decisions: { choice: { importance: ordinary } }',
    context: `context:
  type: object
  required: [month]
  properties: { month: { type: string }, count: { type: integer }, choice: { type: object, decision: choice } }
`,
    start,
    body: `schedule: ${schedule}
initial: asking
states:
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }
    onDone: approving
    onError: closed
  approving:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
    on: { approved: { target: done, assign: { choice: proposal.choice } }, rejected: closed }
  done: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`,
  });
const codes = (schedule: string, start?: string) =>
  codesIn(scheduled(schedule, start)).filter((code) => code !== 'not-running-yet');
const monday = 'cron: "0 7 * * 1", timeZone: Asia/Ho_Chi_Minh, as: "service:clock"';

describe('a schedule', () => {
  test('says when, where and as whom, and what a start takes', () => {
    expect(codes(`{ ${monday}, input: { month: "string(now.getMonth())" } }`)).toEqual([]);
    expect(
      codes(`[{ ${monday}, input: { month: "'1'" } }, { ${monday}, input: { month: "'2'", count: 2 } }]`),
    ).toEqual([]);
    expect(lintDefinition(scheduled(`{ ${monday}, input: { month: "'1'" } }`), 'x').findings).toContainEqual(
      expect.objectContaining({ code: 'not-running-yet', message: expect.stringContaining('uses schedule') }),
    );
  });

  test.each<[string, string]>([
    [`{ ${monday} }`, 'missing-field'],
    [`{ ${monday}, input: { month: 1 } }`, 'expression-type'],
    [`{ ${monday}, input: { month: "'1'", mnth: "'1'" } }`, 'unknown-field'],
    [`{ ${monday}, input: { month: "'1'", choice: "'1'" } }`, 'unknown-field'],
    [`{ ${monday}, input: { month: context.month } }`, 'unknown-name'],
    [`{ ${monday}, input: { month: initiator.person } }`, 'unknown-name'],
    [`{ ${monday.replace('0 7 * * 1', '0 7 31 2 *')}, input: { month: "'1'" } }`, 'bad-schedule'],
    [`{ ${monday.replace('Ho_Chi_Minh', 'Nowhere')}, input: { month: "'1'" } }`, 'bad-schedule'],
    [`{ ${monday.replace('service:clock', 'agent:one')}, input: { month: "'1'" } }`, 'bad-value'],
  ])('%s is %s', (schedule, code) => {
    expect(codes(schedule)).toContain(code);
  });

  test('P9: starts nothing that the start does not allow it', () => {
    const start = (principal: string) => `start: { allow: { principal: "${principal}" } }`;
    const schedule = `{ ${monday}, input: { month: "'1'" } }`;
    expect(codes(schedule, start('service:clock'))).toEqual([]);
    expect(codes(schedule, start('service:other'))).toEqual(['nobody-can']);
  });

  test('takes what the start takes, where the start says so', () => {
    const start =
      'start: { allow: { role: clerk }, input: { type: object, required: [month, count], properties: { month: { type: string }, count: { type: integer } } } }';
    expect(codes(`{ ${monday}, input: { month: "'1'" } }`, start)).toEqual(['missing-field']);
    expect(codes(`{ ${monday}, input: { month: "'1'", count: "'x'" } }`, start)).toEqual(['expression-type']);
    expect(codes(`{ ${monday}, input: { month: "'1'", count: 3 } }`, start)).toEqual([]);
  });
});

describe('after so many working days', () => {
  const waiting = (key: string) =>
    smallDefinition({
      body: `initial: open\nstates:\n  open: { after: { ${key}: closed } }\n  closed: { type: final }\n`,
    });

  test('is a time like any other', () => {
    for (const key of ['3 working days', '1 working day']) {
      const { process, findings } = lintDefinition(waiting(key), 'x');
      expect(process?.transitions.has(`open:after.${key}:0`), sentences(findings)).toBe(true);
      expect(findings).toEqual([]);
    }
    for (const key of ['0 working days', 'three working days', '3 workdays'])
      expect(sentences(lintDefinition(waiting(key), 'x').findings)).toContain('"3 working days"');
  });

  test('P4: never leads where an undecided gate leads when it is approved', () => {
    const source = smallDefinition({
      body: `initial: open
states:
  open:
    gate: { meaning: approve, reviewers: { role: leader } }
    on: { approved: carried, rejected: lost }
    after: { 3 working days: carried }
  carried: { on: { close: { target: lost, allow: { role: clerk } } } }
  lost: { type: final, output: { result: "'rejected'" } }
`,
    });
    expect(codesIn(source)).toContain('oversight-not-proven');
  });
});
