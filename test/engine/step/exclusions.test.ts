import { expect, test } from 'vitest';
import { codeOf, compile, next, stepOf, walk } from './support/office.ts';
import { agent, decision, event, leaders, officer, person, proposal, start } from './support/people.ts';

const process = compile(`
decisions: { answer: { importance: ordinary } }
context:
  type: object
  additionalProperties: false
  properties:
    text: { type: string, maxLength: 100 }
    note: { type: string, maxLength: 100 }
    answer: { type: string, maxLength: 200, decision: answer }
start: { allow: { role: officer } }
initial: drafting
states:
  drafting:
    on:
      edit:
        allow: { role: leader }
        input: &text { type: object, required: [text], properties: { text: { type: string, maxLength: 100 } } }
        assign: { text: event.text }
      remark: { allow: { role: leader }, input: *text, assign: { note: event.text } }
      check: { allow: { role: officer }, target: checking }
      ask: { allow: { role: officer }, target: asking }
  checking:
    gate: { meaning: consider, reviewers: { role: leader }, exclude: ['drafter:text'], quorum: { approve: 2 } }
    on:
      approved: approving
      rejected: closed
      returned: drafting
      note: { allow: { role: officer }, input: *text, assign: { note: event.text } }
  approving:
    gate: { meaning: approve, reviewers: { role: leader }, exclude: ['gate:checking'] }
    on: { approved: issued, rejected: closed }
  asking:
    propose:
      decision: answer
      agent: { role: drafter }
      output: { type: object, required: [text], additionalProperties: false, properties: { text: { type: string, maxLength: 200 } } }
      timeout: PT5S
    onDone: deciding
    onError: drafting
  deciding:
    gate: { binds: answer, meaning: approve, reviewers: { role: leader } }
    on: { approved: { target: issued, assign: { answer: proposal.answer.text } }, rejected: closed }
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`);
const [ann, bo, cai, dan] = leaders;
if (ann === undefined || bo === undefined || cai === undefined || dan === undefined)
  throw new Error('no leaders');
const leadingOfficer = person('officer', 'officer', 'leader');

test('P3: who changed a field does not decide where its drafters are excluded, and others do', () => {
  const { standing } = walk(
    [
      start({ note: 'A' }),
      event('edit', { text: 'B' }, ann),
      event('remark', { text: 'C' }, bo),
      event('check'),
    ],
    process,
  );
  expect(standing.state.drafters).toEqual({ text: [ann.person] });
  const refused = next(standing, decision(standing.state, 'checking', ann), process);
  expect(refused).toMatchObject({ code: 'own-proposal', message: expect.stringContaining('drafted') });
  const otherAccount = { ...ann, principal: 'person:ann-again' };
  expect(codeOf(next(standing, decision(standing.state, 'checking', otherAccount), process))).toBe(
    'own-proposal',
  );
  expect(next(standing, decision(standing.state, 'checking', bo), process).kind).toBe('step');
});

test('P3: who starts with a field has drafted it', () => {
  const { standing } = walk([start({ text: 'A' }, leadingOfficer), event('check')], process);
  const given = decision(standing.state, 'checking', leadingOfficer, 'approve', { roster: [officer.person] });
  expect(codeOf(next(standing, given, process))).toBe('own-proposal');
});

test('who leaves a field as it was has not drafted it', () => {
  const { standing } = walk([start({ text: 'A' }), event('edit', { text: 'A' }, ann)], process);
  expect(standing.state.drafters).toEqual({ text: [officer.person] });
});

test('P3: who acted at a gate does not decide at one that excludes it, whatever they said there', () => {
  const { standing } = walk(
    [
      start({ text: 'A' }),
      event('check'),
      ({ state }) => decision(state, 'checking', ann),
      ({ state }) => decision(state, 'checking', bo, 'abstain'),
      ({ state }) => decision(state, 'checking', cai, 'recuse'),
      ({ state }) => decision(state, 'checking', dan),
    ],
    process,
  );
  for (const actor of [ann, bo, cai, dan]) {
    const refused = next(standing, decision(standing.state, 'approving', actor), process);
    expect(refused).toMatchObject({
      code: 'own-proposal',
      message: expect.stringContaining('gate checking'),
    });
  }
  const [, , , , eve] = leaders;
  if (eve === undefined) throw new Error('no leader');
  expect(stepOf(next(standing, decision(standing.state, 'approving', eve), process)).entry.to).toEqual([
    'issued',
  ]);
});

test('P3: a decision that is void by now was an act all the same', () => {
  const { standing } = walk(
    [
      start({ text: 'A' }),
      event('check'),
      ({ state }) => decision(state, 'checking', ann),
      event('note', { text: 'B' }),
      ({ state }) => decision(state, 'checking', bo),
      ({ state }) => decision(state, 'checking', cai),
    ],
    process,
  );
  expect(codeOf(next(standing, decision(standing.state, 'approving', ann), process))).toBe('own-proposal');
});

test('P3: where a unit operates the agent, nobody of it decides on what was proposed', () => {
  const { standing } = walk(
    [
      start({}),
      event('ask'),
      ({ state }) => proposal(state, 'asking', { payload: { text: 'x' }, operator: 'unit:lab' }, agent),
    ],
    process,
  );
  const { body, ...rest } = decision(standing.state, 'deciding', ann);
  if (body.kind !== 'decision') throw new Error('no decision');
  const within = { ...rest, body: { ...body, personBehind: { 'unit:lab': [ann.person, bo.person] } } };
  expect(codeOf(next(standing, within, process))).toBe('own-proposal');
  const outside = { ...within, actor: cai };
  expect(next(standing, outside, process).kind).toBe('step');
});
