/**
 * Whether an agent may answer a request as it stands now: asked before it is listed, claimed, or told to an agent that
 * is called. It hands nothing out and decides nothing; what a proposal comes to is decided where every step is.
 */
import { type CompiledProcess, ExpressionError } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { RequestName } from '../ledger/ledger.ts';
import { controlInTheWay } from '../oversight/controls.ts';
import type { Principal } from '../oversight/directory.ts';
import { knownOperator } from '../oversight/operator-of-agent.ts';
import { permits } from '../oversight/permits.ts';
import { hasSpoken } from '../step/collect-proposals.ts';
import { rosterScope } from '../step/scope.ts';
import type { ProposalRequest, StoredState } from '../step/stored-state.ts';
import type { BatchWorld } from './command-batch.ts';

export interface Found {
  readonly kind: 'found';
  readonly process: CompiledProcess;
  readonly request: ProposalRequest;
}

export type Looked =
  | Found
  /** It may, but something is paused or stopped. */
  | { readonly kind: 'barred' }
  /** It may not as things are, or the request stands no more. `failure`: what could not be told, where that is why. */
  | { readonly kind: 'not-theirs'; readonly failure: string | null };

const notTheirs: Looked = { kind: 'not-theirs', failure: null };

/** `stored` is the text of the instance's state, where it is at hand. */
export async function lookAt(
  world: BatchWorld,
  agent: Principal,
  definition: string,
  { instance, state: name, opened }: RequestName,
  stored?: string,
): Promise<Looked> {
  const process = await world.processes.get(definition);
  const text = stored ?? (await world.ledger.loadInstances([instance])).get(instance)?.state;
  const wanted = process?.proposes.get(name);
  if (process === null || wanted === undefined || text === undefined) return notTheirs;
  const state = JSON.parse(text) as StoredState;
  const request = memberOf(state.requests, name);
  const actor = world.directory.snapshotOf(agent);
  const time = new Date(world.clock.now()).toISOString();
  if (request?.opened !== opened) return notTheirs;
  const { controls, directory } = await world.directory.current();
  // Whoever has handed in has nothing more to do here, nor has another agent of theirs.
  if (hasSpoken(directory, request, agent.id, knownOperator(directory, agent.id))) return notTheirs;
  try {
    if (!permits(wanted.propose.agent, actor, rosterScope(state, actor, time), process)) return notTheirs;
  } catch (error) {
    // Default deny (P9): what one case does to an expression is no trouble of anybody else's.
    if (!(error instanceof ExpressionError)) throw error;
    const failure = explain(process, name, error);
    world.report?.(`A request waits that some agents cannot be asked to answer: ${failure}.`);
    return { kind: 'not-theirs', failure };
  }
  const body = { kind: 'proposal', state: name } as const;
  const attempt = { process: process.definition.id, instance, state, body, actor };
  if (controlInTheWay(controls, attempt) !== null) return { kind: 'barred' };
  return { kind: 'found', process, request };
}

/** Without what the evaluation said: that may hold the case's own data, and this is read by who may not. */
function explain({ definition }: CompiledProcess, state: string, { expression }: ExpressionError): string {
  const { line, column } = expression.position;
  return `the expression in ${definition.id} that says who may answer in the state ${state} could not be evaluated (line ${line}, column ${column})`;
}
