/** Decides whether gates, proposals, decisions and selectors are such that people can act on them, and only people decide. */
import type { Allow, Gate, Selector } from '../../schemas/process-definition.ts';
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { SourceNode } from '../definition/read-source.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { suggestName } from '../definition/suggest-name.ts';
import { excludedDrafts, excludedGates } from '../oversight/exclusions.ts';
import { checkSecretBallot } from './check-secret-ballot.ts';
import { nameOf } from './check-states.ts';

export function checkPeople(model: DefinitionModel, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    if (state.definition.gate !== undefined) checkGate(model, state, state.definition.gate, findings);
    if (state.definition.propose !== undefined) checkPropose(model, state, findings);
    const operator = memberOf(memberOf(state.source, 'operator'), 'allow');
    checkSelector(state.definition.operator?.allow, operator, 'person', findings);
  }
  checkSelector(
    model.definition.start.allow,
    memberOf(memberOf(model.source, 'start'), 'allow'),
    'service',
    findings,
  );
  for (const [name, { worker }] of Object.entries(model.definition.tasks ?? {})) {
    const node = memberOf(memberOf(memberOf(model.source, 'tasks'), name), 'worker');
    checkSelector(worker, node, 'service', findings);
  }
  for (const { definition, node } of model.tree.transitions) {
    checkSelector(definition.allow, memberOf(node, 'allow'), 'service', findings);
  }
}

function checkGate(model: DefinitionModel, state: TreeState, gate: Gate, findings: FindingList): void {
  const node = memberOf(state.source, 'gate');
  const at = (member: string): Position => node?.members?.get(member)?.keyPosition ?? state.position;
  if (gate.binds !== undefined) checkKind(model, gate.binds, memberOf(node, 'binds'), findings);
  for (const outcome of ['approved', 'rejected'] as const) {
    const handled = state.transitions.some(
      ({ cause }) => cause.kind === 'outcome' && cause.outcome === outcome,
    );
    if (!handled)
      findings.error(
        'unhandled-outcome',
        at('meaning'),
        `${nameOf(state)} does not say what follows when it is ${outcome}. Add "${outcome}" under its "on".`,
      );
  }
  checkQuorum(gate, at, findings);
  checkSecretBallot(model, state, gate, at, findings);
  checkTime(gate, at, findings);
  const { exclude = [], reviewers } = gate;
  if (exclude.includes('subject') && model.definition.subject === undefined) {
    findings.error(
      'no-subject',
      at('exclude'),
      'The process does not say whom it is about. Add "subject" with an expression for the person, or remove it here.',
    );
  }
  for (const name of excludedGates(gate)) {
    if (name !== state.id && model.tree.states.get(name)?.definition.gate !== undefined) continue;
    const gates = [...model.tree.states.values()].filter(({ definition }) => definition.gate !== undefined);
    const known = gates.map(({ id }) => id).filter((id) => id !== state.id);
    findings.error(
      'unknown-gate',
      at('exclude'),
      `There is no other gate "${name}" whose reviewers could be excluded.${suggestName(name, known)}`,
    );
  }
  const drafts = excludedDrafts(gate);
  for (const field of drafts === 'all' ? [] : drafts) {
    if (model.fields.has(field)) continue;
    findings.error(
      'unknown-field',
      at('exclude'),
      `The context has no field "${field}" that anybody could draft.${suggestName(field, model.fields)}`,
    );
  }
  const all = [reviewers].flat();
  if (exclude.includes('initiator') && all.every(({ initiator }) => initiator === true)) {
    findings.error(
      'nobody-can',
      at('reviewers'),
      'Only the initiator may review here, and the initiator is excluded. Name other reviewers.',
    );
  }
  if (gate.independentView === true && gate.binds === undefined) {
    findings.warning(
      'unused-member',
      at('independentView'),
      'Nothing is proposed here that a view could be independent of. Remove "independentView", or add "binds".',
    );
  }
  checkSelector(reviewers, memberOf(node, 'reviewers'), 'person', findings);
  checkSelector(gate.reassign, memberOf(node, 'reassign'), 'person', findings);
  const overdue = memberOf(node, 'onOverdue');
  checkSelector(gate.onOverdue?.escalate, memberOf(overdue, 'escalate'), 'person', findings);
}

