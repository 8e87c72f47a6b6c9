/**
 * Decides whether the work that states wait for can be done at all, comes to an end, and leads somewhere
 * whatever comes of it; and whether the tasks, messages and documents that are declared are used.
 */
import type { Invoke } from '../../schemas/process-definition.ts';
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { EffectModel } from '../definition/model-work.ts';
import type { SourceNode } from '../definition/read-source.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { nameOf } from './check-states.ts';

export function checkWork(model: DefinitionModel, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    if (state.definition.invoke !== undefined) checkInvoke(state, state.definition.invoke, findings);
    if (state.definition.compensate !== undefined) checkCompensate(state, findings);
  }
  checkCompensations(model, findings);
  checkTasks(model, findings);
  checkMessages(model, findings);
  checkDocuments(model, findings);
}

/** What each kind of work has no use for. */
const useless: Readonly<Record<'task' | 'process' | 'compensate', readonly (keyof Invoke)[]>> = {
  task: ['process', 'compensate', 'forEach', 'complete', 'output'],
  process: ['compensate', 'document', 'retry'],
  compensate: ['document', 'input', 'retry', 'forEach', 'complete', 'output'],
};

function checkInvoke(state: TreeState, invoke: Invoke, findings: FindingList): void {
  const member = state.source.members?.get('invoke');
  const position = member?.keyPosition ?? state.position;
  const at = (name: string) => member?.node.members?.get(name)?.keyPosition ?? position;
  const kind = (['task', 'process', 'compensate'] as const).find((one) => invoke[one] !== undefined);
  if (kind === undefined) {
    findings.error(
      'missing-field',
      position,
      'This does not say what to do. Add "task", "process" or "compensate".',
    );
    return;
  }
  for (const name of useless[kind]) {
    if (invoke[name] === undefined) continue;
    findings.error(
      'misplaced-member',
      at(name),
      `Where ${kind === 'compensate' ? 'everything is undone' : `a ${kind} is invoked`} there is no "${name}". Remove it, or make two states of it.`,
    );
  }
  if (invoke.complete !== undefined && invoke.forEach === undefined) {
    findings.error(
      'misplaced-member',
      at('complete'),
      'With a single child there is nothing to count. Remove "complete", or add "forEach".',
    );
  }
  const { definition } = state;
  if (definition.gate !== undefined || definition.propose !== undefined) {
    findings.error(
      'misplaced-member',
      position,
      `${nameOf(state)} waits for people or an agent already. Make two states of it.`,
    );
  }
  if (definition.onDone === undefined) {
    findings.error(
      'missing-on-done',
      position,
      `${nameOf(state)} does not say what follows when the work is done. Add "onDone".`,
    );
  }
  if (definition.onError === undefined) {
    findings.error(
      'missing-on-error',
      position,
      `${nameOf(state)} does not say what follows when the work fails. Add "onError": people go on by hand.`,
    );
  }
  if (invoke.timeout === undefined) {
    findings.warning(
      'missing-timeout',
      position,
      `${nameOf(state)} waits for its work without end. Add "timeout", such as PT5M.`,
    );
  }
}

function checkCompensate(state: TreeState, findings: FindingList): void {
  const member = state.source.members?.get('compensate');
  const position = member?.keyPosition ?? state.position;
  const { invoke, compensate } = state.definition;
  if (invoke === undefined || invoke.compensate !== undefined) {
    findings.error(
      'misplaced-member',
      position,
      `${nameOf(state)} does no work that could be undone. Remove "compensate".`,
    );
  }
  if (compensate?.timeout === undefined) {
    findings.warning(
      'missing-timeout',
      position,
      'What undoes the work may take without end. Add "timeout", such as PT5M.',
    );
  }
}

