import { describe, expect, test } from 'vitest';
import { coverageOf, reportCoverage } from '../../../engine/scenario/coverage.ts';
import { generateScenarios } from '../../../engine/scenario/generate-scenarios.ts';
import { loadSuite } from '../../../engine/scenario/load-suite.ts';
import { madeUpDirectory } from '../../../engine/scenario/made-up-cast.ts';
import { runInMemory } from '../../../engine/scenario/run-in-memory.ts';
import { toDuration, writeScenarioFile } from '../../../engine/scenario/write-scenario-file.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import {
  counterDefinition,
  proposalDefinition,
  secretVoteDefinition,
  voteDefinition,
  waitDefinition,
} from '../../support/definitions.ts';

const nothing = coverageOf(compiled(waitDefinition), []);

function compiled(source: string) {
  const { process, findings } = lintDefinition(source, 'x.yaml');
  if (process === null) throw new Error(JSON.stringify(findings));
  return process;
}

/** Generates for a definition that has no scenario yet, writes the file, reads it again, and plays it. */
function generateAndPlay(source: string) {
  const process = compiled(source);
  const directory = madeUpDirectory(process);
  const generated = generateScenarios(process, directory, nothing);
  const head = {
    schema: 'scenario.schema.json',
    process: 'x.yaml',
    directory: null,
    names: new Map(),
    inDirectory: new Set<string>(),
    definition: 'x.yaml',
  };
  const text = writeScenarioFile(head, generated, directory);
  const { suite, findings } = loadSuite({ file: 'x.test.yaml', source: text }, () => ({
    file: 'x.yaml',
    source,
  }));
  if (suite === null) throw new Error(`${text}\n${JSON.stringify(findings, null, 2)}`);
  const results = runInMemory(suite);
  return { text, generated, results, report: reportCoverage(process, coverageOf(process, results)) };
}

describe.each([
  ['counter', counterDefinition],
  ['proposal', proposalDefinition],
  ['vote', voteDefinition],
  ['secret vote', secretVoteDefinition],
  ['wait', waitDefinition],
])('%s', (_name, source) => {
  test('what is generated parses, passes, and covers everything, guards both ways too', () => {
    const { results, report, generated } = generateAndPlay(source);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(report.missing).toEqual([]);
    expect(generated.unreached).toEqual([]);
  });
});

test('what no path leads to is listed in the file with its place', () => {
  const unreachable = counterDefinition.replace(
    'finish: { allow: { role: officer }, target: finished }',
    "finish: { allow: { role: officer }, guard: 'context.limit == 123', target: finished }",
  );
  const { text, generated, results } = generateAndPlay(unreachable);
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  expect(generated.unreached.map(({ text: what }) => what)).toContain('state finished');
  expect(text).toMatch(/# +x\.yaml:\d+:\d+ state finished/);
});

test('only what is missing is generated', () => {
  const process = compiled(waitDefinition);
  const directory = madeUpDirectory(process);
  const all = generateScenarios(process, directory, nothing);
  expect(all.scenarios.length).toBe(2);
  const [late] = generateAndPlay(waitDefinition).results.filter(({ coverage }) =>
    coverage.states.has('late'),
  );
  const rest = generateScenarios(process, directory, late?.coverage ?? nothing);
  expect(rest.scenarios.map(({ steps }) => steps.at(-1)?.then)).toEqual([['noted']]);
});

test('a duration is written in days and less', () => {
  expect([0, 1000, 60_000, 3_600_000, 86_400_000, 90_061_000].map(toDuration)).toEqual([
    'PT0S',
    'PT1S',
    'PT1M',
    'PT1H',
    'P1D',
    'P1DT1H1M1S',
  ]);
});
