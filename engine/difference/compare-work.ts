/**
 * What a change does to what reaches beyond the process: the work that states wait for, what undoes it,
 * messages, actions on documents, what operators may do, and the tasks, messages and documents declared.
 */
import type { Action } from '../../schemas/process-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { compareAllow } from './compare-allow.ts';
import { tellAllow } from './compare-gates.ts';
import { type Comparison, nameState, nameTransition, type Places, quoted } from './comparison.ts';
import { placeOf } from './definition-side.ts';
import type { DifferenceCode } from './difference-codes.ts';
import type { TransitionMatch } from './match-transitions.ts';

export function compareWork(comparison: Comparison, matched: ReadonlyMap<TreeState, TransitionMatch>): void {
  for (const [a, b] of comparison.match.pairs) {
    const places = (member: string): Places => ({
      a: placeOf(a.source, a.position, member),
      b: placeOf(b.source, b.position, member),
    });
    compareStateWork(comparison, a, b, places);
    for (const when of ['entry', 'exit'] as const) {
      const what = `${when === 'entry' ? 'entering' : 'leaving'} ${nameState(b)}`;
      compareEffects(comparison, what, a.definition[when], b.definition[when], places(when));
    }
    for (const [one, other] of matched.get(a)?.pairs ?? []) {
      const at = {
        a: placeOf(one.node, one.position, 'actions'),
        b: placeOf(other.node, other.position, 'actions'),
      };
      const [before, after] = [one.definition.actions, other.definition.actions];
      compareEffects(comparison, nameTransition(other), before, after, at);
    }
  }
  for (const section of ['tasks', 'messages', 'documents'] as const) compareDeclared(comparison, section);
  compareClocks(comparison);
}

/** By member: what it is called where it comes and goes. */
const works = { invoke: 'waits for work', compensate: 'can be undone' } as const;

function compareStateWork(
  { list }: Comparison,
  a: TreeState,
  b: TreeState,
  places: (member: string) => Places,
): void {
  for (const member of ['invoke', 'compensate'] as const) {
    const [before, after] = [a.definition[member], b.definition[member]];
    if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) continue;
    const at = places(member);
    const name = `"${b.id}"`;
    if (before === undefined)
      list.add('work-added', `State ${name} now ${works[member]}: ${quoted(after)}.`, at.a, at.b);
    else if (after === undefined)
      list.add(
        'work-removed',
        `State ${name} no longer ${works[member]}; it was ${quoted(before)}.`,
        at.a,
        at.b,
      );
    else {
      const message = `What state ${name} does as "${member}" was ${quoted(before)} and is now ${quoted(after)}.`;
      list.add('work-changed', message, at.a, at.b);
    }
  }
  const [before, after] = [a.definition.operator?.allow, b.definition.operator?.allow];
  const change = compareAllow(before, after);
  const at = places('operator');
  if (change.change !== 'same')
    list.add(`operator-${change.change}`, tellAllow(`Which operator acts in "${b.id}"`, change), at.a, at.b);
}

function compareEffects(
  { list }: Comparison,
  where: string,
  before: Action | readonly Action[] | undefined,
  after: Action | readonly Action[] | undefined,
  at: Places,
): void {
  const [from, to] = [effectsOf(before), effectsOf(after)];
  if (from.join('\n') === to.join('\n')) return;
  const added = to.filter((one) => !from.includes(one));
  const removed = from.filter((one) => !to.includes(one));
  for (const one of added) list.add('effect-added', `On ${where} there is now ${quoted(one)}.`, at.a, at.b);
  for (const one of removed)
    list.add('effect-removed', `On ${where} there is no longer ${quoted(one)}.`, at.a, at.b);
  if (added.length + removed.length > 0) return;
  list.add('effect-order-changed', `On ${where} the same things happen in another order.`, at.a, at.b);
}

function effectsOf(actions: Action | readonly Action[] | undefined): readonly string[] {
  const list = [actions ?? []].flat() as readonly Action[];
  return list.flatMap((action) =>
    Object.entries(action).flatMap(([name, what]) =>
      name === 'assign' ? [] : [`${name} ${canonicalJson(what as never)}`],
    ),
  );
}

function compareDeclared({ a, b, list }: Comparison, section: 'tasks' | 'messages' | 'documents'): void {
  const [before, after] = [a.definition[section] ?? {}, b.definition[section] ?? {}];
  const what = section.slice(0, -1);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [own(before, name), own(after, name)];
    if (canonicalJson((from ?? null) as never) === canonicalJson((to ?? null) as never)) continue;
    const places = {
      a: placeOf(a.source, a.source.position, section, name),
      b: placeOf(b.source, b.source.position, section, name),
    };
    const tell = (code: DifferenceCode, message: string) => list.add(code, message, places.a, places.b);
    if (from === undefined) tell('declaration-added', `The ${what} "${name}" is declared: ${quoted(to)}.`);
    else if (to === undefined) tell('declaration-removed', `The ${what} "${name}" is no longer declared.`);
    else tell('declaration-changed', `The ${what} "${name}" was ${quoted(from)} and is now ${quoted(to)}.`);
  }
}

function own(declared: object, name: string): unknown {
  return Object.hasOwn(declared, name) ? (declared as Record<string, unknown>)[name] : undefined;
}

/** When instances start by themselves, and by which calendar days are counted. */
function compareClocks({ a, b, list }: Comparison): void {
  for (const member of ['schedule', 'calendar'] as const) {
    const [before, after] = [a.definition[member], b.definition[member]];
    if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) continue;
    const what =
      member === 'schedule' ? 'When instances start by themselves' : 'The calendar of working days';
    const message = `${what} was ${quoted(before)} and is now ${quoted(after)}.`;
    const at = (side: typeof a) => placeOf(side.source, side.source.position, member);
    list.add(`${member}-changed`, message, at(a), at(b));
  }
}
