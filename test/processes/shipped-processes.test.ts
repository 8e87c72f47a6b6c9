import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../engine/verify/lint-definition.ts';
import type { State } from '../../schemas/process-definition.ts';
import { compiledProcess, directory, loadProcess } from './shipped.ts';

const folder = resolve(import.meta.dirname, '../../processes');
const shipped = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
  .map((file) => file.replace('.yaml', ''));

describe.each(shipped)('%s', (name) => {
  test('P2: has no finding at all, and its oversight is proven', () => {
    const { findings, certificate } = loadProcess(name);
    expect(findings).toEqual([]);
    expect(certificate).not.toBeNull();
  });

  test('has a title in both languages on every state and every transition', () => {
    const { transitions, definition } = compiledProcess(name);
    const untitled = [...transitions.values()].filter(
      ({ title, forbidden, cause }) => title === undefined && !forbidden && cause.kind !== 'start',
    );
    expect(untitled.map(({ id }) => id)).toEqual([]);
    for (const [id, state] of everyState(definition.states)) expect(state.title, id).toBeDefined();
  });

  test('names its legal basis on every state and every transition', () => {
    const { transitions, definition } = compiledProcess(name);
    const without = [...transitions.values()].filter(
      ({ legalBasis, forbidden, cause }) => legalBasis.length === 0 && !forbidden && cause.kind !== 'start',
    );
    expect(without.map(({ id }) => id)).toEqual([]);
    for (const [id, state] of everyState(definition.states)) expect(state.legalBasis, id).not.toHaveLength(0);
    for (const [id, state] of everyState(definition.states)) expect(state.legalBasis, id).toBeDefined();
  });

  test('names only roles and units that the demonstration directory has', () => {
    const { definition } = compiledProcess(name);
    const roles = new Set([...directory.principals.values()].flatMap((principal) => principal.roles));
    const named = [...JSON.stringify(definition).matchAll(/"role":"([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((role) => !roles.has(role))).toEqual([]);
    expect(directory.units.has(definition.owner)).toBe(true);
  });
});

function everyState(states: Record<string, State>, within = ''): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [`${within}${name}`, state] as [string, State],
    ...everyState(state.states ?? {}, `${within}${name}.`),
  ]);
}

describe('P2: a shipped process with a hole in its oversight would not deploy', () => {
  test.each([
    [
      'outgoing-document',
      'the appraisal leads past the approval',
      'target: approving\n',
      'target: numbering\n',
    ],
    [
      'outgoing-document',
      'the proposal leads past both gates',
      'target: appraising\n',
      'target: numbering\n',
    ],
    [
      'outgoing-document',
      'the approval binds nothing',
      /(\n {2}approving:[\s\S]*?)\n +binds: summary\n/,
      '$1\n',
    ],
    ['outgoing-document', 'overdue means approved', 'target: appraising-overdue\n', 'target: numbering\n'],
    [
      'outgoing-document',
      'a return takes effect',
      'assign: { remarks: gate.remarks }',
      'assign: { summary: proposal.summary.summary }',
    ],
    [
      'personnel-appointment',
      'the consideration is left out',
      'target: considering\n',
      'target: appraising\n',
    ],
    ['personnel-appointment', 'the appraisal leads past the vote', 'target: voting\n', 'target: numbering\n'],
    [
      'personnel-appointment',
      'one vote is enough',
      'quorum: { approve: more-than-half, of: members }',
      'quorum: { approve: 1 }',
    ],
  ])('%s: %s', (name, _hole, from, to) => {
    const source = readFileSync(resolve(folder, `${name}.yaml`), 'utf8');
    const holed = source.replace(from, to);
    expect(holed).not.toBe(source);
    const { certificate, findings } = lintDefinition(holed, `${name}.yaml`);
    expect(certificate).toBeNull();
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(new Set(errors)).toEqual(new Set(['oversight-not-proven']));
  });
});
