/** Whoever wants to know how somebody voted in secret, or to have the count their way. */
import type { JsonObject } from '../schemas/json.ts';
import type { Attack } from './attack.ts';
import type { Range } from './range.ts';

const state = 'voting';
const members = ['person:one', 'person:two', 'person:three', 'person:subject', 'person:operator'];

/** A ballot that has come so far. */
async function votedBy(range: Range, voters: readonly string[], verdict = 'approve'): Promise<string> {
  const instance = await range.newBallot();
  for (const voter of voters) await range.decideWell(voter, instance, state, verdict);
  return instance;
}

async function attemptCount(range: Range, principal: string, instance: string): Promise<string> {
  const { etag } = await range.seeGate('person:keys', instance, state);
  const path = `/v1/instances/${instance}/gates/${state}/count`;
  return range.attempt(principal, instance, path, { method: 'POST', body: {}, ifMatch: etag });
}

export const atTheBallotBox: readonly Attack[] = [
  {
    name: 'A member counts the ballots before all have voted',
    stated: '409 not-possible-here',
    async play(range) {
      return attemptCount(range, 'person:one', await votedBy(range, members.slice(0, 3)));
    },
  },
  {
    name: 'A service with the members’ role counts the ballots',
    stated: '403 not-allowed',
    async play(range) {
      return attemptCount(range, 'service:system', await votedBy(range, members));
    },
  },
  {
    name: 'Whoever started the case counts the ballots',
    stated: '403 own-proposal',
    async play(range) {
      return attemptCount(range, 'person:starter', await votedBy(range, members));
    },
  },
  {
    name: 'A member votes twice in secret, the second time with another account',
    stated: '409 already-decided',
    async play(range) {
      return range.attemptDecision('person:one-again', await votedBy(range, ['person:one']), state);
    },
  },
  {
    name: 'An auditor looks for how a member voted, wherever anything may be read',
    stated: 'nothing is told',
    async play(range) {
      const instance = await votedBy(range, ['person:one'], 'reject');
      const told = await readAll(range, instance);
      return /"reject"|Because/.test(told) ? `told: ${told}` : 'nothing is told';
    },
  },
];

/** The gate, the decisions, the instance and the whole record, as text. */
async function readAll(range: Range, instance: string): Promise<string> {
  const places = ['', `/gates/${state}`, '/decisions', '/record?limit=100'];
  const answers: JsonObject[] = [];
  for (const place of places)
    answers.push(await range.must('person:keys', `/v1/instances/${instance}${place}`));
  return JSON.stringify(answers);
}
