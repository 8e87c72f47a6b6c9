import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Coverage, compiledProcess, directoryWith, Scenario } from './scenario.ts';

const process = compiledProcess('outgoing-document');
const text = readFileSync(resolve(import.meta.dirname, '../../demo/379-qd-tw.txt'), 'utf8');

const service = 'service:phong-tong-hop';
const drafter = 'person:do-thi-phong-theo';
const agent = 'agent:tro-ly-soan-thao';
const officeLeader = 'person:bui-gia-lap';
const chief = 'person:le-minh-hoa';
const leader = 'person:nguyen-van-mau';
const clerk = 'person:ngo-van-thi-du';
const archivist = 'person:chu-thi-ban-sao';

const document = { title: 'Quy định (ví dụ)', text };
const proposal = { summary: 'Về thực hiện giao dịch điện tử', urgency: 'urgent' };
const byHand = { summary: 'Về việc ví dụ', urgency: 'normal' };
const numbered = { number: 7, symbol: 'QyĐ-VD', date: '2026-01-31' };
const reason = { reason: 'Lý do ví dụ.' };

type Play = (scenario: Scenario) => void;
const toAppraising: Play = (s) =>
  s.start(service, { document }).send(drafter, 'submit').propose(agent, proposal);
const toApproving: Play = (s) => {
  toAppraising(s);
  s.decide(officeLeader, 'approve');
};
const toNumbering: Play = (s) => {
  toApproving(s);
  s.decide(leader, 'approve');
};
const toIssued: Play = (s) => {
  toNumbering(s);
  s.send(clerk, 'number', numbered);
};
const toHandAppraisal: Play = (s) => s.start(drafter, { document }).send(drafter, 'submit-by-hand', byHand);
const toHandApproval: Play = (s) => {
  toHandAppraisal(s);
  s.decide(officeLeader, 'approve');
};

