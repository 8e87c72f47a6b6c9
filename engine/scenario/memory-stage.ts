/** One instance on the pure core: what is wished for is put to it, as the shell would put it. */
import { countedBy } from '../calendar/calendars.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { asIfShown } from '../oversight/assurance.ts';
import type { ActorSnapshot, Directory } from '../oversight/directory.ts';
import { operatorOfAgent } from '../oversight/operator-of-agent.ts';
import { toldByTimer } from '../oversight/people-told.ts';
import { peopleWithRole } from '../oversight/people-with-role.ts';
import { rosterOf } from '../oversight/roster.ts';
import { snapshotOf } from '../oversight/snapshot.ts';
import { nextStep, type Standing } from '../step/next-step.ts';
import { rosterScope } from '../step/scope.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { Stimulus, StimulusBody } from '../step/stimulus.ts';
import { CoverageWatch } from './coverage.ts';
import type { Wish } from './play-scenario.ts';

export class MemoryStage {
  readonly steps: Step[] = [];
  readonly watch: CoverageWatch;
  readonly #process: CompiledProcess;
  readonly #directory: Directory;
  #standing: Standing | null;

  /** Begins where an instance stands, or before its start. */
  constructor(process: CompiledProcess, directory: Directory, standing: Standing | null = null) {
    this.#process = process;
    this.#directory = directory;
    this.#standing = standing;
    this.watch = new CoverageWatch(process);
  }

  take(wish: Wish): Step | Refusal {
    const stimulus = this.#toStimulus(wish);
    if ('code' in stimulus) return stimulus;
    const answer = nextStep(this.#process, instanceOnStage, this.#standing, stimulus);
    if (answer.kind === 'refusal') return answer;
    this.#standing = { seq: answer.entry.seq, state: answer.state };
    this.steps.push(answer);
    this.watch.see(answer);
    return answer;
  }

  /** The wish with what only the directory can say. */
  #toStimulus({ by, time, body: wished }: Wish): Stimulus | Refusal {
    const actor = by === null ? engine : snapshotOf(by, this.#directory, time);
    const completed = this.#completed(wished, actor, time);
    if ('code' in completed) return completed;
    // In a scenario whoever decides shows what their gate demands.
    const { factor, authentication: shown } =
      completed.kind === 'decision'
        ? asIfShown(this.#process.gates.get(completed.gate)?.gate)
        : { factor: {}, authentication: [] };
    const body = { ...completed, ...factor };
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
      return { ...body, proposal: { ...body.proposal, operator: named.operator } };
    }
    if (body.kind === 'timer' && this.#standing !== null) {
      const { state } = this.#standing;
      const told = toldByTimer(process, body.timer, this.#directory, state, rosterScope(state, actor, time));
      return told === undefined ? body : { ...body, told };
    }
    if (body.kind !== 'decision' && body.kind !== 'view') return body;
    if (this.#standing === null || !process.gates.has(body.gate)) return { ...body, roster: [] };
    const scope = rosterScope(this.#standing.state, actor, time);
    return { ...body, roster: rosterOf(process, body.gate, this.#directory, scope) };
  }
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
