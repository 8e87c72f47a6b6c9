/** Scenario files over the small definitions of the tests, loaded and played. */
import { loadSuite, type SuiteLoaded } from '../../../../engine/scenario/load-suite.ts';
import { runInMemory } from '../../../../engine/scenario/run-in-memory.ts';
import type { ScenarioSuite } from '../../../../engine/scenario/scenario.ts';
import {
  counterDefinition,
  proposalDefinition,
  secretVoteDefinition,
  voteDefinition,
  waitDefinition,
} from '../../../support/definitions.ts';
import { severalDefinition } from '../../../support/several-definition.ts';

/** Two regions at once, a state that is only passed through, and a history. */
const chartDefinition = `
id: chart
version: 1.0.0
title: { vi: Thử, en: Test }
owner: unit:office
responsible: { role: head }
securityLevel: 1
classification: normal
start: { allow: { role: officer } }
context: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 100 } } }
initial: before
states:
  before:
    on: { go: { allow: { role: officer }, target: passing } }
  passing:
    initial: inner
    always: both
    states: { inner: {} }
  both:
    type: parallel
    onDone: ended
    states:
      left:
        initial: one
        states:
          one: { on: { left: { allow: { role: officer }, target: two } } }
          two: { type: final }
      right:
        initial: one
        states:
          one: { on: { right: { allow: { role: officer }, target: two } } }
          two: { type: final }
  ended: { type: final }
`;

/** Members vote with a one-time code, or what is more. */
export const assuredVoteDefinition = voteDefinition
  .replace('id: vote', 'id: assured-vote')
  .replace('reviewers: { role: member }', 'reviewers: { role: member }\n      assurance: otp');

const sources: { readonly [path: string]: string } = {
  'counter.yaml': counterDefinition,
  'proposal.yaml': proposalDefinition,
  'several.yaml': severalDefinition(),
  'vote.yaml': voteDefinition,
  'assured-vote.yaml': assuredVoteDefinition,
  'secret-vote.yaml': secretVoteDefinition,
  'wait.yaml': waitDefinition,
  'chart.yaml': chartDefinition,
};

export const cast = `cast:
  officer: { roles: [officer], unit: unit:office }
  head: { roles: [head] }
  agent: { kind: agent, roles: [drafting-agent] }
  system: { kind: service, roles: [officer] }
  leader: { roles: [leader] }
  one: { roles: [member] }
  two: { roles: [member] }
  three: { roles: [member] }
`;

/** `path` names a definition of the tests; `rest` begins with `scenarios:` or `parts:`. */
export function load(path: string, rest: string): SuiteLoaded {
  return loadText(`process: ${path}\n${cast}${rest}`);
}

export function loadText(text: string): SuiteLoaded {
  return loadSuite({ file: 'x.test.yaml', source: text }, (path) => {
    const source = sources[path];
    return source === undefined ? null : { file: path, source };
  });
}

export function suiteOf(path: string, rest: string): ScenarioSuite {
  const { suite, findings } = load(path, rest);
  if (suite === null) throw new Error(findings.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return suite;
}

/** The failures of all scenarios, each as `line:column what`, and what was expected and seen. */
export function failuresOf(path: string, rest: string) {
  return runInMemory(suiteOf(path, rest)).flatMap(({ failures }) => failures);
}

/** Lines of the text before `rest`. */
export const before = `process: x\n${cast}`.split('\n').length - 1;
