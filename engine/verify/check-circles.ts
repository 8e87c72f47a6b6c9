/**
 * Finds circles of what follows by itself, `always` and the `onDone` of states: certainly endless ones, and
 * those that only a guard ends. An endless one would stop at the engine's limit and move nothing.
 */
import type { FindingList } from '../definition/finding-list.ts';
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';
import { type AnalysisEdge, type AnalysisGraph, isEventless } from './analysis-graph.ts';
import { isDone } from './configuration.ts';

export function checkCircles(graph: AnalysisGraph, findings: FindingList): void {
  if (!graph.complete) return;
  const reported = new Set<TreeTransition>();
  for (const certain of [true, false]) {
    const next = nextByThemselves(graph, certain);
    for (const circle of circlesIn(next)) {
      const [first] = circle;
      const told = circle.some(({ transition }) => transition !== null && reported.has(transition));
      if (first?.transition == null || told) continue;
      for (const { transition } of circle) if (transition !== null) reported.add(transition);
      const path = [...circle.map(({ from }) => from?.key ?? ''), first.from?.key ?? ''].join(' -> ');
      const message = `What follows by itself here goes in a circle: ${path}.`;
      const { position } = first.transition;
      if (certain)
        findings.error(
          'endless-circle',
          position,
          `${message} Give one transition of it an event, or a guard that ends it.`,
        );
      else findings.warning('endless-circle', position, `${message} Make sure that a guard ends it.`);
    }
  }
}

/** Edges that are followed without an event; only those that nothing can hold back, where `certain`. */
function nextByThemselves(
  graph: AnalysisGraph,
  certain: boolean,
): ReadonlyMap<string, readonly AnalysisEdge[]> {
  const next = new Map<string, readonly AnalysisEdge[]>();
  for (const [key, edges] of graph.edges) {
    const moving = edges.filter((edge) => isEventless(edge.transition) && goesOn(edge) && isHeard(edge));
    if (!certain) {
      next.set(key, moving);
      continue;
    }
    // A guard further in may lead out of the circle; then only perhaps is there one.
    const held = moving.some(({ transition }) => transition?.definition.guard !== undefined);
    const innermost = [...moving].sort((a, b) => rank(b) - rank(a))[0];
    // Of several regions that are done, either may be heard first.
    const done = new Set(moving.map(({ transition }) => transition?.source));
    const unclear = innermost?.transition?.cause.kind === 'done' && done.size > 1;
    if (!held && !unclear && innermost !== undefined) next.set(key, [innermost]);
  }
  return next;
}

/** One that stays and sets nothing changes nothing, so XState does not try it again; a done event comes once. */
function goesOn({ transition }: AnalysisEdge): boolean {
  if (transition === null) return false;
  const { target, definition, cause } = transition;
  return target !== null || (cause.kind === 'always' && definition.assign !== undefined);
}

/**
 * The graph has a late `onDone` wherever one may still wait. A circle does not go on by it: it was announced
 * once, and must be done again before it is announced again.
 */
function isHeard({ from, transition }: AnalysisEdge): boolean {
  return transition?.cause.kind !== 'done' || (from !== null && isDone(transition.source, from.active));
}

/** `always` goes before `onDone`, and what is further in before what is further out. */
function rank({ transition }: AnalysisEdge): number {
  return (
    (transition?.cause.kind === 'always' ? 1000 : 0) + (transition === null ? 0 : depthOf(transition.source))
  );
}

function depthOf(state: TreeState): number {
  return state.parent === null ? 0 : depthOf(state.parent) + 1;
}

/** Nobody reads more, and a hostile file has more than can be written down. */
const mostCircles = 200;

/** Circles of configurations that lead to each other; where there is any, at least one. */
function circlesIn(next: ReadonlyMap<string, readonly AnalysisEdge[]>): readonly (readonly AnalysisEdge[])[] {
  const circles: (readonly AnalysisEdge[])[] = [];
  const finished = new Set<string>();
  for (const start of next.keys()) {
    const path: { readonly key: string; tried: number; along: AnalysisEdge | null }[] = [];
    const places = new Map<string, number>();
    const enter = (key: string) => {
      places.set(key, path.length);
      path.push({ key, tried: 0, along: null });
    };
    if (circles.length < mostCircles && !finished.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = next.get(top.key)?.[top.tried];
      top.tried += 1;
      if (edge === undefined) {
        finished.add(top.key);
        places.delete(top.key);
        path.pop();
        continue;
      }
      top.along = edge;
      const back = places.get(edge.to.key);
      if (back !== undefined && circles.length < mostCircles)
        circles.push(path.slice(back).flatMap(({ along }) => along ?? []));
      else if (back === undefined && !finished.has(edge.to.key)) enter(edge.to.key);
    }
  }
  return circles;
}
