/** Decides whether the times at which instances start by themselves come at all, and may be started then. */
import type { Selector } from '../../schemas/process-definition.ts';
import { calendarNames, newestCalendar } from '../calendar/calendars.ts';
import { cronProblem, isTimeZone } from '../definition/cron.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { SourceNode } from '../definition/read-source.ts';
import { suggestName } from '../definition/suggest-name.ts';

export function checkSchedule(model: DefinitionModel, findings: FindingList): void {
  checkCalendar(model, findings);
  const node = memberOf(model.source, 'schedule');
  for (const one of node === undefined ? [] : (node.items ?? [node])) {
    const at = (member: string) => memberOf(one, member)?.position ?? one.position;
    const text = (member: string) => String(memberOf(one, member)?.value);
    const problem = cronProblem(text('cron'));
    if (problem !== null) {
      findings.error(
        'bad-schedule',
        at('cron'),
        `"${text('cron')}" never comes, because ${problem}. Write it as "0 7 * * 1": Mondays at seven.`,
      );
    }
    if (!isTimeZone(text('timeZone'))) {
      findings.error(
        'bad-schedule',
        at('timeZone'),
        `There is no time zone "${text('timeZone')}". Name one such as Asia/Ho_Chi_Minh.`,
      );
    }
    checkStarter(model, one, findings);
  }
}

function checkCalendar({ definition: { calendar }, source }: DefinitionModel, findings: FindingList): void {
  if (calendar === undefined || newestCalendar(calendar) !== null) return;
  findings.error(
    'unknown-calendar',
    memberOf(source, 'calendar')?.position ?? source.position,
    `There is no calendar "${calendar}". Known are ${calendarNames.join(', ')}.${suggestName(calendar, calendarNames)}`,
  );
}

/** Roles are the directory's to tell; where `start` names principals alone, the file tells it. */
function checkStarter(model: DefinitionModel, node: SourceNode, findings: FindingList): void {
  const starter = memberOf(node, 'as');
  const allow: readonly Selector[] = [model.definition.start.allow].flat();
  const named = allow.map(({ principal }) => (principal === undefined ? null : [principal].flat()));
  if (starter === undefined || named.some((names) => names === null || names.includes(String(starter.value))))
    return;
  findings.error(
    'nobody-can',
    starter.position,
    `"start" does not allow "${starter.value}". Add it there, or name a service that it allows.`,
  );
}
