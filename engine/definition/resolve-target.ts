/**
 * What a `target` in the file refers to, by XState's own rules: a sibling (name), a path (name.child),
 * a child (.child) or an id (#id, #id.child).
 */
import type { SourceNode } from './read-source.ts';
import type { Building, TreeState } from './state-tree.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** The state meant, or null after a finding that says why there is none. */
export function resolveTarget(
  building: Building,
  source: TreeState,
  target: string,
  node: SourceNode,
): TreeState | null {
  // Where a decision or a proposal leads is for people to say.
  const decided = source.definition.gate !== undefined || source.definition.propose !== undefined;
  const fail: Fail = (message, at = 0, wrong = '', known = []) => {
    const fix = decided || wrong === '' ? [] : renameFix(node.within(at), wrong, known);
    building.findings.error('unknown-target', node.position, message, fix);
    return null;
  };
  if (target.startsWith('#')) {
    const [id = '', ...path] = target.slice(1).split('.');
    const start = id === building.process ? building.states.get('') : building.named.get(id);
    if (start === undefined) {
      const known = suggestName(id, building.named.keys());
      return fail(
        `No state has the id "${id}" that "${target}" refers to.${known}`,
        1,
        id,
        building.named.keys(),
      );
    }
    return follow(start, path, target, fail);
  }
  if (target.startsWith('.')) return follow(source, target.slice(1).split('.'), target, fail);
  if (source.parent === null) {
    const known = building.states.get('')?.children.has(target) ? ` Did you mean ".${target}"?` : '';
    return fail(`The process has no siblings: from here, name a child state with a dot.${known}`);
  }
  return follow(source.parent, target.split('.'), target, fail);
}

/** Answers null. `at` is where in the target the wrong name stands, `known` what may stand there. */
type Fail = (message: string, at?: number, wrong?: string, known?: Iterable<string>) => null;

function follow(start: TreeState, path: readonly string[], target: string, fail: Fail): TreeState | null {
  let at = start;
  let place = target.length - path.join('.').length;
  for (const name of path) {
    const next = at.children.get(name);
    if (next === undefined) {
      const inside = at.id === '' ? 'the process' : `state "${at.id}"`;
      return fail(
        `"${target}" names no state: ${inside} has no "${name}".${suggestName(name, at.children.keys())}`,
        place,
        name,
        at.children.keys(),
      );
    }
    at = next;
    place += name.length + 1;
  }
  if (at.parent === null)
    return fail(`"${target}" is the process itself. Name the state in it that is meant.`);
  return at;
}
