import { expect, test } from 'vitest';
import { compareDefinitions } from '../../../engine/difference/compare-definitions.ts';
import { readSide } from '../../../engine/difference/definition-side.ts';
import { DifferenceList } from '../../../engine/difference/difference.ts';
import { smallDefinition } from '../verify/support/small-definition.ts';

const base = smallDefinition({
  body: `tasks: { book: { worker: { role: booker } } }
messages: { answer: { keys: { number: "'1'" }, timeToLive: P1D } }
documents: { letter: {} }
schedule: { cron: "0 7 * * 1", timeZone: Asia/Ho_Chi_Minh, as: "service:clock" }
calendar: office
initial: booking
states:
  booking:
    entry: [{ document.draft: { input: { title: "'A'" } } }, { document.share: { input: { with: "['a']", purpose: "'p'", authority: "'q'" } } }]
    invoke: { task: book, timeout: PT5M }
    compensate: { task: book, timeout: PT1M }
    onDone: { target: done, actions: { send: { message: answer } } }
    onError: done
    operator: { allow: { role: operator }, skip: done }
  done: { type: final }
`,
});

function told(from: string, to: string): readonly string[] {
  if (!base.includes(from)) throw new Error(`Nothing reads ${from}.`);
  const [a, b] = [readSide(base, 'a').side, readSide(base.replace(from, to), 'b').side];
  if (a === null || b === null) throw new Error('One of them is no definition.');
  const list = new DifferenceList('a', 'b');
  compareDefinitions(a, b, list);
  return list.sorted().map(({ level, code }) => `${level} ${code}`);
}

test.each<[string, string, string]>([
  ['task: book, timeout: PT5M', 'task: book, timeout: PT1M', 'danger work-changed'],
  ['    compensate: { task: book, timeout: PT1M }\n', '', 'care work-removed'],
  ['worker: { role: booker }', 'worker: { role: other }', 'danger declaration-changed'],
  ['documents: { letter: {} }', 'documents: { letter: {}, more: {} }', 'care declaration-added'],
  ['timeToLive: P1D', 'timeToLive: P2D', 'danger declaration-changed'],
  [', actions: { send: { message: answer } }', '', 'care effect-removed'],
  ['title: "\'A\'"', 'title: "\'B\'"', 'danger effect-added'],
  ['allow: { role: operator }', 'allow: [{ role: operator }, { role: clerk }]', 'danger operator-widened'],
  ['skip: done }', 'skip: done, repair: [booking] }', 'danger transition-added'],
  ['0 7 * * 1', '0 8 * * 1', 'danger schedule-changed'],
  ['calendar: office', 'calendar: other', 'care calendar-changed'],
])('%j written as %j is told', (from, to, code) => {
  expect(told(from, to)).toContain(code);
});

test('nothing is told where only the writing differs', () => {
  expect(told('allow: { role: operator }, skip: done', 'skip: done, allow: { role: operator }')).toEqual([]);
});
