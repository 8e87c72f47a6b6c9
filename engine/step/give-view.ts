/**
 * Takes what a reviewer thinks of the case before the AI's proposal is shown to them. It decides nothing and
 * moves nothing: it is one entry on the record, and stays with the decision that follows.
 */
import { memberOf } from '../evidence/member-of.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { viewOf } from '../oversight/independent-view.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse, refuseInput } from './refuse.ts';
import { refuseReviewer } from './refuse-reviewer.ts';
import { scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';

/** Characters of a view. */
export const longestView = 20_000;

export function giveView(
  at: Case,
  state: StoredState,
  body: StimulusBody & { readonly kind: 'view' },
): Prepared | Refusal {
  const { process, seq, stimulus } = at;
  const { principal, person, kind } = stimulus.actor;
  if (kind !== 'person') {
    return refuse('people-only', 'Only people decide at a gate.', 'Let one of the reviewers give a view.');
  }
  const compiled = process.gates.get(body.gate);
  if (compiled?.gate.independentView !== true) {
    return refuse(
      'not-possible-here',
      `At ${body.gate} nobody is asked for a view of their own.`,
      'Read the gate, and decide there.',
    );
  }
  const open = memberOf(state.gates, body.gate);
  if (open === undefined || open.opened !== body.opened) {
    return refuse(
      'stale',
      'The gate has closed, or was opened anew since you read it.',
      'Read the gate again, and say what you think of what it shows now.',
    );
  }
  const scope = scopeOf(state, stimulus);
  const excluded = excludedPeople(process, compiled, state, scope, body.personBehind);
  const refusal = refuseReviewer(at, body, compiled, open, excluded, scope);
  if (refusal !== null) return refusal;
  if (viewOf(open, person) !== undefined) {
    return refuse(
      'already-decided',
      'You have given your view at this gate already, and it stays as it is.',
      'Read the gate again, and decide.',
    );
  }
  if (body.text.trim() === '' || body.text.length > longestView) {
    const message = `must say something, in ${longestView} characters at most`;
    return refuseInput('The view', [{ at: '/text', message }]);
  }
  const view = { principal, person, text: body.text, seq, time: stimulus.time };
  const gates = { ...state.gates, [body.gate]: { ...open, views: [...(open.views ?? []), view] } };
  return {
    kind: 'prepared',
    state: { ...state, gates },
    event: null,
    otherwise: null,
    decision: null,
    entry: { event: body.gate },
    what: 'The view',
  };
}
