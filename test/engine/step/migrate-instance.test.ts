import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import { nextStep, type Standing } from '../../../engine/step/next-step.ts';
import { replayInstance } from '../../../engine/step/replay-instance.ts';
import type { Refusal, Step } from '../../../engine/step/step.ts';
import { codeOf, instance, stepOf, walk } from './support/office.ts';
import {
  agent,
  decision,
  event,
  leaders,
  officer,
  person,
  proposal,
  service,
  start,
  stimulus,
} from './support/people.ts';
import { changed, migrate, migrationStimulus, operator, version } from './support/versions.ts';

const text = `
decisions:
  post: { importance: important }
context:
  type: object
  additionalProperties: false
  properties:
    text: { type: string, maxLength: 100 }
    late: { type: boolean }
    post: { type: string, maxLength: 200, decision: post }
index: [text]
start: { allow: { role: officer } }
initial: drafting
states:
  drafting:
    on:
      submit: { allow: { role: officer }, target: checking }
      appoint: { allow: { role: officer }, target: nominating }
      both: { allow: { role: officer }, target: parts }
    after: { PT1H: { assign: { late: true } } }
  checking:
    gate: { meaning: approve, reviewers: { role: leader }, quorum: { approve: 2 } }
    on: { approved: filing, returned: drafting, rejected: closed }
  filing:
    on: { file: { allow: { role: officer }, target: filed } }
  nominating:
    propose:
      decision: post
      agent: { role: drafter }
      timeout: PT5M
      output: { type: object, required: [summary], properties: { summary: { type: string, maxLength: 200 } } }
    onDone: considering
    onError: drafting
  considering:
    gate: { binds: post, meaning: consider, reviewers: { role: leader } }
    on: { approved: appraising, rejected: closed }
  appraising:
    gate: { binds: post, meaning: appraise, reviewers: { role: leader } }
    on: { approved: voting, rejected: closed }
  voting:
    gate: { binds: post, meaning: approve, reviewers: { role: leader } }
    on: { approved: { assign: { post: proposal.post.summary }, target: appointed }, rejected: closed }
  appointed:
    on: { file: { allow: { role: officer }, target: filed } }
  parts:
    type: parallel
    onDone: filed
    states:
      left:
        initial: one
        states:
          one: { on: { next: { allow: { role: officer }, target: two } } }
          two: { type: final }
      right:
        initial: open
        states:
          past: { type: history }
          open: { on: { end: { allow: { role: officer }, target: ended } } }
          ended: { type: final }
  filed: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;
const first = version(text);
const second = version(changed(text, ['maxLength: 100', 'maxLength: 120']));

const [ann, bo] = leaders as [ActorSnapshot, ActorSnapshot];
const propose = ({ state }: Standing) => proposal(state, 'nominating');
const decide =
  (gate: string, actor = ann) =>
  ({ state }: Standing) =>
    decision(state, gate, actor);
const at = (...moves: Parameters<typeof walk>[0]) => walk([start(), ...moves], first.process).standing;
const drafting = at();
const checking = at(event('submit'), decide('checking'));
const nominating = at(event('appoint'));
const considering = at(event('appoint'), propose);
const appraising = at(event('appoint'), propose, decide('considering'));
const voting = at(event('appoint'), propose, decide('considering'), decide('appraising'));
const appointed = at(
  event('appoint'),
  propose,
  decide('considering'),
  decide('appraising'),
  decide('voting'),
);
const parts = at(event('both'), event('next'));

const issuesOf = (result: Step | Refusal) =>
  result.kind === 'refusal' ? (result.issues ?? []).map(({ at: place }) => place) : 'step';
const go = (standing: Standing, step: Step): Standing => ({ seq: standing.seq + 1, state: step.state });

test('P1, P7: a migration is one entry that names both definitions, and runs no action', () => {
  const step = stepOf(migrate(drafting, first, second));
  expect(step.entry).toMatchObject({
    seq: 2,
    kind: 'migration',
    event: 'migration',
    definition: second.process.hash,
    migration: { from: first.process.hash },
    from: ['drafting'],
    to: ['drafting'],
    actor: { principal: 'person:operator' },
  });
  expect(step.taken).toEqual([]);
  expect(step.changed).toBeNull();
  expect(step.data).toMatchObject({ body: { reason: 'The rules changed.' } });
});

test('P9: only a person with the role of a process operator migrates, and gives a reason', () => {
  const by = (actor: ActorSnapshot) => codeOf(migrate(drafting, first, second, {}, { actor }));
  expect(by(officer)).toBe('not-allowed');
  expect(by({ ...service, roles: operator.roles })).toBe('people-only');
  expect(by({ ...agent, roles: operator.roles })).toBe('people-only');
  expect(codeOf(migrate(drafting, first, second, {}, { reason: ' ' }))).toBe('reason-required');
  expect(codeOf(migrate(drafting, first, second, {}, { responsible: [] }))).toBe('nobody-responsible');
});

test('who answers for the instance is settled anew under the other definition', () => {
  const step = stepOf(migrate(drafting, first, second, {}, { responsible: ['person:z', 'person:b'] }));
  expect(step.entry.responsible).toEqual(['person:b', 'person:z']);
});

test('a migration names the definition the instance is on and another version of the same process', () => {
  const third = version(changed(text, ['maxLength: 100', 'maxLength: 150']));
  expect(codeOf(migrate(drafting, third, second))).toBe('step');
  const wrong = nextStep(first.process, instance, drafting, migrationStimulus(third, second), second);
  expect(codeOf(wrong)).toBe('stale');
  expect(codeOf(migrate(drafting, first, first))).toBe('bad-input');
  const missing = nextStep(first.process, instance, drafting, migrationStimulus(first, second), null);
  expect(codeOf(missing)).toBe('definition-unknown');
  const mixed = nextStep(first.process, instance, drafting, migrationStimulus(first, second), third);
  expect(codeOf(mixed)).toBe('definition-unknown');
});

test('what ended stays ended under its own definition', () => {
  const { standing } = walk([start(), event('both'), event('next'), event('end')], first.process);
  expect(codeOf(migrate(standing, first, second))).toBe('finished');
});

test('a map that names states that are not there is refused as a whole', () => {
  const refusal = migrate(drafting, first, second, {
    nowhere: 'drafting',
    drafting: 'neverland',
    filing: [],
  });
  expect(codeOf(refusal)).toBe('bad-input');
  expect(issuesOf(refusal)).toEqual(['/map/drafting', '/map/filing', '/map/nowhere']);
});

test('an instance in a state that is gone is blocked until the map says where it goes', () => {
  const renamed = version(text.replaceAll('drafting', 'writing'));
  const refusal = migrate(drafting, first, renamed);
  expect(codeOf(refusal)).toBe('not-possible-here');
  expect(issuesOf(refusal)).toEqual(['drafting']);
  expect(codeOf(migrate(drafting, first, renamed, { drafting: null }))).toBe('not-possible-here');
  expect(stepOf(migrate(drafting, first, renamed, { drafting: 'writing' })).state.value).toBe('writing');
});

test('a state of the same name that became something else is not entered unasked', () => {
  const gated = version(
    changed(text, [
      'filing:\n    on: { file: { allow: { role: officer }, target: filed } }',
      'filing:\n    gate: { meaning: consider, reviewers: { role: leader } }\n    on: { approved: filed, rejected: closed }',
    ]),
  );
  const standing = at(event('submit'), decide('checking'), decide('checking', bo));
  expect(codeOf(migrate(standing, first, gated))).toBe('not-possible-here');
  // By name it may be: the gate then opens, and people decide.
  const step = stepOf(migrate(standing, first, gated, { filing: 'filing' }));
  expect(step.state.gates.filing).toMatchObject({ opened: standing.seq + 1, decisions: [] });
});

test('a migration ends nothing: a final state is no place to go', () => {
  expect(codeOf(migrate(drafting, first, second, { drafting: 'closed' }))).toBe('not-possible-here');
  expect(codeOf(migrate(parts, first, second, { 'parts.right.open': 'parts.right.ended' }))).toBe(
    'not-possible-here',
  );
});

test('data that does not fit the other schema blocks, and every member is listed', () => {
  const strict = version(
    changed(
      text,
      ['text: { type: string, maxLength: 100 }', 'text: { type: string, maxLength: 2 }'],
      ['late: { type: boolean }', 'late: { type: boolean }\n    must: { type: string, maxLength: 5 }'],
      ['additionalProperties: false', 'additionalProperties: false\n  required: [must]'],
      [
        'start: {',
        'start: { input: { type: object, required: [must], properties: { must: { type: string, maxLength: 5 } } }, ',
      ],
    ),
  );
  const standing = walk([start({ text: 'long' })], first.process).standing;
  const refusal = migrate(standing, first, strict);
  expect(codeOf(refusal)).toBe('bad-input');
  expect(issuesOf(refusal)).toHaveLength(2);
});

test('P4: a gate that waits goes on waiting, opened anew, and what was decided there is void', () => {
  const before = checking.state.gates.checking;
  expect(before?.decisions).toHaveLength(1);
  const step = stepOf(migrate(checking, first, second));
  expect(step.state.gates.checking).toMatchObject({ opened: checking.seq + 1, decisions: [] });
  expect(step.effects).toContainEqual({ kind: 'gate-opened', state: 'checking', opened: checking.seq + 1 });
  // The one who decided may decide again; one person alone is not enough.
  const again = stepOf(
    nextStep(second.process, instance, go(checking, step), decision(step.state, 'checking', ann)),
  );
  expect(again.entry.gate?.outcome).toBeUndefined();
});

test('P4: a gate that waits cannot become a state without its gate, nor another one while it stands', () => {
  expect(codeOf(migrate(checking, first, second, { checking: 'filing' }))).toBe('not-countersigned');
  expect(codeOf(migrate(checking, first, second, { checking: 'drafting' }))).toBe('not-countersigned');
  const weaker = version(
    changed(
      text,
      [
        '  filing:\n',
        '  easy:\n    gate: { meaning: approve, reviewers: { role: officer } }\n    on: { approved: filing, rejected: closed }\n  filing:\n',
      ],
      [
        'submit: { allow: { role: officer }, target: checking }',
        'submit: { allow: { role: officer }, target: checking }\n      ease: { allow: { role: officer }, target: easy }',
      ],
    ),
  );
  expect(codeOf(migrate(checking, first, weaker, { checking: 'easy' }))).toBe('not-countersigned');
});

test('P4: the map carries nobody past a gate that every case is approved at', () => {
  expect(codeOf(migrate(drafting, first, second, { drafting: 'filing' }))).toBe('not-countersigned');
  expect(codeOf(migrate(drafting, first, second, { drafting: 'appointed' }))).toBe('not-countersigned');
  expect(codeOf(migrate(drafting, first, second, { drafting: 'nominating' }))).toBe('step');
});

test('P4: a state that no case ever comes to is no way around a gate', () => {
  const backDoor = changed(text, [
    '  filing:\n',
    '  aside: { on: { on: { allow: { role: officer }, target: filing } } }\n  filing:\n',
  ]);
  expect(migrate(drafting, first, version(backDoor), { drafting: 'aside' })).toMatchObject({
    code: 'not-countersigned',
    message: 'No case of the other definition ever comes to "aside".',
  });
});

test('P4: a case that need not have been approved does not stay behind a gate that every case now is', () => {
  const shortcut = version(
    changed(text, ['submit: {', 'skip: { allow: { role: officer }, target: filing }\n      submit: {']),
  );
  const standing = walk([start(), event('skip')], shortcut.process).standing;
  expect(codeOf(migrate(standing, shortcut, first))).toBe('not-countersigned');
  // The other way round it was approved, and so may stay where that is no longer asked.
  const filing = at(event('submit'), decide('checking'), decide('checking', bo));
  expect(codeOf(migrate(filing, first, shortcut))).toBe('step');
});

test('P2: a live proposal stays live, with its acts where the gates that recorded them stand unchanged', () => {
  const step = stepOf(migrate(voting, first, second));
  expect(step.state.proposals.post).toMatchObject({
    status: 'live',
    acts: ['consider', 'appraise'],
    digest: voting.state.proposals.post?.digest,
    definition: first.process.hash,
  });
  // And is decided on there, by its digest.
  const done = stepOf(
    nextStep(second.process, instance, go(voting, step), decision(step.state, 'voting', bo)),
  );
  expect(done.state.proposals.post).toMatchObject({ status: 'approved' });
  expect(done.state.context.post).toBe('On the new seal');
});

test('P2: an act by a gate that changed is void, and the live proposal is not carried past that gate', () => {
  const stricter = version(
    changed(text, [
      'binds: post, meaning: consider, reviewers: { role: leader } }',
      'binds: post, meaning: consider, reviewers: { role: leader }, quorum: { approve: 2 } }',
    ]),
  );
  const refusal = migrate(voting, first, stricter);
  expect(codeOf(refusal)).toBe('not-countersigned');
  expect(refusal.kind === 'refusal' && refusal.message).toContain('past its gate');
  expect(codeOf(migrate(appraising, first, stricter))).toBe('not-countersigned');
  // Back to the gate that is to be passed anew it may go.
  const step = stepOf(migrate(voting, first, stricter, { voting: 'considering' }));
  expect(step.state.proposals.post).toMatchObject({ status: 'live', acts: [] });
  expect(step.state.gates.considering).toMatchObject({ decisions: [] });
});

test('P2: no map carries a live proposal to where its approval is behind it', () => {
  for (const standing of [considering, appraising, voting]) {
    const [from = ''] = Object.keys(standing.state.gates);
    for (const to of ['appointed', 'filing', 'drafting', 'checking', 'parts.left.one']) {
      expect([from, to, codeOf(migrate(standing, first, second, { [from]: to }))]).not.toEqual([
        from,
        to,
        'step',
      ]);
    }
  }
});

test('P2: an approved proposal stays approved only where no act is missing on it', () => {
  const ordinary = version(changed(text, ['importance: important', 'importance: ordinary']));
  const easy = walk(
    [start(), event('appoint'), propose, decide('considering'), decide('appraising'), decide('voting')],
    ordinary.process,
  ).standing;
  expect(stepOf(migrate(easy, ordinary, first)).state.proposals.post?.status).toBe('approved');
  const personnel = version(
    changed(
      text,
      ['importance: important', 'personnel: true'],
      [
        'binds: post, meaning: approve, reviewers: { role: leader } }',
        'binds: post, meaning: approve, reviewers: { role: leader }, quorum: { approve: more-than-half, of: members } }',
      ],
    ),
  );
  expect(codeOf(migrate(appointed, first, personnel))).toBe('not-countersigned');
});

test('P2: a field that the other definition protects may not hold what nobody approved', () => {
  const open = version(
    changed(
      text,
      ['post: { type: string, maxLength: 200, decision: post }', 'post: { type: string, maxLength: 200 }'],
      [
        'start: { allow: { role: officer } }',
        'start: { allow: { role: officer }, input: { type: object, properties: { post: { type: string, maxLength: 200 } } } }',
      ],
    ),
  );
  const standing = walk([start({ post: 'Chief' })], open.process).standing;
  expect(codeOf(migrate(standing, open, first))).toBe('not-countersigned');
});

test('a request for a proposal is asked anew, and the answer to the earlier one comes too late', () => {
  const step = stepOf(migrate(nominating, first, second));
  expect(step.state.requests.nominating).toMatchObject({ opened: nominating.seq + 1, decision: 'post' });
  const late = nextStep(
    second.process,
    instance,
    go(nominating, step),
    proposal(nominating.state, 'nominating'),
  );
  expect(codeOf(late)).toBe('stale');
});

test('a deadline of the same length runs on, one that is over stays over, and another begins anew', () => {
  const name = 'xstate.after.PT1H.test.drafting';
  const time = '2026-01-05T08:30:00.000Z';
  const kept = stepOf(migrate(drafting, first, second, {}, { time }));
  expect(kept.state.timers).toEqual(drafting.state.timers);
  const longer = version(changed(text, ['PT1H', 'PT2H']));
  const anew = stepOf(migrate(drafting, first, longer, {}, { time }));
  expect(anew.state.timers).toEqual({
    'xstate.after.PT2H.test.drafting': { set: 2, dueAt: '2026-01-05T10:30:00.000Z' },
  });
  const renamed = version(text.replaceAll('drafting', 'writing'));
  const moved = stepOf(migrate(drafting, first, renamed, { drafting: 'writing' }, { time }));
  expect(moved.state.timers).toEqual({
    'xstate.after.PT1H.test.writing': { set: 2, dueAt: drafting.state.timers[name]?.dueAt },
  });
  const due = stimulus(
    { kind: 'timer', timer: name, set: 1 },
    { ...person('x'), principal: 'countersign', kind: 'engine' },
    '2026-01-05T09:00:00.000Z',
  );
  const over = walk([start(), due], first.process).standing;
  expect(stepOf(migrate(over, first, second)).state.timers).toEqual({});
});

test('parallel states go region by region; a region that is new must be named', () => {
  expect(stepOf(migrate(parts, first, second)).state.value).toEqual({
    parts: { left: 'two', right: 'open' },
  });
  const third = version(
    changed(text, [
      '      right:\n',
      '      middle:\n        initial: m\n        states: { m: { on: { end: { allow: { role: officer }, target: n } } }, n: { type: final } }\n      right:\n',
    ]),
  );
  expect(codeOf(migrate(parts, first, third))).toBe('not-possible-here');
  const map = { 'parts.right.open': ['parts.right.open', 'parts.middle.m'] };
  expect(stepOf(migrate(parts, first, third, map)).state.value).toEqual({
    parts: { left: 'two', middle: 'm', right: 'open' },
  });
});

test('states inside a renamed state go with it', () => {
  const renamed = version(text.replaceAll('parts', 'pieces'));
  const step = stepOf(migrate(parts, first, renamed, { parts: 'pieces' }));
  expect(step.state.value).toEqual({ pieces: { left: 'two', right: 'open' } });
  // It is heard there that both are done.
  const ended = stepOf(nextStep(renamed.process, instance, go(parts, step), event('end')));
  expect(ended.state.status).toBe('done');
});

test('a state that would be left at once is no place to go', () => {
  const passing = version(
    changed(
      text,
      [
        '  filing:\n    on:',
        "  filing:\n    always: { guard: 'has(context.text)', target: appointed }\n    on:",
      ],
      ['appointed:\n    on: { file', 'appointed:\n    on: { x: { allow: { role: officer } }, file'],
    ),
  );
  const standing = walk(
    [start({ text: 'A' }), event('submit'), decide('checking'), decide('checking', bo)],
    first.process,
  ).standing;
  expect(codeOf(migrate(standing, first, passing))).toBe('not-possible-here');
});

test('P7: the record replays through the migration and on, to the same bytes', () => {
  const step = stepOf(migrate(voting, first, second));
  const { steps } = walk(
    [start(), event('appoint'), propose, decide('considering'), decide('appraising')],
    first.process,
  );
  const after = stepOf(
    nextStep(second.process, instance, go(voting, step), decision(step.state, 'voting', bo)),
  );
  const all = [...steps, step, after];
  const entries = all.map(({ entry, data }) => ({ instance, seq: entry.seq, data: canonicalJson(data) }));
  const played = [
    ...replayInstance(first.process, entries, (hash) => (hash === second.process.hash ? second : null)),
  ];
  expect(played.map(({ result }) => (result.kind === 'step' ? canonicalJson(result.state) : result))).toEqual(
    all.map(({ state }) => canonicalJson(state)),
  );
  const lost = [...replayInstance(first.process, entries)].at(-1);
  expect([lost?.seq, lost && codeOf(lost.result)]).toEqual([6, 'definition-unknown']);
});

const remembering = `
context: { type: object, additionalProperties: false, properties: {} }
start: { allow: { role: officer } }
initial: work
states:
  work:
    initial: one
    on: { pause: { allow: { role: officer }, target: paused } }
    states:
      past: { type: history }
      one: { on: { next: { allow: { role: officer }, target: two } } }
      two: { on: { next: { allow: { role: officer }, target: one } } }
  paused:
    on:
      resume: { allow: { role: officer }, target: work.past }
      stop: { allow: { role: officer }, target: stopped }
  stopped: { type: final }
`;

test('a history goes with its states, and one that no longer fits is forgotten', () => {
  const from = version(remembering);
  const paused = walk([start(), event('next'), event('pause')], from.process).standing;
  const resumed = (to: ReturnType<typeof version>, map = {}) => {
    const step = stepOf(migrate(paused, from, to, map));
    return stepOf(nextStep(to.process, instance, go(paused, step), event('resume'))).state.value;
  };
  expect(resumed(version(`${remembering}# again\n`))).toEqual({ work: 'two' });
  const renamed = version(remembering.replaceAll('two', 'second').replaceAll('work', 'job'));
  expect(resumed(renamed, { work: 'job', 'work.two': 'job.second' })).toEqual({ job: 'second' });
  // Without a word on where "two" goes it has no place to return to, and begins anew.
  expect(resumed(renamed, { work: 'job' })).toEqual({ job: 'one' });
  const deep = version(remembering.replace('{ type: history }', '{ type: history, history: deep }'));
  expect(resumed(deep)).toEqual({ work: 'one' });
});
