import { expect, test } from 'vitest';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import type { GateAct, Stimulus } from '../../../engine/step/stimulus.ts';
import { codeOf, compile, next, stepOf, walk } from './support/office.ts';
import {
  agent,
  decision,
  event,
  leaders,
  officer,
  person,
  roster,
  start,
  stimulus,
} from './support/people.ts';

const process = compile(`
context: { type: object, additionalProperties: false, properties: { text: { type: string, maxLength: 100 } } }
start: { allow: { role: officer } }
initial: signing
states:
  signing:
    gate: { meaning: approve, reviewers: { role: leader }, exclude: [initiator], claim: PT2H }
    on: { approved: voting, rejected: closed, edit: { allow: { role: officer }, input: &text { type: object, required: [text], properties: { text: { type: string, maxLength: 100 } } }, assign: { text: event.text } } }
  voting:
    gate: { meaning: approve, reviewers: { role: leader }, quorum: { approve: 2 }, reassign: { role: secretary } }
    on: { approved: issued, rejected: closed }
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`);
const [ann, bo, cai] = leaders;
if (ann === undefined || bo === undefined || cai === undefined) throw new Error('no leaders');
const chief = person('chief', 'chief');
const later = (hours: number) =>
  new Date(Date.parse('2026-01-05T08:00:00.000Z') + hours * 3_600_000).toISOString();

function attend(
  gate: string,
  act: GateAct,
  actor: ActorSnapshot,
  more: { person?: string; text?: string; known?: boolean; time?: string } = {},
): (at: Standing) => Stimulus {
  const { person: named = null, text = null, known = true, time } = more;
  return ({ state }) =>
    stimulus(
      {
        kind: 'attend',
        gate,
        opened: state.gates[gate]?.opened ?? -1,
        act,
        person: named,
        text,
        known,
        roster,
      },
      actor,
      time,
    );
}
const opened = walk([start({ text: 'A' })], process).standing;
const after = (...moves: ((at: Standing) => Stimulus)[]): Standing => {
  let at = opened;
  for (const move of moves) {
    const step = stepOf(next(at, move(at), process));
    at = { seq: step.entry.seq, state: step.state };
  }
  return at;
};
const refused = (at: Standing, move: (at: Standing) => Stimulus) => codeOf(next(at, move(at), process));
const approve = (gate: string, actor: ActorSnapshot, time?: string) => (at: Standing) => ({
  ...decision(at.state, gate, actor),
  ...(time === undefined ? {} : { time }),
});

test('P1: who claims a gate holds it for a while, in one entry that moves nothing', () => {
  const step = stepOf(next(opened, attend('signing', 'claim', ann)(opened), process));
  expect(step.entry).toMatchObject({
    kind: 'attend',
    event: 'signing',
    attended: { gate: 'signing', opened: 1, act: 'claim' },
    to: ['signing'],
  });
  expect(step.state.gates.signing?.claim).toEqual({ person: ann.person, until: later(2) });
  expect({ ...step.state, gates: null }).toEqual({ ...opened.state, gates: null });
});

test('where one decision is enough the others wait while it is claimed, and no longer', () => {
  const claimed = after(attend('signing', 'claim', ann));
  expect(refused(claimed, approve('signing', bo))).toBe('already-claimed');
  expect(refused(claimed, attend('signing', 'claim', bo))).toBe('already-claimed');
  expect(refused(claimed, approve('signing', bo, later(2)))).toBe('step');
  expect(refused(claimed, approve('signing', ann))).toBe('step');
  const free = after(attend('signing', 'claim', ann), attend('signing', 'release', ann));
  expect(free.state.gates).toEqual(opened.state.gates);
  expect(refused(claimed, attend('signing', 'release', bo))).toBe('not-allowed');
});

