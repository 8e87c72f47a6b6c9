/**
 * The ground on which attacks are played: a running server on a database of its own, with made-up people and a key
 * for each, and cases brought to where they are attacked. It holds no authority: everything goes over HTTP.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, type ServerAnswer, type ServerRequest } from '../cli/server-client.ts';
import type { Json, JsonObject } from '../schemas/json.ts';
import type { TestProvider } from '../test/support/identity-provider.ts';

/** A gate as somebody saw it: what a decision on it must be sent with. */
export interface SeenGate {
  readonly etag: string;
  readonly body: JsonObject;
}

export class Range {
  readonly url: string;
  /** Where people sign in. */
  readonly provider: TestProvider;
  readonly #keys = new Map<string, string>();

  constructor(
    url: string,
    administrator: { readonly principal: string; readonly secret: string },
    provider: TestProvider,
  ) {
    this.url = url;
    this.provider = provider;
    this.#keys.set(administrator.principal, administrator.secret);
  }

  /** Deploys what is attacked. */
  async deploy(file: string): Promise<void> {
    const content = readFileSync(join(import.meta.dirname, file), 'utf8');
    const text = { content, type: 'application/yaml' };
    await this.must('person:keys', `/v1/definitions?file=${file}`, { method: 'POST', text });
  }

  async keyOf(principal: string): Promise<string> {
    const known = this.#keys.get(principal);
    if (known !== undefined) return known;
    const kind = principal.split(':')[0] ?? '';
    const body = { principal, scopes: [...(scopesOf[kind] ?? [])] };
    const { secret } = await this.must('person:keys', '/v1/keys', { method: 'POST', body });
    this.#keys.set(principal, String(secret));
    return String(secret);
  }

  /** Sends one request as somebody, whatever the answer. */
  async ask(principal: string, path: string, request: ServerRequest = {}): Promise<ServerAnswer> {
    return ask({ url: this.url, key: await this.keyOf(principal) }, path, request);
  }

  /** Sends what must succeed for the attack to mean anything. */
  async must(principal: string, path: string, request: ServerRequest = {}): Promise<JsonObject> {
    const answer = await this.ask(principal, path, request);
    if (answer.status >= 400)
      throw new Error(`${principal} ${path}: ${answer.status} ${answer.body.detail} ${answer.body.next}`);
    return answer.body;
  }

  /** Sends what must be refused, and makes sure that the instance has not moved by it. */
  async attempt(
    principal: string,
    instance: string,
    path: string,
    request: ServerRequest = {},
  ): Promise<string> {
    const before = await this.seqOf(instance);
    const answer = answerOf(await this.ask(principal, path, request));
    const after = await this.seqOf(instance);
    if (after !== before)
      throw new Error(`${answer}, and the instance moved from entry ${before} to ${after}.`);
    return answer;
  }

  async seqOf(instance: string): Promise<number> {
    return Number((await this.must('person:keys', `/v1/instances/${instance}`)).seq);
  }

  async statesOf(instance: string): Promise<string> {
    const { states } = await this.must('person:keys', `/v1/instances/${instance}`);
    return (states as JsonObject[]).map(({ state }) => state).join(' + ');
  }

  /** A case about `person:subject` that waits for its proposal. */
  async newLetter(principal = 'person:starter'): Promise<string> {
    const body = { process: 'attacked-letter', data: { about: 'person:subject', note: 'as written' } };
    return String((await this.must(principal, '/v1/instances', { method: 'POST', body })).instance);
  }

  /** A question to the three members, by secret ballot. */
  async newBallot(): Promise<string> {
    const body = { process: 'attacked-ballot', data: {} };
    return String((await this.must('person:starter', '/v1/instances', { method: 'POST', body })).instance);
  }

  async letterAt(gate: 'appraising' | 'voting', leader = 'person:two'): Promise<string> {
    const instance = await this.newLetter();
    await this.propose(instance);
    if (gate === 'voting') await this.decideWell(leader, instance, 'appraising');
    return instance;
  }

  /** Takes requests until that of this instance comes. */
  async claim(instance: string): Promise<JsonObject> {
    for (let tries = 0; tries < 50; tries += 1) {
      const claimed = await this.must('agent:writer', '/v1/proposal-requests/claim', {
        method: 'POST',
        body: { leaseSeconds: 60 },
      });
      if (claimed.instance === instance) return claimed;
    }
    throw new Error('The request for a proposal was never handed out.');
  }

  async propose(instance: string): Promise<void> {
    const { state = null, opened = null, claim = null } = await this.claim(instance);
    const body = { state, opened, claim, proposal: proposalOf('as the agent has it') };
    await this.must('agent:writer', `/v1/instances/${instance}/proposals`, { method: 'POST', body });
  }

  async seeGate(principal: string, instance: string, state: string): Promise<SeenGate> {
    const answer = await this.ask(principal, `/v1/instances/${instance}/gates/${state}`);
    if (answer.status >= 400) throw new Error(`${principal} cannot read the gate: ${answer.body.detail}`);
    return { etag: answer.etag ?? '', body: answer.body };
  }

  async decideWell(principal: string, instance: string, state: string, verdict = 'approve'): Promise<void> {
    const { etag } = await this.seeGate(principal, instance, state);
    await this.must(principal, decisionsOf(instance, state), decision(etag, verdict));
  }

  /** Somebody tries to decide on exactly what is there; the tag is what a rightful reviewer sees. */
  async attemptDecision(
    principal: string,
    instance: string,
    state: string,
    onBehalfOf?: string,
  ): Promise<string> {
    const { etag } = await this.seeGate('person:keys', instance, state);
    return this.attempt(
      principal,
      instance,
      decisionsOf(instance, state),
      decision(etag, 'approve', onBehalfOf),
    );
  }
}

/** As a table has it: the status, and the code of the problem if there is one. */
export function answerOf({ status, body }: Pick<ServerAnswer, 'status' | 'body'>): string {
  return typeof body.code === 'string' ? `${status} ${body.code}` : String(status);
}

export const decisionsOf = (instance: string, state: string) =>
  `/v1/instances/${instance}/gates/${state}/decisions`;

export function decision(etag: string, verdict = 'approve', onBehalfOf?: string): ServerRequest {
  const body = { verdict, reason: 'Because.', ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
  return { method: 'POST', body, ifMatch: etag };
}

export function proposalOf(text: string): { [member: string]: Json } {
  return {
    payload: { text },
    model: 'attacker',
    modelVersion: '1',
    promptHash: '0'.repeat(64),
    rationale: 'It says what was asked.',
    confidence: null,
  };
}

const scopesOf: { readonly [kind: string]: readonly string[] } = {
  person: ['read', 'start', 'event', 'decide', 'deploy', 'migrate', 'keys', 'control', 'directory'],
  service: ['read', 'start', 'event'],
  agent: ['propose'],
};
