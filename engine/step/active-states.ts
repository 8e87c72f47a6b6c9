import type { Json } from '../../schemas/json.ts';

/**
 * Ids of the active leaf states in a stored state value, sorted: what an entry's `from` and `to` hold, and
 * what instances are searched by. An id is the path of state names joined by dots.
 */
export function activeStates(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  const leaves: string[] = [];
  collect(value, '', leaves);
  return leaves.sort();
}

function collect(value: Json, path: string, leaves: string[]): void {
  if (typeof value === 'string') {
    leaves.push(path === '' ? value : `${path}.${value}`);
    return;
  }
  // An atomic region of a parallel state has an empty object for its value.
  const children = Object.entries(value as { readonly [name: string]: Json });
  if (children.length === 0 && path !== '') leaves.push(path);
  for (const [name, child] of children) collect(child, path === '' ? name : `${path}.${name}`, leaves);
}