/** Every way through the process; each ends by checking where it came to. */
const scenarios: readonly (readonly [string, Play])[] = [
  [
    'a document is drafted, summarised, appraised, approved, numbered, issued and archived',
    (s) => {
      s.start(service, { document });
      expect(s.context).toMatchObject({ document, drafters: [service] });
      s.send(drafter, 'edit', { document: { ...document, title: 'Quy định (sửa)' }, ...reason });
      expect(s.context).toMatchObject({
        document: { title: 'Quy định (sửa)' },
        drafters: [service, drafter],
      });
      s.send(drafter, 'edit', { document, ...reason });
      expect(s.context.drafters).toEqual([service, drafter]);
      s.send(drafter, 'submit').propose(agent, proposal);
      expect(s.context).not.toHaveProperty('summary');
      s.decide(officeLeader, 'approve');
      expect(s.context).not.toHaveProperty('summary');
      s.decide(leader, 'approve');
      expect(s.context).toMatchObject({ ...proposal, summarySource: 'agent' });
      s.send(clerk, 'number', numbered).send(archivist, 'archive', { retentionClass: 'permanent' });
      expect(s.state).toMatchObject({ status: 'done', output: { result: 'issued', ...numbered } });
    },
  ],
  [
    'the appraisal returns it, and a new proposal is asked for',
    (s) => {
      toAppraising(s);
      s.decide(officeLeader, 'return', 'Trích yếu chưa rõ.');
      expect(s.at).toBe('revising');
      expect(s.context.remarks).toBe('Trích yếu chưa rõ.');
      s.send(drafter, 'edit', { document: { ...document, kind: 'Quy định' }, ...reason });
      s.send(drafter, 'submit').propose(agent, proposal).decide(officeLeader, 'approve');
      expect(s.at).toBe('approving');
    },
  ],
  [
    'the competent leader returns it, and a new proposal goes the whole way again',
    (s) => {
      toApproving(s);
      s.decide(leader, 'return')
        .send(drafter, 'submit')
        .propose(agent, { ...proposal, urgency: 'normal' });
      s.decide(officeLeader, 'approve').decide(leader, 'approve');
      expect(s.context.urgency).toBe('normal');
    },
  ],
  [
    'the appraisal rejects it',
    (s) => {
      toAppraising(s);
      s.decide(officeLeader, 'reject');
      expect(s.state).toMatchObject({ status: 'done', value: 'rejected', output: { result: 'rejected' } });
    },
  ],
  [
    'the competent leader rejects it',
    (s) => {
      toApproving(s);
      s.decide(leader, 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  ...(['approve', 'return', 'reject'] as const).map(
    (verdict) =>
      [
        `P4: an overdue appraisal only widens who may appraise; then the chief of office may ${verdict}`,
        (s: Scenario) => {
          toAppraising(s);
          expect(s.tryDecide(chief, 'approve').code).toBe('not-allowed');
          s.wait(3);
          expect(s.at).toBe('appraising-overdue');
          expect(s.state.proposals.summary).toMatchObject({ status: 'live', acts: [] });
          s.wait(400);
          expect(s.at).toBe('appraising-overdue');
          s.decide(chief, verdict);
          expect(s.at).toBe({ approve: 'approving', return: 'revising', reject: 'rejected' }[verdict]);
        },
      ] as const,
  ),
  [
    'P4: an overdue approval is marked, and nothing else',
    (s) => {
      toApproving(s);
      s.wait(400);
      expect(s.at).toBe('approving');
      expect(s.context).toMatchObject({ approvalOverdue: true });
      expect(s.context).not.toHaveProperty('summary');
      s.decide(leader, 'approve');
      expect(s.at).toBe('numbering');
    },
  ],
  [
    'the agent does not answer: ask again, revise, and then write the summary by hand',
    (s) => {
      s.start(drafter, { document }).send(drafter, 'submit').wait(1);
      expect(s.at).toBe('summary-unavailable');
      s.send(drafter, 'retry').wait(1).send(drafter, 'revise');
      expect(s.at).toBe('drafting');
      s.send(drafter, 'submit').wait(1).send(drafter, 'submit-by-hand', byHand);
      s.decide(officeLeader, 'approve').decide(leader, 'approve');
      expect(s.at).toBe('numbering');
      expect(s.context).toMatchObject({ handSummary: byHand.summary, summarySource: 'person' });
      expect(s.context).not.toHaveProperty('summary');
    },
  ],
  [
    'the agent does not answer after a return: an undecided proposal is never simply put aside',
    (s) => {
      toAppraising(s);
      s.decide(officeLeader, 'return').send(drafter, 'submit').wait(1);
      expect(s.at).toBe('new-summary-unavailable');
      expect(s.trySend(drafter, 'submit-by-hand', byHand).code).toBe('not-possible-here');
      s.send(drafter, 'retry').wait(1).send(drafter, 'revise');
      expect(s.at).toBe('revising');
    },
  ],
  [
    'the summary written by hand is returned by either gate to drafting',
    (s) => {
      toHandAppraisal(s);
      s.decide(officeLeader, 'return');
      expect(s.at).toBe('drafting');
      s.send(drafter, 'submit-by-hand', byHand).decide(chief, 'approve').decide(leader, 'return');
      expect(s.at).toBe('drafting');
    },
  ],
  [
    'the summary written by hand is rejected at the appraisal',
    (s) => {
      toHandAppraisal(s);
      s.decide(chief, 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  [
    'the summary written by hand is rejected at the approval',
    (s) => {
      toHandApproval(s);
      s.decide(leader, 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  [
    'the clerk sends an invalid document back: it is a draft again and needs every approval anew',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'send-back', reason);
      expect(s.at).toBe('drafting');
      expect(s.trySend(clerk, 'number', numbered).code).toBe('not-possible-here');
      s.send(drafter, 'submit').propose(agent, { ...proposal, summary: 'Bản mới' });
      s.decide(officeLeader, 'approve').decide(leader, 'approve');
      expect(s.context.summary).toBe('Bản mới');
    },
  ],
  [
    'the clerk reports an error, and the leader lets it go on',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'report-error', reason).decide(leader, 'approve');
      expect(s.at).toBe('numbering');
      s.send(clerk, 'number', numbered);
      expect(s.at).toBe('issued');
    },
  ],
  [
    'the clerk reports an error, and the leader returns it to drafting',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'report-error', reason).decide(leader, 'return');
      expect(s.at).toBe('drafting');
    },
  ],
  [
    'the clerk reports an error, and the leader stops it',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'report-error', reason).decide(leader, 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  [
    'a document that nobody archives is marked as late',
    (s) => {
      toIssued(s);
      s.wait(31);
      expect(s.at).toBe('issued');
      expect(s.context.archivingOverdue).toBe(true);
      s.send(clerk, 'archive', { retentionClass: 'years-10' });
      expect(s.state.status).toBe('done');
    },
  ],
  [
    'the initiator withdraws it while it waits at a gate',
    (s) => {
      toApproving(s);
      s.send(service, 'withdraw', reason);
      expect(s.state).toMatchObject({ status: 'done', output: { result: 'withdrawn' } });
    },
  ],
];

describe.each([
  ['straight', false],
  ['reloaded before every stimulus', true],
])('outgoing document, %s', (_name, isReloaded) => {
  test.each(scenarios)('%s', (_scenario, play) => play(new Scenario(process, isReloaded)));
});

test('the scenarios cover every state, every transition and every outcome of every gate', () => {
  const coverage = new Coverage();
  for (const [, play] of scenarios) play(new Scenario(process, false, coverage));
  const transitions = [...process.transitions.values()].filter(({ forbidden }) => !forbidden);
  expect(transitions.map(({ id }) => id).filter((id) => !coverage.transitions.has(id))).toEqual([]);
  const states = Object.keys(process.definition.states);
  expect(states.filter((state) => !coverage.states.has(state))).toEqual([]);
  const outcomes = [...process.gates.keys()].flatMap((gate) =>
    ['approved', 'rejected', 'returned'].map((outcome) => `${gate}:${outcome}`),
  );
  expect(outcomes.filter((outcome) => !coverage.outcomes.has(outcome))).toEqual([]);
});

const at = (play: Play): Scenario => {
  const scenario = new Scenario(process, true);
  play(scenario);
  return scenario;
};

test('P2: past a gate there is no other way: every event of a later state is refused before it', () => {
  const later: readonly (readonly [string, string, Record<string, string | number>])[] = [
    [clerk, 'number', numbered],
    [clerk, 'send-back', reason],
    [archivist, 'archive', { retentionClass: 'permanent' }],
    [drafter, 'edit', { ...reason }],
    [drafter, 'submit', {}],
  ];
  for (const play of [toAppraising, toApproving])
    for (const [who, type, data] of later)
      expect(at(play).trySend(who, type, data).code).toBe('not-possible-here');
});

test('P3: an agent or a service decides nothing and sends nothing at a gate', () => {
  const scenario = at(toAppraising);
  expect(scenario.tryDecide(agent, 'approve').code).toBe('people-only');
  expect(scenario.tryDecide(service, 'approve').code).toBe('people-only');
  expect(scenario.trySend(agent, 'withdraw', reason).code).toBe('people-only');
});

test('P3: who worked on the text neither appraises nor approves it, whatever roles they hold', () => {
  for (const [role, meaning] of [
    ['office-leader', 'appraising'],
    ['competent-leader', 'approving'],
  ] as const) {
    const people = directoryWith(drafter, role);
    const play = (isEditor: boolean) => {
      const s = new Scenario(process, true, new Coverage(), people).start(service, { document });
      if (isEditor) s.send(drafter, 'edit', { document, ...reason });
      s.send(drafter, 'submit').propose(agent, proposal);
      if (meaning === 'approving') s.decide(officeLeader, 'approve');
      expect(s.at).toBe(meaning);
      return s;
    };
    expect(play(true).tryDecide(drafter, 'approve').code).toBe('not-allowed');
    expect(play(false).decide(drafter, 'approve').at).not.toBe(meaning);
  }
});

test('P9: only the clerk numbers, only the initiator withdraws, only drafters of the unit edit', () => {
  expect(at(toNumbering).trySend(leader, 'number', numbered).code).toBe('not-allowed');
  expect(at(toApproving).trySend(drafter, 'withdraw', reason).code).toBe('not-allowed');
  const drafting = at((s) => s.start(service, { document }));
  expect(drafting.trySend(clerk, 'edit', { document, ...reason }).code).toBe('not-allowed');
});

test('Article 17: no edit without a reason, and none after approval or issue', () => {
  expect(at((s) => s.start(drafter, { document })).trySend(drafter, 'edit', { document }).code).toBe(
    'bad-input',
  );
  for (const play of [toNumbering, toIssued])
    expect(at(play).trySend(drafter, 'edit', { document, ...reason }).code).toBe('not-possible-here');
});

test('Article 17.2: an issued document is not withdrawn', () => {
  expect(at(toIssued).trySend(service, 'withdraw', reason).code).not.toBe('guard-failed');
  expect(at(toIssued).trySend(service, 'withdraw', reason).considered[0]?.reason).toBe('forbidden');
});

test('Article 24: nothing is archived without a retention class', () => {
  expect(at(toIssued).trySend(archivist, 'archive', {}).code).toBe('bad-input');
});

test('Article 13.4: the clerk gives a reason for either way back', () => {
  for (const type of ['send-back', 'report-error'])
    expect(at(toNumbering).trySend(clerk, type, {}).code).toBe('bad-input');
});

test('the decision fields cannot come with the start', () => {
  const scenario = new Scenario(process, false);
  expect(() => scenario.start(service, { document, summary: 'x' })).toThrow(/summary/);
});
