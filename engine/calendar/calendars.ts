/** Every edition of every calendar there ever was, so that a record can be replayed by the one it names. */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { toDelay } from '../definition/duration.ts';
import type { Calendar } from './calendar.ts';
import { vietnamFirstEdition } from './vietnam.ts';

/** Oldest first; the last of each name is the one for new steps. */
const editions: { readonly [name: string]: readonly Calendar[] } = { vietnam: [vietnamFirstEdition] };

/** What a definition counts by that names no calendar. */
export const usualCalendar = 'vietnam';

export const calendarNames: readonly string[] = Object.keys(editions);

/** Null for one that this program does not know. */
export function calendarOfEdition(edition: string): Calendar | null {
  return (
    Object.values(editions)
      .flat()
      .find((one) => one.edition === edition) ?? null
  );
}

export function newestCalendar(name: string): Calendar | null {
  return (Object.hasOwn(editions, name) ? editions[name]?.at(-1) : undefined) ?? null;
}

type Counting = Pick<CompiledProcess, 'definition' | 'gates' | 'transitions'>;

/** A definition never changes, so this is found once. */
const known = new WeakMap<Counting, boolean>();

/** The edition that a step of this process is decided by now; null where it counts no working days. */
export function editionFor(process: Counting): string | null {
  const counts = known.get(process) ?? countsWorkingDays(process);
  known.set(process, counts);
  return counts ? (newestCalendar(process.definition.calendar ?? usualCalendar)?.edition ?? null) : null;
}

/** What a stimulus says of it. */
export function countedBy(process: Counting): { readonly calendar?: string } {
  const calendar = editionFor(process);
  return calendar === null ? {} : { calendar };
}

function countsWorkingDays({ gates, transitions }: Counting): boolean {
  const after = [...transitions.values()].some(
    ({ cause }) => cause.kind === 'after' && typeof toDelay(cause.delay) === 'object',
  );
  return (
    after ||
    [...gates.values()].some(({ gate }) =>
      [gate.due, gate.onOverdue?.remind].some((delay) => typeof delay === 'object'),
    )
  );
}
