/** What a change does to the ways between states: where they lead, who may take them, when, and what follows. */
import { parseDurationMs, toDelay } from '../definition/duration.ts';
import { selfAndAncestors, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { compareAllow } from './compare-allow.ts';
import { compareDelay } from './compare-gate-rules.ts';
import { tellAllow } from './compare-gates.ts';
import { compareInputs } from './compare-inputs.ts';
import { compareWords } from './compare-words.ts';
import { type Comparison, capital, nameTarget, nameTransition, type Places, quoted } from './comparison.ts';
import { placeOf } from './definition-side.ts';
import { causeKey, matchTransitions, type TransitionMatch } from './match-transitions.ts';

/** `matched`: by the state of the first definition. */
export function compareTransitions(
  comparison: Comparison,
  matched: ReadonlyMap<TreeState, TransitionMatch>,
): void {
  for (const [a, b] of comparison.match.pairs) {
    const found = matched.get(a);
    if (found === undefined) continue;
    for (const transition of found.removed) tellRemoved(comparison, transition, b);
    for (const transition of found.added) tellAdded(comparison, transition, a);
    for (const [before, after] of found.pairs) comparePair(comparison, before, after);
    compareOrder(comparison, found);
  }
}

export function matchAllTransitions({ match }: Comparison): ReadonlyMap<TreeState, TransitionMatch> {
  return new Map(match.pairs.map(([a, b]) => [a, matchTransitions(a, b, match)]));
}

function tellRemoved({ list }: Comparison, transition: TreeTransition, now: TreeState): void {
  const name = nameTransition(transition);
  const { forbidden, position, cause } = transition;
  if (forbidden) {
    list.add('event-permitted', `${capital(name)} is no longer forbidden.`, position, now.position);
  } else if (isOutcome(transition) && now.definition.gate !== undefined) {
    list.add('outcome-removed', `Reviewers lose ${name}.`, position, now.position);
  } else if (cause.kind === 'after') {
    list.add(
      'deadline-removed',
      `${capital(name)} is removed; it led to ${nameTarget(transition)}.`,
      position,
      now.position,
    );
  } else if (hasOther(transition, now)) {
    const message = `A candidate for ${name} is removed; it led to ${nameTarget(transition)}, and what is left takes its place.`;
    list.add('candidate-removed', message, position, now.position);
  } else {
    const message = `${capital(name)} is removed; it led to ${nameTarget(transition)}.`;
    list.add('transition-removed', message, position, now.position);
  }
}

function tellAdded({ list }: Comparison, transition: TreeTransition, before: TreeState): void {
  const name = nameTransition(transition);
  const { forbidden, position, cause } = transition;
  if (forbidden) {
    list.add('event-forbidden', `${capital(name)} is now forbidden.`, before.position, position);
  } else if (isOutcome(transition) && before.definition.gate !== undefined) {
    list.add(
      'outcome-added',
      `Reviewers gain ${name}, to ${nameTarget(transition)}.`,
      before.position,
      position,
    );
  } else if (cause.kind === 'after') {
    list.add(
      'deadline-added',
      `${capital(name)} is added; it leads to ${nameTarget(transition)}.`,
      before.position,
      position,
    );
  } else if (hasOther(transition, before)) {
    const message = `A candidate for ${name} is added; it leads to ${nameTarget(transition)}, and may be taken before others.`;
    list.add('candidate-added', message, before.position, position);
  } else {
    const message = `${capital(name)} is added; it leads to ${nameTarget(transition)}.`;
    list.add('transition-added', message, before.position, position);
  }
}

/** Whether `state`, of the file without the transition, or one around it, still answers the same call. */
function hasOther(transition: TreeTransition, state: TreeState): boolean {
  const key = causeKey(transition);
  const outside = transition.cause.kind === 'event';
  return [...(outside ? selfAndAncestors(state) : [state])].some(({ transitions }) =>
    transitions.some(
      (one) => one !== transition && (causeKey(one) === key || (outside && causeKey(one) === 'event.*')),
    ),
  );
}

/** A candidate that takes less leaves more to the others for the same call: less is not always safer. */
function tellExposed({ list }: Comparison, a: TreeTransition, b: TreeTransition, at: Places): void {
  if (!hasOther(a, a.source) && !hasOther(b, b.source)) return;
  const message = `What a candidate for ${nameTransition(b)} no longer takes may now be taken by another one.`;
  list.add('candidate-exposed', message, at.a, at.b);
}

function tellHidden({ list }: Comparison, a: TreeTransition, b: TreeTransition, at: Places): void {
  if (!hasOther(a, a.source) && !hasOther(b, b.source)) return;
  const message = `What a candidate for ${nameTransition(b)} now takes is no longer left to another one.`;
  list.add('candidate-hidden', message, at.a, at.b);
}

function isOutcome({ cause }: TreeTransition): boolean {
  return cause.kind === 'outcome';
}

function comparePair(comparison: Comparison, a: TreeTransition, b: TreeTransition): void {
  const { list, match } = comparison;
  const name = nameTransition(b);
  const places = placesOf(a, b);
  if (a.forbidden !== b.forbidden) {
    const code = a.forbidden ? 'event-permitted' : 'event-forbidden';
    const words = a.forbidden ? `is no longer forbidden and leads to ${nameTarget(b)}` : 'is now forbidden';
    list.add(code, `${capital(name)} ${words}.`, a.position, b.position);
    return;
  }
  const leads = a.target === null ? null : match.toB.get(a.target);
  if (leads !== b.target) {
    const at = places('target');
    const message = `${capital(name)} led to ${nameTarget(a)} and now leads to ${nameTarget(b)}.`;
    list.add('transition-retargeted', message, at.a, at.b);
  } else if (a.definition.target !== b.definition.target && a.target?.id === b.target?.id) {
    const at = places('target');
    const message = `${capital(name)} names its target ${b.definition.target ?? 'not'}; it is the same state.`;
    list.add('spelling-changed', message, at.a, at.b);
  }
  compareDeadlines(comparison, a, b);
  if (a.cause.kind === 'event') {
    const at = places('allow');
    const difference = compareAllow(a.definition.allow, b.definition.allow);
    if (difference.change !== 'same') {
      list.add(`allow-${difference.change}`, tellAllow(`Who may send ${name}`, difference), at.a, at.b);
      if (difference.change === 'narrowed') tellExposed(comparison, a, b, at);
      if (difference.change === 'widened') tellHidden(comparison, a, b, at);
    }
    compareInputs(list, name, a.definition.input, b.definition.input, places('input'));
  }
  compareGuards(comparison, a, b);
  compareAssignments(
    comparison,
    name,
    a.definition.assign ?? {},
    b.definition.assign ?? {},
    places('assign'),
  );
  if ((a.definition.reenter ?? false) !== (b.definition.reenter ?? false)) {
    const words =
      b.definition.reenter === true
        ? 'now leaves and enters its state again'
        : 'no longer leaves and enters its state again';
    const at = places('reenter');
    list.add('reentry-changed', `${capital(name)} ${words}.`, at.a, at.b);
  }
  compareWords(list, name, a.definition, b.definition, places);
}

function placesOf(a: TreeTransition, b: TreeTransition): (member: string) => Places {
  return (member) => ({
    a: placeOf(a.node, a.position, member),
    b: placeOf(b.node, b.position, member),
  });
}

function compareDeadlines({ list }: Comparison, a: TreeTransition, b: TreeTransition): void {
  if (a.cause.kind !== 'after' || b.cause.kind !== 'after') return;
  const [before, after] = [toDelay(a.cause.delay), toDelay(b.cause.delay)];
  const places = { a: a.position, b: b.position };
  compareDelay(`The deadline of state "${b.source.id}"`, before, after, places, list);
}

/** Also for the time an agent has. Durations of the same length are the same. */
export function tellDuration(
  list: Comparison['list'],
  what: string,
  before: string,
  after: string,
  places: Places,
): void {
  const [from, to] = [parseDurationMs(before) ?? Infinity, parseDurationMs(after) ?? Infinity];
  if (from === to) {
    if (before === after) return;
    const message = `${what} is written ${after} instead of ${before}, which is as long.`;
    list.add('spelling-changed', message, places.a, places.b);
    return;
  }
  const code = to < from ? 'deadline-shortened' : 'deadline-lengthened';
  const word = to < from ? 'shortened' : 'lengthened';
  list.add(code, `${what} is ${word} from ${before} to ${after}.`, places.a, places.b);
}

function compareGuards(comparison: Comparison, a: TreeTransition, b: TreeTransition): void {
  const { list } = comparison;
  const [before, after] = [a.definition.guard, b.definition.guard];
  if (before === after) return;
  const name = nameTransition(b);
  const at = placesOf(a, b)('guard');
  if (after === undefined) {
    list.add('guard-removed', `${capital(name)} no longer asks for ${quoted(before)}.`, at.a, at.b);
    tellHidden(comparison, a, b, at);
  } else if (before === undefined) {
    list.add('guard-added', `${capital(name)} now asks for ${quoted(after)}.`, at.a, at.b);
    tellExposed(comparison, a, b, at);
  } else {
    const message = `The condition of ${name} was ${quoted(before)} and is now ${quoted(after)}. Whether that lets more through cannot be decided from the file.`;
    list.add('guard-changed', message, at.a, at.b);
  }
}

/** Assignments decide what later conditions and reviewers see, so that any change of one is told. */
export function compareAssignments(
  { list }: Comparison,
  name: string,
  before: { readonly [field: string]: unknown },
  after: { readonly [field: string]: unknown },
  places: Places,
): void {
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [
      Object.hasOwn(before, field) ? before[field] : undefined,
      Object.hasOwn(after, field) ? after[field] : undefined,
    ];
    if (
      canonicalJson(from ?? null) === canonicalJson(to ?? null) &&
      (from === undefined) === (to === undefined)
    )
      continue;
    const message =
      to === undefined
        ? `${capital(name)} no longer sets "${field}"; it set it to ${quoted(from)}.`
        : from === undefined
          ? `${capital(name)} now sets "${field}" to ${quoted(to)}.`
          : `${capital(name)} set "${field}" to ${quoted(from)} and now sets it to ${quoted(to)}.`;
    list.add('assignment-changed', message, places.a, places.b);
  }
}

/** The first candidate that fits is taken, so that their order is part of what they mean. */
function compareOrder({ list }: Comparison, { pairs }: TransitionMatch): void {
  const last = new Map<string, number>();
  const inOrder = [...pairs].sort(([one], [other]) => indexOf(one) - indexOf(other));
  const told = new Set<string>();
  for (const [a, b] of inOrder) {
    const key = a.cause.kind === 'after' ? `after.${a.cause.delay}` : causeKey(a);
    const index = indexOf(b);
    if (index < (last.get(key) ?? -1) && !told.has(key)) {
      told.add(key);
      const message = `The candidates for ${nameTransition(b)} are tried in another order; the first that fits is taken.`;
      list.add('candidate-order-changed', message, a.position, b.position);
    }
    last.set(key, Math.max(index, last.get(key) ?? -1));
  }
}

function indexOf(transition: TreeTransition): number {
  return transition.source.transitions.indexOf(transition);
}