function checkQuorum(
  { quorum, ballot, due }: Gate,
  at: (member: string) => Position,
  findings: FindingList,
): void {
  const needed = quorum?.approve;
  if (typeof needed === 'string' && quorum?.of === undefined) {
    findings.error(
      'share-of-whom',
      at('quorum'),
      `"${needed}" of whom? Add "of: members": all who may review, present or not.`,
    );
  }
  if (typeof needed === 'number' && quorum?.of !== undefined) {
    findings.warning(
      'unused-member',
      at('quorum'),
      'A number of approvals is of nobody in particular. Remove "of".',
    );
  }
  if (quorum?.of === 'votes-cast' && quorum.present === undefined) {
    findings.error(
      'missing-presence',
      at('quorum'),
      'Of the votes cast, a single one would be all. Say how many must have voted: add "present: more-than-half".',
    );
  }
  if (ballot === 'secret' && due === undefined) {
    findings.warning(
      'ballot-without-due',
      at('ballot'),
      'One member who never votes keeps this secret ballot from being counted. Add "due", such as due: { workingDays: 3 }.',
    );
  }
  if (ballot === 'secret' && typeof needed !== 'string') {
    findings.error(
      'ballot-not-secret',
      at('ballot'),
      'Where a number of people decides, the outcome tells how each voted. Take a share with "of: members", or an open ballot.',
    );
  }
}

function checkTime({ due, onOverdue }: Gate, at: (member: string) => Position, findings: FindingList): void {
  if (onOverdue !== undefined && due === undefined) {
    findings.error(
      'overdue-without-due',
      at('onOverdue'),
      'The gate is never overdue, because it says no time. Add "due", such as due: { workingDays: 3 }.',
    );
  }
}

function checkPropose(model: DefinitionModel, state: TreeState, findings: FindingList): void {
  const { definition } = state;
  const member = state.source.members?.get('propose');
  const position = member?.keyPosition ?? state.position;
  const { propose } = definition;
  if (propose === undefined) return;
  checkKind(model, propose.decision, memberOf(member?.node, 'decision'), findings);
  checkSelector(propose.agent, memberOf(member?.node, 'agent'), 'agent', findings);
  if (definition.onDone === undefined)
    findings.error(
      'missing-on-done',
      position,
      `${nameOf(state)} does not say where a proposal leads. Add "onDone".`,
    );
  if (definition.onError === undefined)
    findings.error(
      'missing-on-error',
      position,
      `${nameOf(state)} does not say what happens when no proposal comes. Add "onError": people go on by hand.`,
    );
  if (propose.timeout === undefined && propose.several === undefined)
    findings.warning(
      'missing-timeout',
      position,
      `${nameOf(state)} waits for an agent without end. Add "timeout", such as PT30M.`,
    );
}

function checkKind(
  model: DefinitionModel,
  kind: string,
  node: SourceNode | undefined,
  findings: FindingList,
): void {
  if (model.decisions.has(kind) || node === undefined) return;
  findings.error(
    'unknown-decision',
    node.position,
    `No decision "${kind}" is declared under "decisions".${suggestName(kind, model.decisions.keys())}`,
  );
}

/** Kinds of principal by what they may do at all: agents only propose, services never decide. */
const mayBe = { person: ['person'], service: ['person', 'service'], agent: ['agent'] } as const;

function checkSelector(
  allow: Allow | undefined,
  node: SourceNode | undefined,
  who: keyof typeof mayBe,
  findings: FindingList,
): void {
  if (allow === undefined || node === undefined) return;
  const selectors: readonly Selector[] = [allow].flat();
  for (const [index, { principal }] of selectors.entries()) {
    if (principal === undefined) continue;
    const place = memberOf(node.items?.[index] ?? node, 'principal')?.position ?? node.position;
    const wrong = [principal].flat().filter((id) => !mayBe[who].some((kind) => id.startsWith(`${kind}:`)));
    for (const id of wrong) {
      const kinds = mayBe[who].map((kind) => `${kind}:…`).join(' or ');
      findings.error(
        'nobody-can',
        place,
        `"${id}" can never act here: this takes ${kinds}. Name another principal, or a role.`,
      );
    }
  }
}
