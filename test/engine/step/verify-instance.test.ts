import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { commitmentOf, sha256Hex } from '../../../engine/evidence/sha256.ts';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import { replayInstance } from '../../../engine/step/replay-instance.ts';
import {
  type InstanceOnTrial,
  type RecordedEntry,
  verifyInstance,
} from '../../../engine/step/verify-instance.ts';
import { chart } from './support/chart.ts';
import { officeProcess, walk } from './support/office.ts';
import { decision, event, leaders, proposal, start } from './support/people.ts';
import { record } from './support/record.ts';

const [, bo] = leaders as [ActorSnapshot, ActorSnapshot];
const { steps } = walk([
  start({ text: 'A', about: 'person:zed' }),
  event('edit', { text: 'Trích yếu' }),
  event('submit'),
  ({ state }: Standing) => proposal(state, 'proposing'),
  ({ state }: Standing) => decision(state, 'approving', bo),
]);
const whole = record(steps, officeProcess);
const codes = (trial: InstanceOnTrial) => verifyInstance(trial).map(({ code, seq }) => `${code}@${seq}`);
const withEntry = (seq: number, change: Partial<RecordedEntry>): InstanceOnTrial => ({
  ...whole,
  entries: whole.entries.map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry)),
});
const entryAt = (seq: number): RecordedEntry => {
  const entry = whole.entries[seq - 1];
  if (entry === undefined) throw new Error(`No entry ${seq}.`);
  return entry;
};

test('P5: a record that nobody touched has no problems', () => {
  expect(verifyInstance(whole)).toEqual([]);
});

test('P7: replay leads to the stored state bit for bit, entry by entry', () => {
  const states = [...replayInstance(officeProcess, whole.entries)].map(({ seq, result }) =>
    result.kind === 'step' ? [seq, canonicalJson(result.state)] : result,
  );
  expect(states).toEqual(steps.map(({ state, entry }) => [entry.seq, canonicalJson(state)]));
  expect(
    verifyInstance(
      record(
        walk([start({}), event('next'), event('more'), event('pause'), event('resume')], chart).steps,
        chart,
      ),
    ),
  ).toEqual([]);
});

test('P5: every byte of every entry counts: whichever is changed, the entry is named', () => {
  for (const { seq, text } of whole.entries) {
    for (let at = 0; at < text.length; at += 1) {
      const changed = `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
      const problems = verifyInstance(withEntry(seq, { text: changed }));
      expect([at, problems[0]?.seq, problems[0]?.code]).toEqual([at, seq, 'entry-altered']);
      // The neighbours are whole, and nobody says otherwise.
      expect(problems.filter((problem) => problem.seq !== seq && problem.seq !== seq + 1)).toEqual([]);
    }
  }
}, 60_000);

test('P5: an entry rewritten together with its hash breaks the chain at the next one, and disagrees with replay', () => {
  const text = entryAt(2).text.replace('person:officer', 'person:nobody!');
  expect(codes(withEntry(2, { text, hash: sha256Hex(text) }))).toEqual([
    'replay-differs@2',
    'chain-broken@3',
  ]);
});

test('P5: a last entry rewritten together with its hash is not the head of the instance', () => {
  const text = entryAt(5).text.replace('person:bo', 'person:ann');
  expect(codes(withEntry(5, { text, hash: sha256Hex(text) }))).toEqual([
    'head-differs@5',
    'replay-differs@5',
  ]);
});

test('P5: even a whole chain rewritten from one entry on disagrees with what the definition makes of it', () => {
  const forged = whole.entries.slice(0, 4);
  const text = entryAt(5).text.replace('"verdict":"approve"', '"verdict":"reject"');
  const entries = [...forged, { ...entryAt(5), text, hash: sha256Hex(text) }];
  expect(codes({ ...whole, entries, head: sha256Hex(text) })).toEqual(['replay-differs@5']);
});

test('P5: removed, repeated and moved entries are told apart', () => {
  const without = (seq: number) => ({
    ...whole,
    entries: whole.entries.filter((entry) => entry.seq !== seq),
  });
  expect(codes(without(3))).toContain('entry-missing@3');
  expect(codes(without(1))).toContain('entry-missing@1');
  expect(codes(without(5))).toEqual(['entry-missing@5']);
  expect(verifyInstance({ ...whole, entries: [] })[0]?.message).toBe('The entries 1 to 5 are missing.');
  expect(codes({ ...whole, entries: [...whole.entries.slice(0, 2), ...whole.entries.slice(1)] })).toContain(
    'entry-duplicated@2',
  );
  expect(codes({ ...whole, seq: 4, head: entryAt(4).hash })).toContain('head-differs@5');
});

test('P5: an entry of another instance, or of another definition, does not belong here', () => {
  const stray = entryAt(2).text.replace('"case-1"', '"case-2"');
  expect(codes({ ...withEntry(2, { text: stray, hash: sha256Hex(stray) }) })).toContain('entry-altered@2');
  expect(codes({ ...whole, definition: 'f'.repeat(64) })).toContain('entry-altered@1');
});

test('P5: changed data, salts and removed content are found at their entry', () => {
  const data = entryAt(2).data?.replace('Trích yếu', 'Trích yêu') ?? '';
  expect(codes(withEntry(2, { data }))[0]).toBe('content-altered@2');
  expect(codes(withEntry(2, { dataSalt: '0'.repeat(64) }))).toEqual(['content-altered@2']);
  expect(codes(withEntry(2, { dataSalt: 'no salt' }))).toEqual(['content-altered@2']);
  expect(codes(withEntry(2, { data: null }))).toEqual(['content-missing@2']);
  expect(codes(withEntry(2, { changedSalt: '0'.repeat(64) }))).toEqual(['content-altered@2']);
  expect(codes(withEntry(2, { changedSalt: null }))).toEqual(['content-altered@2']);
  expect(codes(withEntry(4, { changedSalt: '0'.repeat(64) }))).toEqual(['content-altered@4']);
  expect(codes(withEntry(2, { data: 'not JSON' }))).toEqual(['content-altered@2']);
});

test('P5: a stimulus forged with a fitting commitment is still not what the entry says happened', () => {
  const { data, dataSalt, text } = entryAt(5);
  const forged = (data ?? '')
    .replace('"principal":"person:bo"', '"principal":"person:ann"')
    .replace('"person":"person:bo"', '"person":"person:ann"');
  const committed = commitmentOf(dataSalt ?? '', forged);
  const entry = canonicalJson({ ...JSON.parse(text), data: committed });
  const trial = {
    ...withEntry(5, { data: forged, text: entry, hash: sha256Hex(entry) }),
    head: sha256Hex(entry),
  };
  expect(codes(trial)).toEqual(['replay-differs@5', 'state-differs@5']);
});

test('P5: a changed state is found by replay', () => {
  const state = whole.state.replace('On the new seal', 'On the old seal');
  expect(codes({ ...whole, state })).toEqual(['state-differs@5']);
  expect(codes({ ...whole, state: '' })).toEqual(['state-differs@5']);
});

test('P5: a record that the definition refuses is named where it does', () => {
  const elsewhere = { ...chart, hash: officeProcess.hash };
  expect(codes({ ...whole, process: elsewhere })).toEqual(['replay-differs@1']);
});

test('without the pinned definition the chain is still checked, and what is lacking is said', () => {
  expect(codes({ ...whole, process: null })).toEqual(['definition-missing@0']);
  expect(codes({ ...whole, process: chart })).toEqual(['definition-missing@0']);
});
