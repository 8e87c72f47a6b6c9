/**
 * Watching the watchers: how reviewers decide, for spotting approvals that nobody thought about. Figures for
 * auditors, by person and process; no ranking, and nothing that decides anything.
 */
import { isInstant } from '../definition/schema-formats.ts';
import type { GatePlace, ReviewerCount } from '../ledger/ledger.ts';
import type { Directory } from '../oversight/directory.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine, ReviewerFigures, ReviewerReport } from './engine-contract.ts';
import { refuse } from './refuse.ts';

/** Of fewer decisions no figure is told: it would say more about a few cases than about how somebody reviews. */
export const fewestDecisions = 5;

export const noteOnFigures =
  'These figures are for spotting approvals that nobody thought about, and for asking how the work can be made ' +
  'better. They are no measure of a person: cases differ, and so does the time they need. Where there are fewer ' +
  `than ${fewestDecisions} decisions no figure is given. Secret ballots are left out.`;

export function watchingDoors(world: BatchWorld): Pick<Engine, 'watchReviewers'> {
  return {
    async watchReviewers(caller, question) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      const refusal = checkRole(reader, engineRoles.audit, 'read how reviewers decide');
      if (refusal !== null) return refusal;
      const { process, from, until } = question;
      for (const instant of [from, until]) {
        if (instant !== null && !isInstant(instant)) return refuseInstant(instant);
      }
      const counts = await world.ledger.countReviewers(await openBallots(world, process), question);
      const { directory } = await world.directory.current();
      const items = counts
        .map((count) => figuresOf(directory, count))
        .sort(
          (one, other) =>
            compare(one.name, other.name) ||
            compare(one.person, other.person) ||
            compare(one.process, other.process),
        );
      const report: ReviewerReport = {
        note: noteOnFigures,
        fewest: fewestDecisions,
        process,
        from,
        until,
        items,
      };
      return { kind: 'done', value: report };
    },
  };
}

/** The gates at which people vote in the open, of every definition that has instances. */
async function openBallots(world: BatchWorld, process: string | null): Promise<readonly GatePlace[]> {
  const places: GatePlace[] = [];
  for (const hash of await world.ledger.listUsedDefinitions(process)) {
    const compiled = await world.processes.get(hash);
    for (const [state, { gate }] of compiled?.gates ?? []) {
      if (gate.ballot !== 'secret') places.push({ hash, state, binds: gate.binds ?? null });
    }
  }
  return places;
}

function figuresOf(directory: Directory, count: ReviewerCount): ReviewerFigures {
  const { person, process, decisions, medianMs, approvals, ofProposals, agreements, underAMinute } = count;
  const name = directory.principals.get(person)?.name ?? person;
  const share = (part: number, whole: number) =>
    whole < fewestDecisions ? null : Math.round((100 * part) / whole) / 100;
  const figures =
    decisions < fewestDecisions
      ? null
      : {
          decisions,
          medianSeconds: Math.round(medianMs / 1000),
          approvalRate: share(approvals, decisions) ?? 0,
          agreementRate: share(agreements, ofProposals),
          underAMinute,
        };
  return { person, name, process, figures };
}

const order = new Intl.Collator('vi');
const compare = (one: string, other: string) => order.compare(one, other);

const refuseInstant = (text: string) =>
  refuse(
    'bad-input',
    `There is no such time as ${text}.`,
    'Give a day of the calendar and a time of that day.',
  );
