import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnalysisEdge } from '../../../engine/verify/analysis-graph.ts';
import { effectsOfEdge } from '../../../engine/verify/effects-of-edge.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { isLive, statusAfter } from '../../../engine/verify/proposal-status.ts';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { analyse } from './support/analyse.ts';
import { fewestMicrosteps } from './support/explore.ts';
import { randomDefinition } from './support/random-definition.ts';
import { smallDefinition, textAt } from './support/small-definition.ts';

const source = smallDefinition({
  decisions: 'decisions: { choice: { importance: ordinary } }',
  context: 'context: { type: object, properties: { choice: { type: object, decision: choice } } }',
  body: `initial: open
states:
  open: { on: { ask: { target: asking, allow: { role: clerk } } } }
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: {} } }
    onDone: deciding
    onError: closed
  deciding:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
    on: { approved: { target: done, assign: { choice: proposal.choice } }, rejected: closed }
    after: { P3D: late }
  late: { always: done }
  done: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`,
});

test('P2: a counterexample has each transition of the way, its event, its states and its place', () => {
  const { counterexamples = [], findings } = lintDefinition(source, 'small.yaml');
  const [
    { kind, path, effect, position } = { kind: '', path: [], effect: '', position: { line: 0, column: 0 } },
    around,
    ...others
  ] = counterexamples;
  expect(kind).toBe('choice');
  expect(others).toEqual([]);
  // The same clock leads around the gate, whatever is decided there.
  expect(around?.kind).toBeNull();
  expect(around?.path.map(({ event }) => event)).toEqual(['ask', 'onDone', 'after P3D']);
  expect(path.map(({ transition, event, from, to }) => [transition, event, from, to])).toEqual([
    ['open:event.ask:0', 'ask', 'open', 'asking'],
    ['asking:done:0', 'onDone', 'asking', 'deciding'],
    ['deciding:after.P3D:0', 'after P3D', 'deciding', 'late'],
    ['late:always:0', 'always', 'late', 'done'],
  ]);
  const places = path.map((step) => textAt(source, step.position).split(':')[0]);
  expect(places).toEqual(['ask', 'onDone', 'P3D', 'always']);
  expect(effect).toContain('ends in success');
  const finding = findings.find(({ message }) => message.includes('"choice" is undecided'));
  expect(finding).toMatchObject({ code: 'oversight-not-proven', ...position });
  expect(finding?.message).toContain(
    'open -ask-> asking -onDone-> deciding -after P3D-> late -always-> done',
  );
});

test('P2: where nothing but the proof failed the process can be drawn, and has nothing in it that runs', () => {
  const { process, certificate, unproven } = lintDefinition(source, 'small.yaml');
  expect([process, certificate]).toEqual([null, null]);
  expect([...(unproven?.states?.keys() ?? [])]).toContain('deciding');
  expect(unproven).not.toHaveProperty('machine');
  expect(lintDefinition(source.replace('target: asking', 'target: askng'), 'x').unproven).toBeUndefined();
  expect(lintDefinition(source.replace('    after: { P3D: late }\n', ''), 'x').unproven).toBeUndefined();
});

test('P2: a proven definition, and one refused for other reasons, has no counterexamples', () => {
  expect(
    lintDefinition(source.replace('    after: { P3D: late }\n', ''), 'x').counterexamples,
  ).toBeUndefined();
  expect(
    lintDefinition(source.replace('initial: open', 'initial: opn'), 'x').counterexamples,
  ).toBeUndefined();
  expect(lintDefinition('- nothing', 'x').counterexamples).toBeUndefined();
});

type Analysis = ReturnType<typeof analyse>;

/** Tries every way of at most so many steps: whether a live proposal has an effect on one. */
function anyWithin({ model, graph }: Analysis, mostSteps: number): boolean {
  const decision = model.decisions.get('choice');
  const hasEffect = (edge: AnalysisEdge, before: number, left: number): boolean => {
    const status = statusAfter(before, 'choice', decision, edge);
    if (isLive(status) && effectsOfEdge(model, 'choice', edge).length > 0) return true;
    return left > 0 && (graph.edges.get(edge.to.key) ?? []).some((next) => hasEffect(next, status, left - 1));
  };
  return hasEffect(graph.start, 0, mostSteps);
}

function fewest({ counterexamples }: Analysis): number {
  return Math.min(...counterexamples.map(({ path }) => path.length));
}

describe('the shortest counterexample of a random definition', () => {
  test('P2: is a way through the graph, and none of fewer steps has an effect', () => {
    const lengths: number[] = [];
    assertFixedAndNew(
      fc.property(randomDefinition, (random) => {
        const analysis = analyse(random);
        for (const { path } of analysis.counterexamples) {
          expect(path[0]?.from).toBe(analysis.graph.start.to.key);
          for (const [index, { from, to, transition }] of path.entries()) {
            if (index > 0) expect(from).toBe(path[index - 1]?.to);
            const edges = analysis.graph.edges.get(from) ?? [];
            const known = edges.some(
              (edge) => edge.to.key === to && (edge.transition?.id ?? null) === transition,
            );
            expect(known).toBe(true);
          }
        }
        const length = fewest(analysis);
        if (length > 5) return;
        lengths.push(length);
        expect(anyWithin(analysis, length), random).toBe(true);
        expect(anyWithin(analysis, length - 1), random).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(lengths.length).toBeGreaterThan(10);
    expect(new Set(lengths).size).toBeGreaterThan(1);
  });

  test('P2: takes a flat machine without guards as few microsteps as the machine itself needs', () => {
    const lengths: number[] = [];
    assertFixedAndNew(
      fc.property(randomDefinition, (random) => {
        fc.pre(!/"guard"|"history"|"parallel"/.test(random) && random.split('"states"').length === 2);
        const analysis = analyse(random);
        if (analysis.counterexamples.length === 0) return;
        lengths.push(fewest(analysis));
        expect(fewestMicrosteps(analysis.process, 2000), random).toBe(fewest(analysis));
      }),
      { numRuns: 40 },
    );
    expect(lengths.length).toBeGreaterThan(5);
  });
});
