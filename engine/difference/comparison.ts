/** What every part of the comparison shares, and how its sentences name things. */
import type { Position } from '../definition/compiled-process.ts';
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';
import type { DefinitionSide } from './definition-side.ts';
import type { DifferenceList } from './difference.ts';
import type { StateMatch } from './match-states.ts';

export interface Comparison {
  readonly a: DefinitionSide;
  readonly b: DefinitionSide;
  readonly match: StateMatch;
  readonly list: DifferenceList;
}

/** Where one thing stands in both files. */
export interface Places {
  readonly a: Position | null;
  readonly b: Position | null;
}

export function nameState(state: TreeState): string {
  return state.id === '' ? 'the process' : `state "${state.id}"`;
}

export function nameTransition({ source, cause }: TreeTransition): string {
  const where = source.id === '' ? 'of the process' : `in state "${source.id}"`;
  switch (cause.kind) {
    case 'event':
      return cause.event === '*' ? `any other event ${where}` : `event "${cause.event}" ${where}`;
    case 'outcome':
      return `outcome "${cause.outcome}" of gate "${source.id}"`;
    case 'after':
      return `the deadline ${cause.delay} ${where}`;
    case 'done':
      return `completion (onDone) ${where}`;
    case 'error':
      return `failure (onError) ${where}`;
    case 'overdue':
      return `being overdue (onOverdue) ${where}`;
    case 'message':
      return `message "${cause.message}" ${where}`;
    case 'skip':
      return `an operator's skip ${where}`;
    case 'repair':
      return `an operator's repair to ${cause.to} ${where}`;
    default:
      return `the way taken at once (${cause.kind}) ${where}`;
  }
}

export function nameTarget({ target, forbidden }: TreeTransition): string {
  return forbidden || target === null ? 'no other state' : `"${target.id}"`;
}

/** For the beginning of a sentence. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** A value of the file in a sentence, cut where nobody would read on. */
export function quoted(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 160 ? `${flat.slice(0, 160)}…` : flat;
}
