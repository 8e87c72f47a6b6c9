/**
 * What somebody does in a scenario -> the stimulus it is, for an instance that stands as it does now: which
 * opening of a gate they see, and which request they answer.
 */
import type { Json } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import { proposalsOf } from '../oversight/candidates.ts';
import { activeStates } from '../step/active-states.ts';
import type { StimulusBody, Verdict } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { Act } from './scenario.ts';

/** A stimulus less what only the directory can say. */
export type WishedBody =
  | Omit<Extract<StimulusBody, { kind: 'start' }>, 'responsible'>
  | Extract<StimulusBody, { kind: 'event' }>
  | (Omit<Extract<StimulusBody, { kind: 'decision' }>, 'roster' | 'verdict' | 'ballot'> & {
      readonly verdict: Verdict;
    })
  | Omit<Extract<StimulusBody, { kind: 'count' }>, 'roster' | 'ballots'>
  | Omit<Extract<StimulusBody, { kind: 'view' }>, 'roster'>
  | Extract<StimulusBody, { kind: 'proposal' }>
  | Extract<StimulusBody, { kind: 'timer' }>;

/** The scenario itself makes no sense here. */
export interface Impossible {
  readonly kind: 'impossible';
  readonly expected: Json;
  readonly actual: Json;
  readonly message: string;
}

export type ActOfSomebody = Exclude<Act, { kind: 'advance' }>;

/** `state` is null before the start. */
export function toWishedBody(
  process: CompiledProcess,
  state: StoredState | null,
  act: ActOfSomebody,
): WishedBody | Impossible {
  if (act.kind === 'start')
    return state === null ? act : impossible('nothing has started', 'an instance', oneInstance);
  if (state === null) return impossible('an instance', 'nothing', notStarted);
  if (act.kind === 'event') return act;
  if (act.kind === 'proposal') return toProposal(process, state, act);
  const open = memberOf(state.gates, act.gate);
  if (act.kind === 'view') return { ...act, opened: open?.opened ?? 0 };
  const seen = { opened: open?.opened ?? 0, subject: open?.subject ?? nothing };
  if (act.kind === 'count') return { ...act, ...seen };
  const { choice, ...decision } = act;
  return { ...decision, ...seen, ...(choice === undefined ? {} : { choice: digestOf(process, state, act) }) };
}

const nothing = '0'.repeat(64);

/** Of what the agent proposed; of nothing, where that does not lie before the gate. */
function digestOf(
  process: CompiledProcess,
  state: StoredState,
  { gate, choice }: Extract<Act, { kind: 'decision' }>,
): string {
  const kind = process.gates.get(gate)?.gate.binds;
  const known = kind === undefined ? [] : proposalsOf(state, kind);
  return known.find(({ proposer }) => proposer === choice?.id)?.digest ?? nothing;
}

export const notStarted = 'Nothing has started yet. Let somebody start it first.';
const oneInstance = 'A scenario plays one instance. Start the next one in a scenario of its own.';

function toProposal(
  process: CompiledProcess,
  state: StoredState,
  { at, payload, operator }: Extract<Act, { kind: 'proposal' }>,
): WishedBody | Impossible {
  const asking = Object.keys(state.requests);
  if (at === null && asking.length > 1) {
    return impossible('one request', asking, 'Several states ask for a proposal. Say which one with "at".');
  }
  // Where nobody asks it is handed in all the same: a scenario may show that it is refused.
  const [anyAsking = activeStates(state.value)[0] ?? ''] = process.proposes.keys();
  const place = at ?? asking[0] ?? anyAsking;
  const proposal = {
    payload,
    model: 'scenario',
    modelVersion: '1',
    promptHash: '0'.repeat(64),
    rationale: 'A scenario test.',
    confidence: null,
    inputs: [],
    evidence: [],
    operator,
  };
  return { kind: 'proposal', state: place, opened: memberOf(state.requests, place)?.opened ?? 0, proposal };
}

const impossible = (expected: Json, actual: Json, message: string): Impossible => ({
  kind: 'impossible',
  expected,
  actual,
  message,
});

/** The timer that comes due first, at the latest by then; at the same time by name. */
export function nextTimer(
  state: StoredState | null,
  untilMs: number,
): { readonly timer: string; readonly set: number; readonly dueMs: number } | null {
  const [next] = Object.entries(state?.timers ?? {})
    .map(([timer, { set, dueAt }]) => ({ timer, set, dueMs: Date.parse(dueAt) }))
    .filter(({ dueMs }) => dueMs <= untilMs)
    .sort((one, other) => one.dueMs - other.dueMs || (one.timer < other.timer ? -1 : 1));
  return next ?? null;
}
