/** One instance on the pure core: what is wished for is put to it, as the shell would put it. */
import { countedBy } from '../calendar/calendars.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import { asIfShown } from '../oversight/assurance.ts';
import type { ActorSnapshot, Directory } from '../oversight/directory.ts';
import { operatorOfAgent } from '../oversight/operator-of-agent.ts';
import { toldByTimer } from '../oversight/people-told.ts';
import { peopleWithRole } from '../oversight/people-with-role.ts';
import { rosterOf } from '../oversight/roster.ts';
import { snapshotOf } from '../oversight/snapshot.ts';
import { refuseSecondOperator } from '../step/collect-proposals.ts';
import { nextStep, type Standing } from '../step/next-step.ts';
import { rosterScope } from '../step/scope.ts';
import { anyEnvelope, type Envelope, isSecretVote, sealBallot } from '../step/seal-ballot.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { Ballot, Stimulus, StimulusBody } from '../step/stimulus.ts';
import { CoverageWatch } from './coverage.ts';
import type { Wish } from './play-scenario.ts';

/** A secret vote in its box. */
export interface BoxedBallot {
  readonly gate: string;
  readonly opened: number;
  readonly subject: string;
  readonly ballot: Ballot;
}

interface SealedWish {
  readonly envelope: Partial<Envelope>;
  readonly cast: readonly BoxedBallot[];
  /** Why it could not be sealed: told to whoever may vote there. */
  readonly unsealed?: Refusal;
}

export class MemoryStage {
  readonly steps: Step[] = [];
  readonly watch: CoverageWatch;
  readonly #process: CompiledProcess;
  readonly #directory: Directory;
  #standing: Standing | null;
  #box: readonly BoxedBallot[];

  /** Begins where an instance stands, or before its start. */
  constructor(
    process: CompiledProcess,
    directory: Directory,
    standing: Standing | null = null,
    box: readonly BoxedBallot[] = [],
  ) {
    this.#process = process;
    this.#directory = directory;
    this.#standing = standing;
    this.#box = box;
    this.watch = new CoverageWatch(process);
  }

  /** The secret votes at gates that are open. */
  get box(): readonly BoxedBallot[] {
    return this.#box;
  }

  take(wish: Wish): Step | Refusal {
    const sealed = this.#sealed(wish);
    const stimulus = this.#toStimulus(wish, sealed.envelope);
    if ('code' in stimulus) return stimulus;
    const answer = nextStep(this.#process, instanceOnStage, this.#standing, stimulus);
    if (answer.kind === 'refusal') return answer;
    if (sealed.unsealed !== undefined) return sealed.unsealed;
    this.#standing = { seq: answer.entry.seq, state: answer.state };
    const { gates } = answer.state;
    this.#box = [...this.#box, ...sealed.cast].filter(({ gate, opened }) => gates[gate]?.opened === opened);
    this.steps.push(answer);
    this.watch.see(answer);
    return answer;
  }

  /** What a wish says in the open, and the ballot that it casts. What chance draws elsewhere, the seq gives here. */
  #sealed({ body }: Wish): SealedWish {
    if (body.kind !== 'decision') return { envelope: {}, cast: [] };
    const { gate, opened, subject, verdict, choice, reason } = body;
    if (verdict === 'recuse' || !isSecretVote(this.#process.gates.get(gate)?.gate, verdict))
      return { envelope: {}, cast: [] };
    const drawn = sha256Hex(`ballot ${this.#standing?.seq ?? 0}`);
    const number = drawn.slice(0, 32);
    const given = { verdict, ...(choice === undefined ? {} : { choice }), reason };
    const state = this.#standing?.state ?? { proposals: {} };
    const sealed = sealBallot(this.#process, state, gate, given, undefined, { number, salt: drawn });
    if (sealed.kind === 'refusal') return { envelope: anyEnvelope, cast: [], unsealed: sealed };
    const ballot = JSON.parse(sealed.ballot.text) as Ballot;
    return { envelope: sealed.envelope, cast: [{ gate, opened, subject, ballot }] };
  }

  /** The wish with what only the directory can say. */
  #toStimulus({ by, time, body: wished }: Wish, envelope: Partial<Envelope>): Stimulus | Refusal {
    const actor = by === null ? engine : snapshotOf(by, this.#directory, time);
    const completed = this.#completed(wished, actor, time);
    if ('code' in completed) return completed;
    // In a scenario whoever decides shows what their gate demands.
    const { factor, authentication: shown } =
      completed.kind === 'decision'
        ? asIfShown(this.#process.gates.get(completed.gate)?.gate)
        : { factor: {}, authentication: [] };
    const body = { ...saidIn(completed, envelope), ...factor } as StimulusBody;
    const authentication = by === null ? [] : ['key', ...shown];
    return { body, actor, authentication, time, request: 'scenario', ...countedBy(this.#process) };
  }

  #completed(body: Wish['body'], actor: ActorSnapshot, time: string): StimulusBody | Refusal {
    const process = this.#process;
    if (body.kind === 'start') {
      return {
        ...body,
        responsible: peopleWithRole(this.#directory, process.definition.responsible.role, time),
      };
    }
    if (body.kind === 'proposal') {
      const named = operatorOfAgent(this.#directory, actor.principal, body.proposal.operator);
      if (named.kind === 'refusal') return named;
      const asked = memberOf(this.#standing?.state.requests ?? {}, body.state);
      const heard = asked === undefined ? null : refuseSecondOperator(this.#directory, asked, named.operator);
      if (heard !== null) return heard;
      return { ...body, proposal: { ...body.proposal, operator: named.operator } };
    }
    if (body.kind === 'timer' && this.#standing !== null) {
      const { state } = this.#standing;
      const told = toldByTimer(process, body.timer, this.#directory, state, rosterScope(state, actor, time));
      return told === undefined ? body : { ...body, told };
    }
    if (body.kind === 'event' || body.kind === 'timer') return body;
    const filled = body.kind === 'count' ? { ...body, ballots: this.#ballotsIn(body) } : body;
    if (this.#standing === null || !process.gates.has(body.gate)) return { ...filled, roster: [] };
    const scope = rosterScope(this.#standing.state, actor, time);
    return { ...filled, roster: rosterOf(process, body.gate, this.#directory, scope) };
  }

  #ballotsIn(body: Pick<BoxedBallot, 'gate' | 'opened' | 'subject'>): readonly Ballot[] {
    const { gate, opened, subject } = body;
    return this.#box
      .filter((one) => one.gate === gate && one.opened === opened && one.subject === subject)
      .map(({ ballot }) => ballot)
      .sort((one, other) => (one.number < other.number ? -1 : 1));
  }
}

/** What a vote says is left out where its envelope says less. */
function saidIn(body: StimulusBody, envelope: Partial<Envelope>): object {
  if (body.kind !== 'decision' || envelope.verdict === undefined) return body;
  const { choice: _choice, ...rest } = body;
  return { ...rest, ...envelope };
}

/** The id that every instance has here; each is the only one on its stage. */
export const instanceOnStage = 'scenario';

const engine: ActorSnapshot = {
  principal: 'countersign',
  kind: 'engine',
  person: 'countersign',
  unit: null,
  roles: [],
  positions: [],
};
