import { describe, expect, test } from 'vitest';
import { Coverage, compiledProcess, Scenario } from './scenario.ts';

const process = compiledProcess('personnel-appointment');

const officer = 'person:ly-thi-hinh-mau';
const agent = 'agent:tro-ly-soan-thao';
const head = 'person:pham-gia-dinh';
const appraiser = 'person:cao-van-thu';
const candidate = 'person:vu-tuong-trung';
const leader = 'person:nguyen-van-mau';
const clerk = 'person:ngo-van-thi-du';
const archivist = 'person:chu-thi-ban-sao';
const committee = [leader, 'person:tran-thi-vi-du', 'person:le-minh-hoa', head] as const;
const others = ['person:hoang-thi-thu-nghiem', 'person:dang-thi-lam-mau'] as const;

const dossier = { summary: 'Hồ sơ ví dụ.' };
const data = { candidate, post: 'Trưởng phòng (ví dụ)', dossier };
const proposal = { statement: 'Đề xuất bổ nhiệm (ví dụ).', term: '5 năm' };
const numbered = { number: 8, symbol: 'QĐ-VD', date: '2026-02-01' };
const reason = { reason: 'Lý do ví dụ.' };

type Play = (scenario: Scenario) => void;
const toConsidering: Play = (s) => s.start(officer, data).propose(agent, proposal);
const toAppraising: Play = (s) => {
  toConsidering(s);
  s.decide(head, 'approve');
};
const toVoting: Play = (s) => {
  toAppraising(s);
  s.decide(appraiser, 'approve');
};
const toSigning: Play = (s) => {
  toVoting(s);
  for (const member of committee) s.decide(member, 'approve');
};
const toNumbering: Play = (s) => {
  toSigning(s);
  s.decide(leader, 'approve');
};
const toIssued: Play = (s) => {
  toNumbering(s);
  s.send(clerk, 'number', numbered);
};