test('where several decide a claim keeps nobody from deciding', () => {
  const voting = after(approve('signing', cai), attend('voting', 'claim', ann));
  expect(refused(voting, approve('voting', bo))).toBe('step');
  const voted = after(approve('signing', cai), attend('voting', 'claim', ann), approve('voting', ann));
  expect(voted.state.gates.voting?.claim).toBeUndefined();
});

test('P3: nobody claims who may not decide: no stranger, no initiator, no agent', () => {
  expect(refused(opened, attend('signing', 'claim', chief))).toBe('not-allowed');
  expect(refused(opened, attend('signing', 'claim', agent))).toBe('people-only');
  const both = { ...officer, roles: ['officer', 'leader'] };
  const own = attend('signing', 'claim', both)(opened);
  const body = { ...own.body, roster: [...roster, officer.person] } as Stimulus['body'];
  expect(codeOf(next(opened, { ...own, body }, process))).toBe('own-proposal');
});

test('who answers for the case hands the gate to another reviewer, with a reason, and to nobody else', () => {
  const to = (name: string, actor: ActorSnapshot, text = 'Away.') =>
    attend('signing', 'reassign', actor, { person: name, text });
  const handed = after(attend('signing', 'claim', ann), to(bo.person, chief));
  expect(handed.state.gates.signing?.claim).toEqual({ person: bo.person, until: later(2) });
  expect(refused(handed, approve('signing', ann))).toBe('already-claimed');
  expect(refused(handed, to(cai.person, bo))).toBe('step');
  expect(refused(handed, to(cai.person, ann))).toBe('not-allowed');
  expect(refused(opened, to(bo.person, chief, ' '))).toBe('reason-required');
  expect(refused(opened, to('person:chief', chief))).toBe('bad-input');
  expect(refused(opened, to(officer.person, chief))).toBe('bad-input');
});

test('where the file names who hands a gate on, nobody else does', () => {
  const voting = after(approve('signing', cai));
  const to = (actor: ActorSnapshot) =>
    attend('voting', 'reassign', actor, { person: bo.person, text: 'Away.' });
  expect(refused(voting, to(chief))).toBe('not-allowed');
  expect(refused(voting, to(person('sec', 'secretary')))).toBe('step');
});

test('P4: an opinion is asked of somebody, given by them alone, and decides nothing', () => {
  const ask = (name: string, actor = ann) =>
    attend('signing', 'ask', actor, { person: name, text: 'Is it lawful?' });
  const asked = after(ask('person:expert'));
  const step = stepOf(next(opened, ask('person:expert')(opened), process));
  expect(step.effects).toEqual([{ kind: 'notice-given', notice: 'signing person:expert opinion' }]);
  expect(refused(asked, ask('person:expert', bo))).toBe('bad-input');
  expect(refused(opened, ask('person:expert', chief))).toBe('not-allowed');
  expect(
    refused(opened, attend('signing', 'ask', ann, { person: 'person:x', text: 'Who?', known: false })),
  ).toBe('bad-input');
  const answer = (actor: ActorSnapshot, text = 'It is.') => attend('signing', 'answer', actor, { text });
  expect(refused(asked, answer(bo))).toBe('not-allowed');
  expect(refused(asked, answer(person('expert'), ''))).toBe('reason-required');
  const given = after(ask('person:expert'), answer(person('expert')));
  expect(given.state.gates.signing).toMatchObject({
    decisions: [],
    opinions: [{ askedBy: ann.person, person: 'person:expert', opinion: 'It is.' }],
  });
  expect(refused(given, answer(person('expert')))).toBe('not-allowed');
  expect(refused(asked, approve('signing', person('expert')))).toBe('not-allowed');
});

test('what is done at a gate is of one opening', () => {
  const claimed = after(attend('signing', 'claim', ann), ({ state }) => {
    expect(state.gates.signing?.claim).toBeDefined();
    return event('edit', { text: 'B' });
  });
  expect(claimed.state.gates.signing?.claim).toBeDefined();
  const stale = attend('voting', 'claim', ann)(claimed);
  expect(codeOf(next(claimed, stale, process))).toBe('stale');
});
