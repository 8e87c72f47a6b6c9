import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageOf } from '../../../engine/scenario/coverage.ts';
import { generateScenarios } from '../../../engine/scenario/generate-scenarios.ts';
import { madeUpDirectory } from '../../../engine/scenario/made-up-cast.ts';
import { readScenarioFile } from '../../../engine/scenario/read-scenario-file.ts';
import { resolveScenarios } from '../../../engine/scenario/resolve-scenarios.ts';
import { runInMemory } from '../../../engine/scenario/run-in-memory.ts';
import { writeScenarioFile } from '../../../engine/scenario/write-scenario-file.ts';
import { compileUnproven, randomDefinition } from '../step/support/random-process.ts';
import { cast, loadText } from './support/suites.ts';

test('of any process, what is generated can be read again, passes, and covers what it said it would', () => {
  fc.assert(
    fc.property(randomDefinition, (definition) => {
      const process = compileUnproven(definition);
      const directory = madeUpDirectory(process);
      const generated = generateScenarios(process, directory, coverageOf(process, []));
      if (generated.scenarios.length === 0) return;
      const head = {
        schema: 's',
        process: 'p.yaml',
        directory: null,
        names: new Map<string, string>(),
        inDirectory: new Set<string>(),
        definition: 'p.yaml',
      };
      const text = writeScenarioFile(head, generated, directory);
      const read = readScenarioFile(text, 'x.test.yaml');
      if (read.kind === 'refused') throw new Error(`${text}\n${JSON.stringify(read.findings)}`);
      const resolved = resolveScenarios(read, process, null);
      if (resolved.kind === 'refused') throw new Error(`${text}\n${JSON.stringify(resolved.findings)}`);
      const results = runInMemory(resolved.suite);
      expect(results.flatMap(({ failures }) => failures)).toEqual([]);
      const missing = new Set(generated.unreached.map(({ id }) => id));
      const { transitions } = coverageOf(process, results);
      for (const { id, forbidden } of process.transitions.values())
        expect(forbidden || transitions.has(id) || missing.has(id)).toBe(true);
    }),
    { numRuns: 8 },
  );
});

const whole = `process: wait.yaml\n${cast}parts:\n  begun:\n    - { by: officer, start: {}, then: waiting }
scenarios:\n  - title: one\n    steps:\n      - { play: begun }\n      - { advance: PT2H, then: { state: late } }\n`;

test('a text changed anywhere ends as findings or as a suite, and never as an exception', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '&a ',
    '*a',
    '!!x ',
    '\n',
    '"',
    "'",
    '#',
    '|',
    '\0',
    '😀',
    'then',
    'by',
    '99999999999999999999',
    '__proto__: 1',
    '<<: *a',
    'P1D',
    'null',
  );
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(20), pieces, (at, length, piece) => {
      const text = whole.slice(0, at) + piece + whole.slice(at + length);
      const { suite, findings } = loadText(text);
      expect(suite === null).toBe(findings.some(({ severity }) => severity === 'error'));
      if (suite !== null) runInMemory(suite);
    }),
    { numRuns: 500 },
  );
});