const scenarios: readonly (readonly [string, Play])[] = [
  [
    'a proposal is considered, appraised, voted on, signed, numbered, issued and archived',
    (s) => {
      toVoting(s);
      expect(s.context).not.toHaveProperty('appointment');
      for (const member of committee.slice(0, 3)) s.decide(member, 'approve');
      expect(s.at).toBe('voting');
      s.decide(others[0], 'reject', 'Ý kiến thiểu số.').decide(committee[3], 'approve');
      expect(s.at).toBe('signing');
      expect(s.context.appointment).toEqual(proposal);
      s.decide(leader, 'approve').send(clerk, 'number', numbered);
      s.send(archivist, 'archive', { retentionClass: 'years-70' });
      expect(s.state).toMatchObject({ status: 'done', output: { result: 'appointed', ...numbered } });
    },
  ],
  [
    'the consideration returns it: the dossier is completed, and a new proposal is drafted',
    (s) => {
      toConsidering(s);
      s.decide(head, 'return', 'Thiếu nhận xét của đơn vị.');
      expect(s.at).toBe('revising');
      expect(s.context.remarks).toBe('Thiếu nhận xét của đơn vị.');
      s.send(officer, 'edit', { dossier: { summary: 'Hồ sơ bổ sung.' }, ...reason }).send(officer, 'submit');
      expect(s.state.requests.drafting?.input).toMatchObject({ dossier: 'Hồ sơ bổ sung.' });
      s.propose(agent, proposal);
      expect(s.at).toBe('considering');
    },
  ],
  [
    'the consideration rejects it',
    (s) => {
      toConsidering(s);
      s.decide(head, 'reject');
      expect(s.state).toMatchObject({ status: 'done', output: { result: 'rejected' } });
    },
  ],
  [
    'the appraisal returns it for consideration',
    (s) => {
      toAppraising(s);
      s.decide(appraiser, 'return');
      expect(s.at).toBe('considering');
    },
  ],
  [
    'the appraisal rejects it',
    (s) => {
      toAppraising(s);
      s.decide(appraiser, 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  [
    'the committee rejects it once a majority is out of reach',
    (s) => {
      toVoting(s);
      for (const member of committee.slice(0, 2)) s.decide(member, 'reject');
      expect(s.at).toBe('voting');
      s.decide(others[0], 'reject');
      expect(s.at).toBe('rejected');
    },
  ],
  [
    'the committee returns it for consideration',
    (s) => {
      toVoting(s);
      for (const member of committee.slice(0, 3)) s.decide(member, 'return');
      expect(s.at).toBe('considering');
      expect(s.context).not.toHaveProperty('appointment');
    },
  ],
  ...(['return', 'reject'] as const).map(
    (verdict) =>
      [
        `the competent leader may ${verdict} what the committee carried`,
        (s: Scenario) => {
          toSigning(s);
          s.decide(leader, verdict);
          expect(s.at).toBe(verdict === 'return' ? 'revising' : 'rejected');
        },
      ] as const,
  ),
  [
    'the clerk sends it back, and all starts over with a new proposal',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'send-back', reason)
        .send(officer, 'submit')
        .propose(agent, { ...proposal, term: '3 năm' });
      expect(s.state.proposals.appointment).toMatchObject({ status: 'live', acts: [] });
      s.decide(head, 'approve').decide(appraiser, 'approve');
      for (const member of committee) s.decide(member, 'approve');
      expect(s.context.appointment).toMatchObject({ term: '3 năm' });
    },
  ],
  [
    'the clerk reports an error, and the leader signs again',
    (s) => {
      toNumbering(s);
      s.send(clerk, 'report-error', reason).decide(leader, 'approve');
      expect(s.at).toBe('numbering');
    },
  ],
  [
    'the agent does not answer: ask again, or complete the dossier first',
    (s) => {
      s.start(officer, data).wait(1);
      expect(s.at).toBe('drafting-failed');
      s.send(officer, 'retry').wait(1).send(officer, 'revise');
      expect(s.at).toBe('revising');
    },
  ],
  [
    'P4: whatever is overdue is marked and nothing else, at every gate',
    (s) => {
      toConsidering(s);
      s.wait(400).decide(head, 'approve').wait(400).decide(appraiser, 'approve').wait(400);
      expect(s.at).toBe('voting');
      expect(s.context).toMatchObject({
        considerationOverdue: true,
        appraisalOverdue: true,
        votingOverdue: true,
      });
      expect(s.context).not.toHaveProperty('appointment');
      for (const member of committee) s.decide(member, 'approve');
      s.wait(400);
      expect(s.at).toBe('signing');
      expect(s.context.signingOverdue).toBe(true);
    },
  ],
  [
    'the officer who opened the case withdraws it during the vote',
    (s) => {
      toVoting(s);
      s.decide(leader, 'approve').send(officer, 'withdraw', reason);
      expect(s.state).toMatchObject({ status: 'done', output: { result: 'withdrawn' } });
    },
  ],
];

describe.each([
  ['straight', false],
  ['reloaded before every stimulus', true],
])('personnel appointment, %s', (_name, isReloaded) => {
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

test('P3: the candidate is a member of the committee, and never votes on himself', () => {
  const refusal = at(toVoting).tryDecide(candidate, 'approve');
  expect(refusal.code).toBe('own-proposal');
  expect(refusal.message).toContain('subject');
});

test('P3: nobody votes twice, and no agent votes', () => {
  const scenario = at(toVoting).decide(leader, 'approve');
  expect(scenario.tryDecide(leader, 'approve').code).toBe('already-decided');
  expect(scenario.tryDecide(agent, 'approve').code).toBe('people-only');
});

test('P2: three of seven members are not enough, and the fourth is', () => {
  const scenario = at(toVoting);
  for (const member of committee.slice(0, 3)) scenario.decide(member, 'approve');
  expect(scenario.at).toBe('voting');
  expect(scenario.state.proposals.appointment?.status).toBe('live');
  scenario.decide(committee[3], 'approve');
  expect(scenario.state.proposals.appointment?.status).toBe('approved');
});

test('Article 4.7: the three acts are recorded on the very proposal that takes effect', () => {
  const { appointment } = at(toIssued).state.proposals;
  expect(appointment).toMatchObject({ acts: ['consider', 'appraise', 'approve'], payload: proposal });
});

test('a decision on personnel needs a reason, an approval too', () => {
  expect(at(toVoting).tryDecide(leader, 'approve', null).code).toBe('reason-required');
});

test('Article 17.2: an issued decision is not withdrawn', () => {
  expect(at(toIssued).trySend(officer, 'withdraw', reason).considered[0]?.reason).toBe('forbidden');
});

test('P9: the head of personnel opens no case, and an officer signs none', () => {
  expect(() => new Scenario(process, false).start(head, data)).toThrow('not-allowed');
  expect(at(toSigning).tryDecide(officer, 'approve').code).toBe('not-allowed');
});
