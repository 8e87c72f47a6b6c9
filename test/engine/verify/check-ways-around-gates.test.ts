/** Nothing but the approval of a gate leads where its approval leads: in small definitions, and at every gate that ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { voteDefinition, waitDefinition } from '../../support/definitions.ts';

const codes = (source: string) => lintDefinition(source, 'x.yaml').findings.map(({ code }) => code);
const withTimer = (target: string) =>
  voteDefinition.replace('    on:\n', `    after: { PT1H: ${target} }\n    on:\n`);

test('P4: a timer at an undecided gate may not lead where its approval leads', () => {
  const { findings, counterexamples } = lintDefinition(withTimer('carried'), 'x.yaml');
  expect(findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
    'Here the gate in "voting" is passed without its approval: voting -after PT1H-> carried. Let it lead elsewhere than approval does. Silence is not consent.',
  ]);
  expect(counterexamples?.map(({ kind, path }) => [kind, path.map(({ event }) => event)])).toEqual([
    [null, ['after PT1H']],
  ]);
  expect(codes(withTimer('lost'))).not.toContain('oversight-not-proven');
});

test('P4: nor may a timer around it, nor something eventless, nor another ending in success', () => {
  const always = voteDefinition.replace('    on:\n', '    always: carried\n    on:\n');
  expect(codes(always)).toContain('oversight-not-proven');
  const other = `${voteDefinition}  elsewhere: { type: final }\n`;
  expect(codes(other.replace('    on:\n', '    after: { PT1H: elsewhere }\n    on:\n'))).toContain(
    'oversight-not-proven',
  );
});

test('P2: what reviewers refuse does not lead there either, nor through a state that is left at once', () => {
  const refused = (rejected: string) => voteDefinition.replace(/rejected: .*/, `rejected: ${rejected}`);
  expect(refused('carried')).not.toBe(voteDefinition);
  expect(codes(refused('carried'))).toContain('oversight-not-proven');
  const passing = `${refused('passing')}  passing: { always: carried }\n`;
  expect(codes(passing)).toContain('oversight-not-proven');
});

test('P4: a process too intricate for the graph is told of it all the same, without a path', () => {
  const regions = Array.from({ length: 14 }, (_, at) => {
    const on = `on: { go: { target: b, allow: { role: x } } }`;
    return `      r${at}: { initial: a, states: { a: { ${on} }, b: { type: final } } }\n`;
  });
  const source = withTimer('carried').replace(
    'states:\n',
    `states:\n  wide:\n    type: parallel\n    states:\n${regions.join('')}    onDone: voting\n`,
  );
  const { process, findings, counterexamples } = lintDefinition(
    source.replace('initial: voting', 'initial: wide'),
    'x.yaml',
  );
  expect([process, counterexamples]).toEqual([null, undefined]);
  expect(findings.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      /^Here the gate in "voting" is passed without its approval\. .*Silence is not consent\.$/,
    ),
  );
});

test('a timer where no gate is open is nobody’s consent', () => {
  expect(codes(waitDefinition)).not.toContain('oversight-not-proven');
});

const shipped = new URL('../../../processes/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));

interface PlainState {
  gate?: { due?: string; onOverdue?: { target: string } };
  propose?: object;
  onDone?: { target: string };
  on?: { [event: string]: string | { target: string } };
  after?: object;
}

describe.each(files)('in %s', (file) => {
  const text = readFileSync(new URL(file, shipped), 'utf8');
  const statesOf = (): { states: { [name: string]: PlainState } } => parse(text);
  const gates = Object.entries(statesOf().states).filter(([, { gate }]) => gate !== undefined);

  /** Lint of the definition with one of its states changed. */
  const lintWith = (name: string, change: (state: PlainState) => void) => {
    const definition = statesOf();
    const state = definition.states[name];
    if (state === undefined) throw new Error(`There is no ${name}.`);
    change(state);
    return lintDefinition(JSON.stringify(definition, null, 2), file);
  };

  const ways: readonly (readonly [string, (state: PlainState, target: string) => void])[] = [
    ['rejected', (state, target) => retarget(state, 'rejected', target)],
    ['returned', (state, target) => retarget(state, 'returned', target)],
    ['after P9D', (state, target) => Object.assign(state, { after: { P9D: target } })],
    ['overdue', (state, target) => Object.assign(state.gate ?? {}, { due: 'P1D', onOverdue: { target } })],
  ];

  test.each(gates.flatMap(([name, state]) => ways.map(([event, lead]) => ({ name, event, lead, state }))))(
    'P2: $event at the gate in $name does not lead to its approved target',
    ({ name, event, lead, state }) => {
      const approved = targetOf(state.on?.approved);
      const { process, findings, counterexamples } = lintWith(name, (changed) => lead(changed, approved));
      expect(process).toBeNull();
      expect(new Set(errorsIn(findings))).toEqual(new Set(['oversight-not-proven']));
      const around = counterexamples?.find(({ kind }) => kind === null);
      expect(around?.path.at(-1)).toMatchObject({ event, from: name, to: approved });
    },
  );

  const afterGates = gates.map(([, { on }]) => targetOf(on?.approved)).filter((name) => !isFirstGate(name));
  function isFirstGate(name: string): boolean {
    return Object.values(statesOf().states).some(({ onDone }) => onDone?.target === name);
  }
  const asks = Object.entries(statesOf().states).filter(([, { propose }]) => propose !== undefined);

  test.each(asks.flatMap(([name]) => [...new Set(afterGates)].map((target) => ({ name, target }))))(
    'P2: a proposal made in $name does not go past its gates to $target',
    ({ name, target }) => {
      const { process, findings, counterexamples } = lintWith(name, ({ onDone }) =>
        Object.assign(onDone ?? {}, { target }),
      );
      // The second reviewer of an ordinary kind alone is still the approval that the kind demands.
      if (process !== null) {
        expect(statesOf().states[target]?.gate).toMatchObject({ meaning: 'approve', binds: 'summary' });
        return;
      }
      expect(new Set(errorsIn(findings))).toEqual(new Set(['oversight-not-proven']));
      expect(counterexamples?.[0]?.path.length).toBeGreaterThan(0);
    },
  );
});

function retarget(state: PlainState, outcome: string, target: string): void {
  const was = state.on?.[outcome];
  if (state.on === undefined) throw new Error('No gate is without outcomes.');
  state.on[outcome] = typeof was === 'object' ? { ...was, target } : target;
}

function targetOf(transition: string | { target: string } | undefined): string {
  if (transition === undefined) throw new Error('Every gate says where approval leads.');
  return typeof transition === 'string' ? transition : transition.target;
}

const errorsIn = (findings: readonly { code: string; severity: string }[]) =>
  findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

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
