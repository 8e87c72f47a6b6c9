/** People, a service and an agent of a fictional office, and stimuli from them. */

import type { ActorSnapshot } from '../../../../engine/oversight/directory.ts';
import type {
  ProposalSubmission,
  Stimulus,
  StimulusBody,
  Verdict,
} from '../../../../engine/step/stimulus.ts';
import type { StoredState } from '../../../../engine/step/stored-state.ts';
import type { JsonObject } from '../../../../schemas/json.ts';

export function person(name: string, ...roles: string[]): ActorSnapshot {
  return {
    principal: `person:${name}`,
    kind: 'person',
    person: `person:${name}`,
    unit: 'unit:office',
    roles,
    positions: [],
  };
}

export const officer = person('officer', 'officer');
export const service: ActorSnapshot = {
  ...person('x', 'officer'),
  principal: 'service:mail',
  person: 'service:mail',
  kind: 'service',
};
export const agent: ActorSnapshot = {
  ...person('x', 'drafter', 'officer', 'leader'),
  principal: 'agent:pen',
  person: 'agent:pen',
  kind: 'agent',
};
export const engine: ActorSnapshot = {
  ...person('x'),
  principal: 'countersign',
  person: 'countersign',
  kind: 'engine',
};
export const leaders = ['ann', 'bo', 'cai', 'dan', 'eve'].map((name) => person(name, 'leader'));
export const roster = leaders.map(({ person: id }) => id);

export const startTime = '2026-01-05T08:00:00.000Z';

export function stimulus(body: StimulusBody, actor: ActorSnapshot, time = startTime): Stimulus {
  return { body, actor, authentication: ['key'], time, request: 'request-1' };
}

export const start = (data: JsonObject = {}, actor = officer) =>
  stimulus({ kind: 'start', data, responsible: ['person:chief'] }, actor);

export const event = (type: string, data: JsonObject = {}, actor = officer) =>
  stimulus({ kind: 'event', type, data }, actor);

export const submission: ProposalSubmission = {
  payload: { summary: 'On the new seal' },
  model: 'pen',
  modelVersion: '1',
  promptHash: '0'.repeat(64),
  rationale: 'The text says so.',
  confidence: 0.5,
  inputs: [],
  evidence: [],
  operator: null,
};

export function proposal(
  state: StoredState,
  at: string,
  given: Partial<ProposalSubmission> = {},
  actor = agent,
): Stimulus {
  const opened = state.requests[at]?.opened ?? -1;
  return stimulus({ kind: 'proposal', state: at, opened, proposal: { ...submission, ...given } }, actor);
}

export function decision(
  state: StoredState,
  gate: string,
  actor: ActorSnapshot,
  verdict: Verdict = 'approve',
  more: { reason?: string | null; roster?: readonly string[]; opened?: number; subject?: string } = {},
): Stimulus {
  const open = state.gates[gate];
  return stimulus(
    {
      kind: 'decision',
      gate,
      opened: more.opened ?? open?.opened ?? -1,
      subject: more.subject ?? open?.subject ?? '',
      verdict,
      reason: more.reason === undefined ? 'as seen' : more.reason,
      roster: more.roster ?? roster,
    },
    actor,
  );
}
