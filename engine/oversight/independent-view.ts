/**
 * Where a process asks for a view of the reviewers' own, nobody decides on an AI's proposal without having said
 * first, unshown, what they think of the case: else the machine's words are the only ones on the table.
 */
import type { Gate } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { IndependentView, OpenGate, StoredState } from '../step/stored-state.ts';
import { proposalsOf } from './candidates.ts';

/** What this person said at this opening, if anything. */
export function viewOf({ views }: Pick<OpenGate, 'views'>, person: string): IndependentView | undefined {
  return views?.find((view) => view.person === person);
}

export function lacksView(gate: Gate, open: Pick<OpenGate, 'views'>, person: string): boolean {
  return gate.independentView === true && viewOf(open, person) === undefined;
}

/**
 * Gates that this person, were they one of the reviewers, would have to give a view at before they are shown the
 * proposal it binds: those that are open, and those still to come. By gate, the kind of decision it binds.
 */
export function gatesBeforeSight(
  process: CompiledProcess,
  state: Pick<StoredState, 'candidates' | 'gates' | 'proposals' | 'requests' | 'status'>,
  person: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (state.status === 'done') return found;
  for (const { state: name, gate } of process.gates.values()) {
    if (gate.independentView !== true || gate.binds === undefined) continue;
    const live = proposalsOf(state, gate.binds).filter(({ status }) => status === 'live');
    const coming = isComing(state, gate.binds);
    if (live.length === 0 && !coming) continue;
    const open = memberOf(state.gates, name);
    const isPassed = open === undefined && !coming && live.some(({ acts }) => acts.includes(gate.meaning));
    const hasSpoken = open !== undefined && (!lacksView(gate, open, person) || hasDecided(open, person));
    if (!isPassed && !hasSpoken) found.set(name, gate.binds);
  }
  return found;
}

/** Whether some of several proposals have come, while the request waits for the others. */
function isComing({ requests }: Pick<StoredState, 'requests'>, kind: string): boolean {
  return Object.values(requests).some(
    ({ decision, candidates }) => decision === kind && candidates !== undefined,
  );
}

const hasDecided = ({ decisions }: OpenGate, person: string) =>
  decisions.some((decision) => decision.person === person);
