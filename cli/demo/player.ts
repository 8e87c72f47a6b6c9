/**
 * Plays people, services and agents of the demonstration over HTTP, each with a key of their own, and
 * tells what happens. It holds no authority: the server decides, exactly as for anybody else.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../schemas/json.ts';
import { Failure } from '../misuse.ts';
import {
  type ServerAddress,
  type ServerAnswer,
  ServerRefusal,
  type ServerRequest,
} from '../server-client.ts';
import { askPatiently, patienceMs } from './ask-patiently.ts';
import { draftProposal } from './demonstration-agent.ts';
import type { Narrator } from './narrator.ts';

export interface Actor {
  readonly principal: string;
  readonly who: string;
  readonly address: ServerAddress;
}

const kinds: { readonly [kind: string]: string } = {
  person: '',
  service: ' (service)',
  agent: ' (AI agent)',
};

export class Player {
  readonly #url: string;
  readonly #keys: { readonly [principal: string]: string };
  readonly #narrator: Narrator;
  readonly #actors = new Map<string, Actor>();

  constructor(url: string, keys: { readonly [principal: string]: string }, narrator: Narrator) {
    this.#url = url;
    this.#keys = keys;
    this.#narrator = narrator;
  }

  async actor(principal: string): Promise<Actor> {
    const known = this.#actors.get(principal);
    if (known !== undefined) return known;
    const key = this.#keys[principal];
    if (key === undefined)
      throw new Failure(`There is no demonstration key for ${principal}. Use the demonstration directory.`);
    const address = { url: this.#url, key };
    const { status, body: me } = await askPatiently(address, '/v1/me');
    if (status >= 400) throw new ServerRefusal(status, me);
    const who = `${me.name}${kinds[String(me.kind)] ?? ''}`;
    const actor = { principal, who, address };
    this.#actors.set(principal, actor);
    return actor;
  }

  /** Starts an instance, and answers its id. */
  async start(principal: string, process: string, data: JsonObject, what: string): Promise<string> {
    const moved = await this.#move(principal, '/v1/instances', { process, data }, what);
    return String(moved.instance);
  }

  async send(
    principal: string,
    instance: string,
    type: string,
    data: JsonObject,
    what: string,
  ): Promise<void> {
    await this.#move(principal, `/v1/instances/${instance}/events`, { type, data }, what);
  }

  /** Reads the gate, and decides on exactly what was read. */
  async decide(
    principal: string,
    instance: string,
    state: string,
    decision: JsonObject,
    what: string,
  ): Promise<void> {
    const { address } = await this.actor(principal);
    const gate = await askPatiently(address, `/v1/instances/${instance}/gates/${state}`);
    if (gate.status >= 400) throw new ServerRefusal(gate.status, gate.body);
    await this.#move(principal, decisionsPath(instance, state), decision, what, gate.etag ?? '');
  }

  /** Says what somebody thinks of the case, at a gate that asks for it before the proposal is shown. */
  async giveView(
    principal: string,
    instance: string,
    state: string,
    text: string,
    what: string,
  ): Promise<void> {
    const { address } = await this.actor(principal);
    const gate = await askPatiently(address, `/v1/instances/${instance}/gates/${state}`);
    if (gate.status >= 400) throw new ServerRefusal(gate.status, gate.body);
    await this.#move(
      principal,
      `/v1/instances/${instance}/gates/${state}/view`,
      { text },
      what,
      gate.etag ?? '',
    );
  }

  /** Lets the agent answer requests until the one of this instance is answered. */
  async propose(principal: string, instance: string): Promise<JsonObject> {
    const { address } = await this.actor(principal);
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const body = { leaseSeconds };
      const claimed = await askPatiently(address, '/v1/proposal-requests/claim', { method: 'POST', body });
      if (claimed.status >= 400) throw new ServerRefusal(claimed.status, claimed.body);
      if (claimed.body.instance !== undefined) {
        const answered = await this.#answerRequest(principal, instance, claimed.body);
        if (answered !== null) return answered;
      } else if (performance.now() < giveUpAt) {
        // A claim whose answer was lost on the way holds the request until its lease ends.
        await pause(1_000);
      } else throw new Failure('The agent was given no request, though one is open.');
    }
  }

  /** The proposal, once it is the one for this instance. */
  async #answerRequest(principal: string, instance: string, claimed: JsonObject): Promise<JsonObject | null> {
    const {
      instance: found,
      state = null,
      opened = null,
      claim = null,
      decision,
      input,
      instructions,
    } = claimed;
    const proposal = draftProposal({
      decision: String(decision),
      input: input as JsonObject,
      instructions: typeof instructions === 'string' ? instructions : null,
    });
    if (proposal === null) return null;
    const what =
      found === instance
        ? `takes the request and proposes the ${decision}`
        : `answers a request that an earlier, interrupted run left open (${decision})`;
    try {
      await this.#move(
        principal,
        `/v1/instances/${found}/proposals`,
        { state, opened, claim, proposal },
        what,
      );
    } catch (error) {
      // The lease ended before the proposal arrived: the request is there to be taken again.
      if (error instanceof ServerRefusal && error.problem.code === 'stale') return null;
      throw error;
    }
    return found === instance ? proposal : null;
  }

  /** An attempt that must be refused. Tells why it was; fails the demonstration where it was not. */
  async attempt(principal: string, what: string, path: string, asked: ServerRequest): Promise<void> {
    const { address, who } = await this.actor(principal);
    const answer = await askPatiently(address, path, {
      method: 'POST',
      idempotencyKey: randomUUID(),
      ...asked,
    });
    if (answer.status < 400)
      throw new Failure(`${who} ${what}, and the server did not refuse it (${answer.status}).`);
    this.#narrator.refused(
      { who, what },
      String(answer.body.code),
      `${answer.body.detail} ${answer.body.next}`,
    );
  }

  async attemptDecision(
    principal: string,
    instance: string,
    state: string,
    verdict: string,
    what: string,
  ): Promise<void> {
    const { address } = await this.actor(principal);
    const gate = await askPatiently(address, `/v1/instances/${instance}/gates/${state}`);
    // Who may not even read the gate tries with a tag of the right form, so that the refusal is about them.
    const ifMatch = gate.etag ?? `"1.${'0'.repeat(64)}"`;
    await this.attempt(principal, what, decisionsPath(instance, state), {
      body: { verdict, reason: what },
      ifMatch,
    });
  }

  async read(principal: string, path: string): Promise<ServerAnswer> {
    const { address } = await this.actor(principal);
    return askPatiently(address, path);
  }

  async #move(
    principal: string,
    path: string,
    body: JsonObject,
    what: string,
    ifMatch?: string,
  ): Promise<JsonObject> {
    const { address, who } = await this.actor(principal);
    const asked: ServerRequest = { method: 'POST', body, idempotencyKey: randomUUID() };
    const answer = await askPatiently(address, path, ifMatch === undefined ? asked : { ...asked, ifMatch });
    if (answer.status >= 400) throw new ServerRefusal(answer.status, answer.body);
    const where = await this.#whereTo(answer.body);
    this.#narrator.step({ who, what }, where, String(answer.body.entry));
    return answer.body;
  }

  /** The state with its title, as whoever may read the instance sees it. */
  async #whereTo(moved: JsonObject): Promise<string> {
    const states = Array.isArray(moved.states) ? moved.states : [];
    if (moved.status === 'done') return `${states.join(', ')}: ${JSON.stringify(moved.output)}`;
    const { address } = await this.actor('person:mai-thi-kiem-thu');
    const { body } = await askPatiently(address, `/v1/instances/${moved.instance}`);
    const shown = Array.isArray(body.states) ? (body.states as JsonObject[]) : [];
    const titles = new Map(shown.map(({ state, title }) => [state, title as JsonObject | null]));
    return states.map((state) => `${state} (${titles.get(state)?.vi ?? 'không có tên'})`).join(', ');
  }
}

const decisionsPath = (instance: string, state: string) =>
  `/v1/instances/${instance}/gates/${state}/decisions`;

/** Short, so that a claim whose answer was lost does not hold up the story for long. */
const leaseSeconds = 20;
