/** What a change does to the work of AI agents: what they may propose, which ones, what they see and are told. */
import type { Several } from '../../schemas/definition/propose.ts';
import type { Json } from '../../schemas/json.ts';
import type { Propose } from '../../schemas/process-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { compareAllow } from './compare-allow.ts';
import { tellAllow } from './compare-gates.ts';
import { tellSchemaChange } from './compare-inputs.ts';
import { compareSchemas } from './compare-schemas.ts';
import { tellDuration } from './compare-transitions.ts';
import { type Comparison, quoted } from './comparison.ts';
import { placeOf } from './definition-side.ts';
import type { DifferenceList } from './difference.ts';

export function compareProposals({ match, list }: Comparison): void {
  for (const state of match.removed) if (state.definition.propose) tellRemoved(state, null, list);
  for (const state of match.added) if (state.definition.propose) tellAdded(null, state, list);
  for (const [a, b] of match.pairs) {
    const [before, after] = [a.definition.propose, b.definition.propose];
    if (before !== undefined && after !== undefined) comparePair(a, b, before, after, list);
    else if (before !== undefined) tellRemoved(a, b, list);
    else if (after !== undefined) tellAdded(a, b, list);
  }
}

function tellRemoved(a: TreeState, b: TreeState | null, list: DifferenceList): void {
  const message = `State "${a.id}" no longer asks an agent for a proposal of "${a.definition.propose?.decision}".`;
  list.add('proposal-removed', message, placeOf(a.source, a.position, 'propose'), b?.position ?? null);
}

function tellAdded(a: TreeState | null, b: TreeState, list: DifferenceList): void {
  const message = `State "${b.id}" now asks an agent for a proposal of "${b.definition.propose?.decision}".`;
  list.add('proposal-added', message, a?.position ?? null, placeOf(b.source, b.position, 'propose'));
}

function comparePair(
  a: TreeState,
  b: TreeState,
  before: Propose,
  after: Propose,
  list: DifferenceList,
): void {
  const add = (code: Parameters<DifferenceList['add']>[0], message: string, ...path: readonly string[]) =>
    list.add(
      code,
      message,
      placeOf(a.source, a.position, 'propose', ...path),
      placeOf(b.source, b.position, 'propose', ...path),
    );
  const name = `the agent in state "${b.id}"`;
  if (before.decision !== after.decision) {
    const message = `What ${name} proposes was "${before.decision}" and is now "${after.decision}".`;
    add('proposal-kind-changed', message, 'decision');
  }
  const agent = compareAllow(before.agent, after.agent);
  if (agent.change !== 'same') {
    add(`agent-${agent.change}`, tellAllow(`Which agent proposes in state "${b.id}"`, agent), 'agent');
  }
  const [fewer, more] = severalChanges(before.several ?? one, after.several ?? one);
  const are = `${tellSeveral(before.several)} and are now ${tellSeveral(after.several)}`;
  const asked = `The agents that propose side by side in state "${b.id}" were ${are}.`;
  if (fewer) add('alternatives-lowered', asked, 'several');
  if (more) add('alternatives-raised', asked, 'several');
  for (const [code, message, field] of inputChanges(name, before.input ?? {}, after.input ?? {})) {
    add(code, message, 'input', field);
  }
  for (const change of compareSchemas(before.output as Json, after.output as Json)) {
    const code = change.kind === 'words' ? 'description-changed' : 'proposal-output-changed';
    add(code, `A proposal of ${name} ${tellSchemaChange(change)}.`, 'output');
  }
  if ((before.instructions ?? '') !== (after.instructions ?? '')) {
    const message = `What ${name} is told is now: ${quoted(after.instructions ?? 'nothing')}`;
    add('instructions-changed', /[.…?!]$/.test(message) ? message : `${message}.`, 'instructions');
  }
  const places = {
    a: placeOf(a.source, a.position, 'propose', 'timeout'),
    b: placeOf(b.source, b.position, 'propose', 'timeout'),
  };
  if (before.timeout !== undefined && after.timeout !== undefined) {
    tellDuration(list, `The time of ${name}`, before.timeout, after.timeout, places);
  } else if (before.timeout !== undefined) {
    add('deadline-removed', `The time of ${name} is no longer limited.`, 'timeout');
  } else if (after.timeout !== undefined) {
    add('deadline-added', `The time of ${name} is now limited to ${after.timeout}.`, 'timeout');
  }
}

/** Where the file does not say how many, it is one. */
const one: Several = { atLeast: 1, atMost: 1 };

const tellSeveral = ({ atLeast, atMost }: Several = one) =>
  atLeast === atMost ? String(atMost) : `${atLeast} to ${atMost}`;

function severalChanges(a: Several, b: Several): readonly [fewer: boolean, more: boolean] {
  return [b.atLeast < a.atLeast || b.atMost < a.atMost, b.atLeast > a.atLeast || b.atMost > a.atMost];
}

type Change = readonly ['agent-sees-more' | 'agent-sees-less' | 'agent-input-changed', string, string];

function inputChanges(
  name: string,
  before: NonNullable<Propose['input']>,
  after: NonNullable<Propose['input']>,
): readonly Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field): Change[] => {
    const [old, now] = [Object.hasOwn(before, field), Object.hasOwn(after, field)];
    const [from, to] = [quoted(before[field]), quoted(after[field])];
    if (!old) return [['agent-sees-more', `What ${name} sees now includes "${field}": ${to}.`, field]];
    if (!now)
      return [['agent-sees-less', `What ${name} sees no longer includes "${field}": ${from}.`, field]];
    if (before[field] === after[field]) return [];
    const message = `What ${name} sees as "${field}" was ${from} and is now ${to}.`;
    return [['agent-input-changed', message, field]];
  });
}
