import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { processGraph } from '../../../engine/definition/process-graph.ts';
import { toMermaid } from '../../../engine/definition/to-mermaid.ts';
import { toXStateJson } from '../../../engine/definition/to-xstate-json.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences, smallDefinition } from './support/small-definition.ts';

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
    test(`${file} has no errors, and is linted in less than 200 ms`, () => {
      const source = readFileSync(new URL(file, shipped), 'utf8');
      const before = process.cpuUsage();
      const { findings } = lintDefinition(source, file);
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(200);
      expect(sentences(findings.filter(({ severity }) => severity === 'error'))).toBe('');
    });
  }
});

test('a thousand states are linted and proven in less than a second on an idle machine, and five thousand in hardly more than five times that', () => {
  const ofSize = (size: number) => {
    const states = Array.from({ length: size }, (_, index) => {
      const next = `s${(index + 1) % size}`;
      if (index % 5 === 1)
        return `  s${index}:\n    propose: { decision: k, agent: { role: a }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }\n    onDone: ${next}\n    onError: end\n`;
      if (index % 5 === 2)
        return `  s${index}:\n    gate: { binds: k, meaning: approve, reviewers: { role: c } }\n    on: { approved: { target: ${next}, assign: { k: proposal.k } }, rejected: end }\n`;
      return `  s${index}: { on: { go: { target: ${next}, allow: { role: c }, guard: "has(context.count) && context.count > ${index}", input: { type: object, required: [n], properties: { n: { type: integer, maximum: ${index} } } }, assign: { count: event.n } } } }\n`;
    });
    return smallDefinition({
      decisions: 'decisions: { k: { importance: ordinary } }',
      context:
        'context: { type: object, properties: { count: { type: integer }, k: { type: object, decision: k } } }',
      body: `initial: s0\non: { stop: { target: .end, allow: { role: c } } }\nstates:\n${states.join('')}  end: { type: final, output: { result: "'rejected'" } }\n`,
    });
  };
  const spentMs = (source: string) => {
    const before = process.cpuUsage();
    expect(lintDefinition(source, 'large.yaml').process).not.toBeNull();
    return process.cpuUsage(before).user / 1000;
  };
  const [thousand = '', more = ''] = [1000, 5000].map(ofSize);
  spentMs(thousand);
  // The least of two, because whatever else the machine does only ever adds; and some room for a busy one.
  const spent = Math.min(spentMs(thousand), spentMs(thousand));
  expect(spent).toBeLessThan(1500);
  // Five times the states: quadratic growth would be 25 times the time.
  expect(spentMs(more) / spent).toBeLessThan(12);
});
