import type { ProcessDefinition, State } from '../../schemas/process-definition.ts';

/** What the file says of a state, by its id; nothing where it has no such state, and for the process itself. */
export function stateIn({ states }: ProcessDefinition, id: string): State {
  let at: State = { states };
  for (const name of id.split('.')) at = at.states?.[name] ?? {};
  return at;
}
