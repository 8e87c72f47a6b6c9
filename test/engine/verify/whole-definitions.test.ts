import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { processGraph } from '../../../engine/definition/process-graph.ts';
import { toMermaid } from '../../../engine/definition/to-mermaid.ts';
import { toXStateJson } from '../../../engine/definition/to-xstate-json.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences } from './support/small-definition.ts';

const here = new URL('./support/personnel-example.yaml', import.meta.url);
const shipped = new URL('../../../processes/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));

describe('the example of the design', () => {
  const source = readFileSync(here, 'utf8');
  const { process, certificate, findings } = lintDefinition(source, 'personnel-example.yaml');

  test('P2: is proven and has no findings', () => {
    expect(sentences(findings)).toBe('');
    expect(process).not.toBeNull();
    expect(JSON.parse(certificate ?? '')).toMatchObject({
      definition: process?.hash,
      facts: {
        considering: { appointment: ['live', 'live:consider+appraise'] },
        issuing: {},
        'manual-drafting': {},
        voting: { appointment: ['live:consider+appraise'] },
      },
    });
  });

  test('P2: is not proven when the vote is taken out of it', () => {
    const unproven = lintDefinition(
      source.replace('      approved: voting', '      approved: issuing'),
      'x.yaml',
    );
    expect(unproven.findings.map(({ code }) => code)).toContain('oversight-not-proven');
    expect(unproven.certificate).toBeNull();
  });

  test('becomes a graph with the places of states and transitions in the file', () => {
    if (process === null) throw new Error('refused');
    const { states, transitions } = processGraph(process);
    const lines = source.split('\n');
    for (const { id, line, column } of states)
      expect(lines[line - 1]?.slice(column - 1).startsWith(id)).toBe(true);
    expect(transitions).toContainEqual(
      expect.objectContaining({
        id: 'voting:outcome.approved:0',
        source: 'voting',
        event: 'approved',
        cause: 'outcome',
        targets: ['issuing'],
      }),
    );
    expect(new Set(transitions.map(({ id }) => id)).size).toBe(transitions.length);
  });

  test('becomes Mermaid and XState JSON', () => {
    if (process === null) throw new Error('refused');
    expect(toMermaid(process, 'vi')).toContain('title: "Bổ nhiệm cán bộ"');
    expect(toMermaid(process)).toContain('  s_voting --> s_issuing: approved\n');
    expect(toMermaid(process)).toContain('  [*] --> s_drafting\n');
    const json = toXStateJson(process) as { states: Record<string, { on: Record<string, unknown[]> }> };
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.states.voting?.on['countersign.outcome.voting.approved']).toMatchObject([
      {
        target: ['#personnel-example.issuing'],
        actions: [{ type: 'countersign.taken' }, { type: 'assign' }],
      },
    ]);
  });
});

describe('shipped processes', () => {
  for (const file of files) {
    test(`${file} has no errors`, () => {
      const source = readFileSync(new URL(file, shipped), 'utf8');
      const { findings } = lintDefinition(source, file);
      expect(sentences(findings.filter(({ severity }) => severity === 'error'))).toBe('');
    });
  }
});
