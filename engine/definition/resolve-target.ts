/**
 * What a `target` in the file refers to, by XState's own rules: a sibling (name), a path (name.child),
 * a child (.child) or an id (#id, #id.child).
 */
import type { SourceNode } from './read-source.ts';
import type { Building, TreeState } from './state-tree.ts';
import { suggestName } from './suggest-name.ts';

/** The state meant, or null after a finding that says why there is none. */
export function resolveTarget(
  building: Building,
  source: TreeState,
  target: string,
  node: SourceNode,
): TreeState | null {
  const fail = (message: string): null => {
    building.findings.error('unknown-target', node.position, message);
    return null;
  };
  if (target.startsWith('#')) {
    const [id = '', ...path] = target.slice(1).split('.');
    const start = id === building.process ? building.states.get('') : building.named.get(id);
    if (start === undefined) {
      const known = suggestName(id, building.named.keys());
      return fail(`No state has the id "${id}" that "${target}" refers to.${known}`);
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

function follow(
  start: TreeState,
  path: readonly string[],
  target: string,
  fail: (message: string) => null,
): TreeState | null {
  let at = start;
  for (const name of path) {
    const next = at.children.get(name);
    if (next === undefined) {
      const inside = at.id === '' ? 'the process' : `state "${at.id}"`;
      return fail(
        `"${target}" names no state: ${inside} has no "${name}".${suggestName(name, at.children.keys())}`,
      );
    }
    at = next;
  }
  if (at.parent === null)
    return fail(`"${target}" is the process itself. Name the state in it that is meant.`);
  return at;
}
