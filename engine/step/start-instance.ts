/** Decides whether an instance may start, and with what. The machine's first state is not known here. */
import type { JsonObject } from '../../schemas/json.ts';
import type { SchemaIssue } from '../definition/compiled-process.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { permits } from '../oversight/permits.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse, refuseInput } from './refuse.ts';
import { initiatorOf, machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';

/** Authority first, then someone responsible (Article 27.2b), then the data. */
export function startInstance(at: Case, body: StimulusBody & { kind: 'start' }): Prepared | Refusal {
  const { process, stimulus } = at;
  if (stimulus.actor.kind === 'agent') {
    return refuse(
      'people-only',
      'An agent only hands in proposals; it starts nothing.',
      'Let a person or a service start it.',
    );
  }
  const state = blankState(body, stimulus.actor);
  const scope = scopeOf(state, stimulus, body.data);
  const { allow } = process.definition.start;
  if (!permits(allow, stimulus.actor, scope, process)) {
    const who = explainAllow(allow);
    return refuse('not-allowed', `Only ${who} may start this process.`, `Ask ${who} to start it.`);
  }
  if (body.responsible.length === 0) {
    return refuse(
      'nobody-responsible',
      `Nobody holds the role ${process.definition.responsible.role}, so nobody would answer for this instance (Article 27.2b).`,
      'Give the role to a person in the directory, then start again.',
    );
  }
  const fieldIssues = decisionFieldIssues(at, body.data);
  const issues = fieldIssues.length > 0 ? fieldIssues : process.checkStart(body.data);
  if (issues.length > 0) return refuseInput('The data for the start', issues);
  const event = machineEvent('xstate.init', scope, process, stimulus);
  return {
    kind: 'prepared',
    state,
    event,
    otherwise: null,
    decision: null,
    entry: { event: 'start' },
    what: 'The start',
  };
}

function blankState(body: StimulusBody & { kind: 'start' }, actor: Case['stimulus']['actor']): StoredState {
  return {
    context: body.data,
    gates: {},
    history: {},
    initiator: initiatorOf(actor),
    output: null,
    proposals: {},
    requests: {},
    responsible: [...body.responsible].sort(),
    status: 'active',
    timers: {},
    value: {},
  };
}

/** A field that only an approved proposal may write cannot come with the start either (P2). */
function decisionFieldIssues({ process }: Case, data: JsonObject): readonly SchemaIssue[] {
  return Object.keys(data)
    .filter((field) => process.decisionFields.has(field))
    .map((field) => ({
      at: `/${field}`,
      message: `is written only by an approved proposal of ${process.decisionFields.get(field)}`,
    }));
}
