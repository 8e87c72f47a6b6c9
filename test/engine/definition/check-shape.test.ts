import { describe, expect, test } from 'vitest';
import { shareSubschemas } from '../../../engine/definition/share-subschemas.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import type { JsonObject } from '../../../schemas/json.ts';
import { ProcessDefinition } from '../../../schemas/process-definition.ts';
import { smallDefinition, textAt } from '../verify/support/small-definition.ts';

const body = (state: string) => `initial: a\nstates:\n  a: ${state}\n  b: { type: final }\n`;

describe('the shape of a definition', () => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['{ onDone: 3 }', '3', /"onDone" must be a text or a map or a list\./],
    [
      '{ gate: { meaning: agree, reviewers: { role: x } } }',
      'agree',
      /"meaning" must be "consider" or "appraise" or "approve"\./,
    ],
    ['{ on: { go: { target: b, allow: [] } } }', '[]', /"allow" must not be empty\./],
    ['{ on: { go: { target: b, allow: { role: [] } } } }', '[]', /"role" must not be empty\./],
    [
      '{ on: { go: { target: b, alow: { role: x } } } }',
      'alow',
      /"go" has no field "alow"\. Did you mean "allow"\?/,
    ],
    ['{ on: { "go!": b } }', '"go!"', /"go!" is no name that "on" accepts/],
    ['{ after: { soon: b } }', 'soon', /an ISO 8601 duration/],
    ['{ always: { target: b, allow: { role: x } } }', 'allow', /"always" has no field "allow"/],
    ['{ entry: { assign: { x: [1] } } }', '[1]', /"x" must be a text or a number or true or false or null\./],
    [
      '{ propose: { decision: k, agent: { role: x } } }',
      'propose',
      /"propose" lacks the field "output"\. Add it\./,
    ],
    ['{ states: {} }', '{}', /"states" must not be empty\./],
    ['{ always: [{ target: 1 }] }', '1', /"target" must be a text/],
    ['{ always: [{ target: b }, { guard: x, to: b }] }', 'to', /Item 2 of "always" has no field "to"/],
    ['null', 'null', /"a" must be a map\./],
  ];
  for (const [state, place, message] of wrong) {
    test(`${state} is told in a sentence, at its place`, () => {
      const source = smallDefinition({ body: body(state) });
      const { findings, process } = lintDefinition(source, 'small.yaml');
      expect(process).toBeNull();
      const found = findings.find((finding) => message.test(finding.message));
      expect(found?.message, JSON.stringify(findings)).toMatch(message);
      expect(textAt(source, found ?? { line: 1, column: 1 }).startsWith(place)).toBe(true);
    });
  }

  test('sharing the parts of a schema makes it several times smaller', () => {
    const whole = JSON.parse(JSON.stringify(ProcessDefinition)) as JsonObject;
    expect(JSON.stringify(shareSubschemas(whole)).length).toBeLessThan(JSON.stringify(whole).length / 2);
  });
});
