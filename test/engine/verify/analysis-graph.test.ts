import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chart } from '../../../engine/certificate-check/chart.ts';
import type { AnalysisGraph } from '../../../engine/verify/analysis-graph.ts';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { analyse } from './support/analyse.ts';
import { explore, type Seen } from './support/explore.ts';
import { randomDefinition, randomWorkDefinition } from './support/random-definition.ts';

const runs = 20;
const mostNodes = 120;

/** Whether the graph has this microstep: transitions of several regions may come in any order. */
function knows(graph: AnalysisGraph, { from, to, taken }: Seen): boolean {
  if (from === null) return graph.start.to.key === to;
  if (taken.length === 0) return from === to;
  return taken.some((id) => {
    const rest = taken.filter((other) => other !== id);
    const edges = (graph.edges.get(from) ?? []).filter(({ transition }) => transition?.id === id);
    return edges.some((edge) =>
      rest.length === 0 ? edge.to.key === to : knows(graph, { from: edge.to.key, to, taken: rest }),
    );
  });
}

/** Whether the checker of certificates has this microstep among the moves it asks about. */
function asksAbout(chart: Chart, { waiting }: AnalysisGraph, { from, to, taken }: Seen): boolean {
  if (from === null) return chart.start().key === to;
  if (taken.length === 0) return from === to;
  const announced = [...(waiting.get(from) ?? [])].map(({ id }) => id);
  return taken.some((id) => {
    const rest = taken.filter((other) => other !== id);
    const moves = chart.moves(chart.leavesOf(from) ?? [], announced);
    return moves.some(
      ({ key, transition }) =>
        transition?.id === id &&
        (rest.length === 0
          ? key === to
          : asksAbout(chart, { waiting } as AnalysisGraph, { from: key, to, taken: rest })),
    );
  });
}

describe.each([
  ['what runs', randomDefinition],
  ['tasks, messages, document actions, overdue gates and operators', randomWorkDefinition],
])('analysis graph of definitions with %s', (_what, definitions) => {
  test('P2: every microstep that XState makes is an edge of the graph, and one that the checker asks about', () => {
    assertFixedAndNew(
      fc.property(definitions, (source) => {
        const { graph, process } = analyse(source);
        if (!graph.complete) return;
        const chart = new Chart(process);
        for (const seen of explore(process, mostNodes).microsteps) {
          expect(knows(graph, seen), `${JSON.stringify(seen)}\n${source}`).toBe(true);
          expect(asksAbout(chart, graph, seen), `${JSON.stringify(seen)}\n${source}`).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });

  test('P2: where exploration finds a proposal taking effect, the proof refuses', () => {
    let violations = 0;
    let proven = 0;
    assertFixedAndNew(
      fc.property(definitions, (source) => {
        const { process, facts } = analyse(source);
        const { violation } = explore(process, mostNodes);
        if (violation !== null) violations += 1;
        if (facts !== null) proven += 1;
        expect(violation !== null && facts !== null, `${violation}\n${source}`).toBe(false);
      }),
      { numRuns: runs },
    );
    expect(violations).toBeGreaterThan(0);
    expect(proven).toBeGreaterThan(0);
  });

  test('P2: without guards, history, regions and states that are done inside, the proof refuses only what exploration finds', () => {
    let refused = 0;
    assertFixedAndNew(
      fc.property(definitions, (source) => {
        // Where a state inside is done, the graph lets other events come before its `onDone`; the machine does not.
        fc.pre(!/"guard"|"history"|"parallel"|"s\d+(_\d+)+","type":"final"/.test(source));
        const { process, facts, findings } = analyse(source);
        if (facts !== null) return;
        const { violation, complete } = explore(process, mostNodes);
        if (!complete) return;
        refused += 1;
        expect(violation, `${findings[0]?.message}\n${source}`).not.toBeNull();
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
