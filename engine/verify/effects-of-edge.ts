/**
 * What must not happen along an edge while a proposal is live: reading it, writing a field that it alone
 * may write, ending in success, and whatever reaches beyond the process: work that a state waits for, a
 * message, an action on a document, undoing what was done. This file says what each edge does; whether a proposal is live there
 * is not known here.
 */

import type { CheckedExpression } from '../definition/compile-expression.ts';
import type { Position } from '../definition/compiled-process.ts';
import type { AssignModel, DefinitionModel } from '../definition/model-definition.ts';
import type { EffectModel, WorkModel } from '../definition/model-work.ts';
import { anyProposal } from '../definition/prepare-expression.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { endingsWithoutSuccess } from '../oversight/endings-without-success.ts';
import { type AnalysisEdge, hasEnded } from './analysis-graph.ts';

export interface EdgeEffect {
  /** What happens, to be read after "While a proposal is undecided, ". */
  readonly what: string;
  readonly position: Position;
}

/** The effects on this edge that a live proposal of this kind forbids. */
export function effectsOfEdge(
  model: DefinitionModel,
  kind: string,
  edge: AnalysisEdge,
): readonly EdgeEffect[] {
  const effects: EdgeEffect[] = [...workIn(model, edge)];
  const transition = edge.transition === null ? undefined : model.transitions.get(edge.transition);
  const read = (expression: CheckedExpression, what: string) => {
    if (reads(expression, kind))
      effects.push({ what: `${what} reads proposal.${kind}`, position: expression.position });
  };
  const assigned = (assign: AssignModel) => {
    for (const [field, expression] of assign) {
      if (model.decisionFields.get(field) === kind)
        effects.push({ what: `"${field}" is assigned`, position: expression.position });
      else read(expression, `the value for "${field}"`);
    }
  };
  if (transition?.guard != null) read(transition.guard, 'a guard');
  const reached = (list: readonly EffectModel[] | undefined) => {
    for (const { name, of, position } of list ?? []) effects.push({ what: whatReaches(name, of), position });
  };
  for (const state of edge.exits) {
    const left = model.states.get(state);
    left?.exit.forEach(assigned);
    reached(left?.exitEffects);
  }
  if (transition !== undefined) assigned(transition.assign);
  reached(transition?.effects);
  for (const state of edge.entries) {
    const entered = model.states.get(state);
    entered?.entry.forEach(assigned);
    reached(entered?.entryEffects);
    for (const expression of entered?.output?.values() ?? []) read(expression, 'an output');
    // A proposal may be shown to the agent that is asked for a better one, and to no other.
    if (state.definition.propose?.decision === kind) continue;
    for (const expression of entered?.proposeInput.values() ?? []) read(expression, "an agent's input");
  }
  return [...effects, ...effectsOfEnding(model, edge, assigned, reached)];
}

/** Work goes on for as long as its state is active: a proposal that comes meanwhile finds it under way. */
function workIn(model: DefinitionModel, { to }: AnalysisEdge): readonly EdgeEffect[] {
  return [...to.active].flatMap((state): EdgeEffect[] => {
    const work = model.states.get(state)?.invoke;
    return work == null ? [] : [{ what: `${workName(work)} is under way`, position: work.position }];
  });
}

function workName({ kind, name }: WorkModel): string {
  if (kind === 'compensate') return 'what was done is undone: a compensation';
  return kind === 'task' ? `the task "${name}"` : `the child process "${name}"`;
}

function whatReaches(name: string, of: string | null): string {
  if (name === 'send') return `the message "${of}" is sent`;
  return of === null ? `"${name}" is done to a document` : `"${name}" is done to the document "${of}"`;
}

/** At the end every active state is left, whatever the edge was. */
function effectsOfEnding(
  model: DefinitionModel,
  edge: AnalysisEdge,
  assigned: (assign: AssignModel) => void,
  reached: (list: readonly EffectModel[] | undefined) => void,
): readonly EdgeEffect[] {
  const { root } = model.tree;
  if (!hasEnded(root, edge.to)) return [];
  for (const state of edge.to.active) {
    const left = model.states.get(state);
    left?.exit.forEach(assigned);
    reached(left?.exitEffects);
  }
  const final = edge.to.leaves[0];
  if (root.kind === 'compound' && final !== undefined && !reportsSuccess(model, final)) return [];
  const ending = final === undefined ? 'the process' : `the process, in "${edge.to.key}",`;
  return [
    {
      what: `${ending} ends in success (an ending without success says so: output: { result: "'rejected'" })`,
      position: edge.transition?.position ?? model.source.position,
    },
  ];
}

/** Whether ending in this state says that the process achieved what it was for. */
export function reportsSuccess(model: DefinitionModel, final: TreeState): boolean {
  const result = model.states.get(final)?.output?.get('result');
  const literal = result === undefined ? null : /^(?:'([a-z-]+)'|"([a-z-]+)")$/.exec(result.source.trim());
  const value = literal?.[1] ?? literal?.[2];
  return value === undefined || !endingsWithoutSuccess.includes(value);
}

function reads(expression: CheckedExpression, kind: string): boolean {
  return expression.proposals.has(kind) || expression.proposals.has(anyProposal);
}
