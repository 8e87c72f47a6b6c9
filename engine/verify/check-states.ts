/** Decides whether each state has only what a state of its kind may have. */
import { parseDurationMs, toDelay } from '../definition/duration.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { findNode } from '../definition/read-source.ts';
import type { StateKind, TreeState } from '../definition/state-tree.ts';

type Member = keyof TreeState['definition'];

const inner: readonly Member[] = ['states', 'initial'];
const leaving: readonly Member[] = ['on', 'always', 'after', 'onDone', 'onError'];
const people: readonly Member[] = ['gate', 'propose', 'invoke', 'compensate'];
const ofHistory: readonly Member[] = ['history', 'target'];

/** What a state of this kind must not have. */
const misplaced: Readonly<Record<StateKind, readonly Member[]>> = {
  atomic: [...inner, ...ofHistory, 'output'],
  compound: [...people, ...ofHistory, 'output'],
  parallel: [...people, ...ofHistory, 'output', 'initial'],
  final: [...inner, ...leaving, ...people, ...ofHistory, 'operator'],
  history: [...inner, ...leaving, ...people, 'entry', 'exit', 'output', 'operator'],
};

export function checkStates(model: DefinitionModel, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    checkMembers(state, findings);
    checkReactions(state, findings);
    checkDurations(state, findings);
  }
}

function checkMembers(state: TreeState, findings: FindingList): void {
  const name = nameOf(state);
  for (const member of misplaced[state.kind]) {
    const place = state.source.members?.get(member);
    if (place === undefined) continue;
    findings.error(
      'misplaced-member',
      place.keyPosition,
      `${name} is ${article(state.kind)} state and has no "${member}". Remove it, or change its type.`,
    );
  }
  if ((state.kind === 'compound' || state.kind === 'parallel') && state.children.size === 0) {
    findings.error(
      'missing-states',
      state.position,
      `${name} is ${article(state.kind)} state and needs "states" inside it.`,
    );
  }
  if (state.kind === 'parallel') {
    for (const region of state.children.values()) {
      if (region.kind === 'history') {
        // XState restores such a history into states that do not fit together.
        findings.error(
          'misplaced-member',
          region.position,
          `"${region.id}" stands beside regions, which have no history of their own. Put it inside a compound state.`,
        );
      }
      if (region.kind !== 'final') continue;
      findings.error(
        'misplaced-member',
        region.position,
        `"${region.id}" is a region, and a region cannot be final. Put a final state inside it.`,
      );
    }
  }
}

function checkReactions(state: TreeState, findings: FindingList): void {
  const { definition, source } = state;
  const name = nameOf(state);
  const at = (member: Member) => source.members?.get(member)?.keyPosition ?? state.position;
  const works = definition.propose !== undefined || definition.invoke !== undefined;
  if (definition.gate !== undefined && definition.propose !== undefined) {
    findings.error(
      'gate-and-propose',
      at('propose'),
      `${name} has a gate and a propose. Make two states of it: people decide on what is there.`,
    );
  }
  if (state.kind === 'atomic' && definition.onDone !== undefined && !works) {
    findings.error(
      'misplaced-member',
      at('onDone'),
      `${name} has nothing that could be done, so "onDone" never comes. Remove it.`,
    );
  }
  if (state.kind !== 'final' && state.kind !== 'history' && definition.onError !== undefined && !works) {
    findings.error(
      'misplaced-member',
      at('onError'),
      `${name} does nothing that could fail, so "onError" never comes. Remove it.`,
    );
  }
  for (const { cause, definition: transition, position, source: from } of state.transitions) {
    if (cause.kind === 'event' && /^(xstate|countersign)(\.|$)/.test(cause.event)) {
      findings.error(
        'reserved-event',
        position,
        `Event names that begin with "${cause.event.split('.')[0]}" are reserved. Choose another.`,
      );
    }
    if (transition.reenter === true && (transition.target === undefined || from.parent === null)) {
      findings.error(
        'reenter-without-target',
        position,
        'Only a transition to a target can re-enter. Remove "reenter", or name the target.',
      );
    }
  }
}

/** Durations that are values; those of `after` are keys. */
const timesOf = [
  ['propose', 'timeout'],
  ['gate', 'due'],
  ['gate', 'onOverdue', 'remind'],
  ['invoke', 'timeout'],
  ['invoke', 'retry', 'initialInterval'],
  ['invoke', 'retry', 'maxInterval'],
  ['compensate', 'timeout'],
];

function checkDurations(state: TreeState, findings: FindingList): void {
  const texts = [...(state.source.members?.get('after')?.node.members ?? [])].map(
    ([text, { keyPosition }]) => ({ text, keyPosition }),
  );
  for (const path of timesOf) {
    const { node: time } = findNode(state.source, path);
    if (typeof time?.value === 'string') texts.push({ text: time.value, keyPosition: time.position });
  }
  for (const { text, keyPosition } of texts) {
    if (typeof toDelay(text) === 'string' && parseDurationMs(text) === null)
      findings.error(
        'bad-duration',
        keyPosition,
        `"${text}" is longer than a hundred years. Use a shorter one.`,
      );
  }
}

function article(kind: StateKind): string {
  return kind === 'atomic' ? 'an atomic' : `a ${kind}`;
}

/** The state as the subject of a sentence. */
export function nameOf(state: TreeState): string {
  return state.id === '' ? 'The process' : `"${state.id}"`;
}
