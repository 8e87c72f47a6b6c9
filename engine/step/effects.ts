/** The work a step leaves for the commit to write down: what is open now and was not, and the reverse. */
import { memberOf } from '../evidence/member-of.ts';
import { noticeName, noticesOf } from './notices.ts';
import type { Effect } from './step.ts';
import type { StoredState } from './stored-state.ts';

/** Closings come before openings, and names in order, so that the same step always lists the same effects. */
export function effectsBetween(before: StoredState | null, after: StoredState): readonly Effect[] {
  if (before !== null && isOpenAlike(before, after)) return [];
  const effects: Effect[] = [];
  for (const [state, { opened }] of gone(before?.gates, after.gates, sameOpening)) {
    effects.push({ kind: 'gate-closed', state, opened });
  }
  for (const [state, { opened }] of gone(before?.requests, after.requests, sameOpening)) {
    effects.push({ kind: 'proposal-request-closed', state, opened });
  }
  for (const [timer] of gone(before?.timers, after.timers, sameSetting))
    effects.push({ kind: 'timer-cleared', timer });
  for (const [state, { opened, dueAt }] of gone(after.gates, before?.gates, sameOpening)) {
    effects.push({ kind: 'gate-opened', state, opened, ...(dueAt === undefined ? {} : { dueAt }) });
  }
  for (const [state, request] of gone(after.requests, before?.requests, sameOpening)) {
    const { opened, decision, places } = request;
    const several = places === undefined ? {} : { places };
    effects.push({ kind: 'proposal-requested', state, opened, decision, ...several });
  }
  for (const [timer, { set, dueAt }] of gone(after.timers, before?.timers, sameSetting)) {
    effects.push({ kind: 'timer-set', timer, set, dueAt });
  }
  return [...effects, ...noticesBetween(before, after)];
}

/** Most steps open and close nothing, and leave these lists as they are. */
const isOpenAlike = (one: StoredState, other: StoredState) =>
  one.gates === other.gates && one.requests === other.requests && one.timers === other.timers;

function noticesBetween(before: StoredState | null, after: StoredState): readonly Effect[] {
  if (before?.gates === after.gates) return [];
  const was = new Set(before === null ? [] : noticesOf(before).map(noticeName));
  const is = new Set(noticesOf(after).map(noticeName));
  return [
    ...[...was.difference(is)].map((notice) => ({ kind: 'notice-taken-back', notice }) as const),
    ...[...is.difference(was)].map((notice) => ({ kind: 'notice-given', notice }) as const),
  ];
}

type Members<T> = { readonly [name: string]: T };

const none = {};
const sameOpening = (one: { opened: number }, other: { opened: number }) => one.opened === other.opened;
const sameSetting = (one: { set: number; dueAt: string }, other: { set: number; dueAt: string }) =>
  one.set === other.set && one.dueAt === other.dueAt;

/** Members of `here` that are not in `there`, or there only as another one of the same name. */
function gone<T>(
  here: Members<T> = none,
  there: Members<T> = none,
  same: (one: T, other: T) => boolean,
): readonly [string, T][] {
  if (here === there) return [];
  return Object.entries(here)
    .filter(([name, member]) => {
      const other = memberOf(there, name);
      return other === undefined || !same(member, other);
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
