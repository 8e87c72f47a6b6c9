/**
 * Says why an event moved nothing: every candidate that was looked at, and what kept it from being taken.
 * Authority comes before data and guards, so a refusal never tells anyone how a rule is guarded that they
 * may not use. Runs only after XState took nothing; the happy path never comes here.
 */
import type { AnyStateNode } from 'xstate';
import type { JsonObject } from '../../schemas/json.ts';
import {
  type CompiledProcess,
  type CompiledTransition,
  ExpressionError,
  type MachineEvent,
} from '../definition/compiled-process.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { activeNodes, stateIdOf } from './process-index.ts';
import { refuse } from './refuse.ts';
import type { Considered, Refusal } from './step.ts';
import type { StoredState } from './stored-state.ts';

/** `what` names the event in a sentence, such as "The event submit". */
export function explainCandidates(
  process: CompiledProcess,
  state: StoredState,
  event: MachineEvent,
  what: string,
): Refusal {
  const considered = candidatesFor(process, state, event.type).map((candidate) => consider(candidate, event));
  const reason = weightiest.find((one) => considered.some((candidate) => candidate.reason === one));
  return wording(reason, what, considered, whoMay(process, considered));
}

/** Of several reasons, the one that says most: who got as far as a guard was allowed and sent good data. */
const weightiest = ['expression-failed', 'guard-failed', 'bad-input', 'not-allowed', 'forbidden'] as const;

/** Candidates by XState's order: from the inside out, region by region; a forbidding state hides what is around. */
export function candidatesFor(
  process: CompiledProcess,
  state: StoredState,
  type: string,
): readonly CompiledTransition[] {
  const active = new Set(activeNodes(process, state.value));
  return candidatesWithin(process, process.machine.root, active, type).found;
}

/** XState asks the states around only where no region inside took the event, and forbidding it is taking it. */
function candidatesWithin(
  process: CompiledProcess,
  node: AnyStateNode,
  active: ReadonlySet<AnyStateNode>,
  type: string,
): { readonly found: readonly CompiledTransition[]; readonly hidden: boolean } {
  const inside = Object.values(node.states)
    .filter((child) => active.has(child))
    .map((child) => candidatesWithin(process, child, active, type));
  const found = inside.flatMap((one) => one.found);
  if (inside.some(({ hidden }) => hidden)) return { found, hidden: true };
  const here = candidatesAt(process, stateIdOf(node), type);
  return { found: [...found, ...here], hidden: here.some(({ forbidden }) => forbidden) };
}

function candidatesAt(process: CompiledProcess, state: string, type: string): readonly CompiledTransition[] {
  const byType = process.candidates.get(state);
  const exact = byType?.get(type) ?? [];
  if (exact.some(({ forbidden }) => forbidden)) return exact;
  const any = isInternal(type) ? [] : (byType?.get('*') ?? []);
  return [...exact, ...any];
}

const isInternal = (type: string) => type.startsWith('countersign.') || type.startsWith('xstate.');

function consider(candidate: CompiledTransition, event: MachineEvent): Considered {
  const { id, source, position, forbidden, allow, input, guard, cause } = candidate;
  const seen = (reason: Considered['reason'], detail: Considered['detail']): Considered => ({
    transition: id,
    from: source,
    position: { line: position.line, column: position.column },
    reason,
    detail,
  });
  try {
    if (forbidden) return seen('forbidden', null);
    if (cause.kind === 'event' && !event.permits(allow, event.scope))
      return seen('not-allowed', explainAllow(allow));
    const issues = input?.(event.scope.event) ?? [];
    if (issues.length > 0)
      return seen(
        'bad-input',
        issues.map(({ at, message }): JsonObject => ({ at, message })),
      );
    guard?.evaluate(event.scope);
    return seen('guard-failed', guard?.source ?? null);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return seen('expression-failed', error.message);
  }
}

function whoMay(process: CompiledProcess, considered: readonly Considered[]): string {
  const allows = considered
    .filter(({ reason }) => reason === 'not-allowed')
    .map(({ transition }) => explainAllow(process.transitions.get(transition)?.allow));
  return [...new Set(allows)].join(', or ');
}

function wording(
  reason: Considered['reason'] | undefined,
  what: string,
  considered: readonly Considered[],
  who: string,
): Refusal {
  switch (reason) {
    case 'not-allowed':
      return refuse('not-allowed', `${what} is open only to ${who}.`, `Ask ${who} to do it.`, { considered });
    case 'bad-input': {
      const issues = considered.flatMap(({ reason: why, detail }) =>
        why === 'bad-input' ? (detail as []) : [],
      );
      return refuse(
        'bad-input',
        `The data of ${lower(what)} does not fit its schema.`,
        'Correct the data and send it again.',
        {
          considered,
          issues,
        },
      );
    }
    case 'guard-failed':
      return refuse(
        'guard-failed',
        `${what} is not possible now: no guard of it holds.`,
        'See the guards under `considered`; change what they ask for, and try again.',
        {
          considered,
        },
      );
    case 'expression-failed':
      return refuse(
        'expression-failed',
        `${what} could not be decided: ${considered.find((one) => one.reason === 'expression-failed')?.detail}.`,
        'Nothing has changed. Ask the owner of the process to correct the definition.',
        { considered },
      );
    case 'forbidden':
      return refuse(
        'not-possible-here',
        `${what} is forbidden in this state.`,
        'Read the instance to see which events it takes now.',
        {
          considered,
        },
      );
    default:
      return refuse(
        'not-possible-here',
        `${what} is not taken by any active state.`,
        'Read the instance to see which events it takes now.',
      );
  }
}

const lower = (what: string) => what.charAt(0).toLowerCase() + what.slice(1);
