/**
 * Decides whether a principal matches the selectors of a rule. Default deny (P9): no rule means
 * nobody, and a condition that cannot be met is not met. It knows nothing of what the rule is for.
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import type { CompiledProcess, Scope } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { ActorSnapshot, Held } from './directory.ts';

/** All that is asked of the process: what its expressions are. */
export type WithSelectors = Pick<CompiledProcess, 'selectorExpressions'>;

/** Any of the selectors must hold, and in it every condition present. Throws `ExpressionError`. */
export function permits(
  allow: Allow | undefined,
  actor: ActorSnapshot,
  scope: Scope,
  process: WithSelectors,
): boolean {
  if (allow === undefined || actor.kind === 'engine') return false;
  if (!Array.isArray(allow)) return matches(allow, actor, scope, process);
  return allow.some((selector) => matches(selector, actor, scope, process));
}

/** The principal as expressions read it under the name `actor`. */
export function actorInScope(actor: ActorSnapshot): JsonObject {
  return {
    clearance: actor.clearance ?? '',
    competences: actor.competences ?? [],
    kind: actor.kind,
    person: actor.person,
    positions: actor.positions,
    principal: actor.principal,
    roles: actor.roles,
    unit: actor.unit,
  };
}

/** Cheap comparisons come first, so that a large directory costs an expression only for the few left over. */
function matches(selector: Selector, actor: ActorSnapshot, scope: Scope, process: WithSelectors): boolean {
  const { role, position, principal, body, unit, subunits, initiator, expression } = selector;
  if (role !== undefined && !holdsAny(role, actor.roles)) return false;
  if (position !== undefined && !holdsAny(position, actor.positions)) return false;
  if (body !== undefined && !holdsAny(body, actor.bodies ?? [])) return false;
  if (principal !== undefined && !holdsAny(principal, [actor.principal])) return false;
  if (initiator !== undefined && scope.initiator.person !== actor.person) return false;
  // Only a role, a position or a seat can be passed on; being somebody, or in a unit, cannot.
  if (actor.onBehalfOf !== undefined && role === undefined && position === undefined && body === undefined)
    return false;
  if (unit === undefined && subunits !== undefined) return false;
  if (unit !== undefined && !isInUnit(selector, unit, actor, scope, process)) return false;
  if (expression !== undefined && compiled(expression, process).evaluate(scope) !== true) return false;
  return Object.keys(selector).length > 0;
}

function holdsAny(wanted: string | readonly string[], held: readonly string[]): boolean {
  return typeof wanted === 'string' ? held.includes(wanted) : wanted.some((one) => held.includes(one));
}

/**
 * A role or position that the rule names must be held in the unit; without any, they must be of the unit, or hold
 * something there. A principal without a unit is in none, even where the expression gives none either.
 */
function isInUnit(
  { role, position, subunits }: Selector,
  unit: string,
  actor: ActorSnapshot,
  scope: Scope,
  process: WithSelectors,
): boolean {
  const wanted = unit.startsWith('unit:') ? unit : compiled(unit, process).evaluate(scope);
  if (typeof wanted !== 'string') return false;
  const isThere = (one: string | null) =>
    one !== null &&
    (one === wanted || (subunits === true && (memberOf(actor.unitsAbove ?? {}, one) ?? []).includes(wanted)));
  const { held } = actor;
  if (held === undefined) return isThere(actor.unit);
  const holdsThere = (kind: Held['kind'], names: string | readonly string[]) =>
    held.some((one) => one.kind === kind && holdsAny(names, [one.name]) && isThere(one.unit));
  if (role === undefined && position === undefined)
    return isThere(actor.unit) || held.some((one) => isThere(one.unit));
  return (
    (role === undefined || holdsThere('role', role)) &&
    (position === undefined || holdsThere('position', position))
  );
}

function compiled(source: string, process: WithSelectors) {
  const expression = process.selectorExpressions.get(source);
  if (expression === undefined) throw new Error(`The selector expression ${source} was not compiled.`);
  return expression;
}