function checkCompensations(model: DefinitionModel, findings: FindingList): void {
  const states = [...model.tree.states.values()];
  const undone = states.filter(({ definition }) => definition.compensate !== undefined);
  const undoing = states.filter(({ definition }) => definition.invoke?.compensate !== undefined);
  for (const { source, position } of undone.length === 0 ? undoing : []) {
    findings.error(
      'nothing-to-compensate',
      memberOf(source, 'invoke')?.members?.get('compensate')?.keyPosition ?? position,
      'No state says how its work is undone. Add "compensate" with a task to those that can be.',
    );
  }
  for (const { source, position } of undoing.length === 0 ? undone : []) {
    findings.warning(
      'unused-declaration',
      source.members?.get('compensate')?.keyPosition ?? position,
      'Nothing ever undoes this. Add a state with "invoke: { compensate: all }", or remove it.',
    );
  }
}

function checkTasks(model: DefinitionModel, findings: FindingList): void {
  const works = [...model.states.values()].flatMap(({ invoke, compensate }) => [invoke, compensate]);
  const used = new Set(works.flatMap((work) => (work?.kind === 'task' ? [work.name] : [])));
  for (const { name, node, position } of declared(model, 'tasks')) {
    const { worker, http } = model.definition.tasks?.[name] ?? {};
    if (worker === undefined && http === undefined) {
      findings.error(
        'missing-field',
        position,
        `Nobody performs the task "${name}". Add "worker" with a role that polls for it, or "http".`,
      );
    }
    if (worker !== undefined && http !== undefined) {
      findings.error(
        'misplaced-member',
        node.members?.get('http')?.keyPosition ?? position,
        `The task "${name}" is a worker's already. Remove "http", or "worker".`,
      );
    }
    if (!used.has(name)) tellUnused('task', name, 'Invoke it in a state', position, findings);
  }
}

function checkMessages(model: DefinitionModel, findings: FindingList): void {
  const sent = new Set(effectsIn(model).flatMap(({ name, of }) => (name === 'send' ? [of] : [])));
  const causes = model.tree.transitions.map(({ cause }) => cause);
  const taken = new Set(causes.flatMap((cause) => (cause.kind === 'message' ? [cause.message] : [])));
  for (const { name, position } of declared(model, 'messages')) {
    if (!sent.has(name) && !taken.has(name))
      tellUnused('message', name, 'Send it, or take it under "on"', position, findings);
    if (sent.has(name) && model.definition.messages?.[name]?.timeToLive === undefined) {
      findings.warning(
        'missing-timeout',
        position,
        `A message "${name}" that nobody takes would wait without end. Add "timeToLive", such as P30D.`,
      );
    }
  }
}

function checkDocuments(model: DefinitionModel, findings: FindingList): void {
  const states = [...model.tree.states.values()].map(({ definition }) => definition);
  const works = states.flatMap(({ invoke, compensate }) => [invoke, compensate]);
  const used = new Set([
    ...works.flatMap((work) => (work?.task?.startsWith('document.') ? [work.document ?? null] : [])),
    ...effectsIn(model).flatMap(({ name, of }) => (name === 'send' ? [] : [of])),
  ]);
  for (const { name, position } of declared(model, 'documents')) {
    if (used.has(name) || used.has(null)) continue;
    tellUnused('document', name, 'Work on it with a document action or task', position, findings);
  }
}

function effectsIn({ states, transitions }: DefinitionModel): readonly EffectModel[] {
  const ofStates = [...states.values()].flatMap(({ entryEffects, exitEffects }) => [
    ...entryEffects,
    ...exitEffects,
  ]);
  return [...ofStates, ...[...transitions.values()].flatMap(({ effects }) => effects)];
}

interface Declared {
  readonly name: string;
  readonly node: SourceNode;
  readonly position: Position;
}

function declared({ source }: DefinitionModel, section: string): readonly Declared[] {
  const members = memberOf(source, section)?.members;
  return [...(members ?? [])].map(([name, { node, keyPosition }]) => ({ name, node, position: keyPosition }));
}

function tellUnused(
  what: string,
  name: string,
  cure: string,
  position: Position,
  findings: FindingList,
): void {
  findings.warning(
    'unused-declaration',
    position,
    `Nothing uses the ${what} "${name}". ${cure}, or remove it.`,
  );
}
