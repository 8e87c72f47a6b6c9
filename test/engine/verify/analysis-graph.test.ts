import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkShape } from '../../../engine/definition/check-shape.ts';
import { compileProcess } from '../../../engine/definition/compile-process.ts';
import { FindingList } from '../../../engine/definition/finding-list.ts';
import { modelDefinition } from '../../../engine/definition/model-definition.ts';
import { readSource } from '../../../engine/definition/read-source.ts';
import { type AnalysisGraph, buildAnalysisGraph } from '../../../engine/verify/analysis-graph.ts';
import { checkCertificate, writeCertificate } from '../../../engine/verify/certificate.ts';
import { proveOversight } from '../../../engine/verify/prove-oversight.ts';
import { explore, type Seen } from './support/explore.ts';
import { randomDefinition } from './support/random-definition.ts';

const runs = 40;
const mostNodes = 120;

function analyse(source: string) {
  const findings = new FindingList('random.yaml');
  const root = readSource(source, findings);
  const definition = root === null ? null : checkShape(root, findings);
  if (root === null || definition === null) throw new Error(JSON.stringify(findings.sorted()));
  const model = modelDefinition(definition, root, findings);
  if (findings.errors > 0) throw new Error(JSON.stringify(findings.sorted()));
  const graph = buildAnalysisGraph(model);
  const facts = proveOversight(model, graph, findings);
  return { model, graph, facts, findings: findings.sorted(), process: compileProcess(model, 'hash') };
}

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

describe('analysis graph', () => {
  test('every microstep that XState makes is an edge of the graph', () => {
    fc.assert(
      fc.property(randomDefinition, (source) => {
        const { graph, process } = analyse(source);
        if (!graph.complete) return;
        for (const seen of explore(process, mostNodes).microsteps) {
          expect(knows(graph, seen), `${JSON.stringify(seen)}\n${source}`).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });

  test('P2: where exploration finds a proposal taking effect, the proof refuses', () => {
    let violations = 0;
    let proven = 0;
    fc.assert(
      fc.property(randomDefinition, (source) => {
        const { process, facts } = analyse(source);
        const { violation } = explore(process, mostNodes);
        if (violation !== null) violations += 1;
        if (facts !== null) proven += 1;
        expect(violation !== null && facts !== null, `${violation}\n${source}`).toBe(false);
      }),
      { numRuns: runs },
    );
    expect(violations).toBeGreaterThan(10);
    expect(proven).toBeGreaterThan(10);
  });

  test('P2: without guards, history and regions, the proof refuses only what exploration finds', () => {
    let refused = 0;
    fc.assert(
      fc.property(randomDefinition, (source) => {
        fc.pre(!/"always"|"history"|"parallel"/.test(source));
        const { process, facts, findings } = analyse(source);
        if (facts !== null) return;
        const { violation, complete } = explore(process, mostNodes);
        if (!complete) return;
        refused += 1;
        expect(violation, `${findings[0]?.message}\n${source}`).not.toBeNull();
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(5);
  });

  test('P2: a certificate holds for its definition, and not when a fact is taken from it', () => {
    fc.assert(
      fc.property(randomDefinition, fc.nat(), (source, pick) => {
        const { model, graph, facts } = analyse(source);
        if (facts === null) return;
        const certificate = writeCertificate('hash', facts);
        expect(checkCertificate(certificate, 'hash', model, graph)).toBeNull();
        expect(checkCertificate(certificate, 'other', model, graph)).not.toBeNull();
        const written = JSON.parse(certificate) as { facts: { choice: Record<string, string[]> } };
        const states = Object.keys(written.facts.choice);
        const state = states[pick % states.length] ?? '';
        written.facts.choice[state] = (written.facts.choice[state] ?? []).slice(1);
        expect(checkCertificate(JSON.stringify(written), 'hash', model, graph)).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});
