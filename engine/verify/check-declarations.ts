/** Decides whether what a definition declares can be kept, and whether all of it is used. */
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { SourceNode } from '../definition/read-source.ts';
import { renameFix, suggestName } from '../definition/suggest-name.ts';

export function checkDeclarations(model: DefinitionModel, findings: FindingList): void {
  const { definition, source } = model;
  if (definition.classification === 'top-secret') {
    const position = memberOf(source, 'classification')?.position ?? source.position;
    findings.error(
      'top-secret',
      position,
      'Top secret matters never enter this system (Article 1.2). Handle them by the rules for state secrets.',
    );
  }
  checkRoot(model, findings);
  checkIndex(model, findings);
  checkDecisionFields(model, findings);
  checkDecisions(model, findings);
}

function checkRoot({ definition, source, tree }: DefinitionModel, findings: FindingList): void {
  const initial = source.members?.get('initial');
  if (definition.type === 'parallel' && initial !== undefined) {
    findings.error(
      'misplaced-member',
      initial.keyPosition,
      'A parallel process begins in all its regions. Remove "initial".',
    );
  }
  const history = [...tree.root.children.values()].every(({ kind }) => kind === 'history');
  if (history)
    findings.error('missing-states', source.position, 'A process needs a state that is no history state.');
}

function checkIndex(model: DefinitionModel, findings: FindingList): void {
  for (const item of memberOf(model.source, 'index')?.items ?? []) {
    const name = String(item.value);
    const field = fieldSchema(model, name);
    if (field === undefined) {
      findings.error(
        'unknown-field',
        item.position,
        `The context has no field "${name}" to search by.${suggestName(name, model.fields)}`,
        renameFix(item.within(0), name, model.fields),
      );
      continue;
    }
    const type = memberOf(field, 'type')?.value;
    if (typeof type !== 'string' || !['string', 'integer', 'number', 'boolean'].includes(type)) {
      findings.error(
        'bad-index',
        item.position,
        `Only texts, numbers and booleans can be searched by; "${name}" is none of them.`,
      );
    }
    if (memberOf(field, 'confidential')?.value === true) {
      findings.error(
        'bad-index',
        item.position,
        `"${name}" is confidential, and an index keeps it readable. Remove it here.`,
      );
    }
  }
}

function checkDecisionFields(model: DefinitionModel, findings: FindingList): void {
  const required = memberOf(memberOf(model.source, 'context'), 'required');
  const written = writtenFields(model);
  for (const [name, kind] of model.decisionFields) {
    const field = fieldSchema(model, name);
    const position = memberOf(field, 'decision')?.position ?? model.source.position;
    if (!model.decisions.has(kind)) {
      findings.error(
        'unknown-decision',
        position,
        `No decision "${kind}" is declared under "decisions".${suggestName(kind, model.decisions.keys())}`,
      );
    }
    const must = required?.items?.find(({ value }) => value === name);
    if (must !== undefined) {
      findings.error(
        'required-decision-field',
        must.position,
        `"${name}" is unset until a proposal is approved, so it cannot be required. Remove it here.`,
      );
    }
    if (!written.has(name)) {
      findings.warning(
        'unwritten-decision-field',
        position,
        `Nothing ever writes "${name}". Assign proposal.${kind} to it where the proposal is approved, or remove it.`,
      );
    }
  }
}

function writtenFields(model: DefinitionModel): ReadonlySet<string> {
  const assigns = [
    ...[...model.transitions.values()].map(({ assign }) => assign),
    ...[...model.states.values()].flatMap(({ entry, exit }) => [...entry, ...exit]),
  ];
  return new Set(assigns.flatMap((assign) => [...assign.keys()]));
}

function checkDecisions(model: DefinitionModel, findings: FindingList): void {
  const declared = memberOf(model.source, 'decisions')?.members;
  const proposals = new Set<string>();
  const gates = new Set<string>();
  for (const { definition } of model.tree.states.values()) {
    if (definition.propose !== undefined) proposals.add(definition.propose.decision);
    if (definition.gate?.binds !== undefined) gates.add(definition.gate.binds);
  }
  for (const kind of model.decisions.keys()) {
    const position: Position = declared?.get(kind)?.keyPosition ?? model.source.position;
    if (!proposals.has(kind))
      findings.warning(
        'unused-decision',
        position,
        `Nothing ever proposes "${kind}". Add a state that does, or remove it.`,
      );
    else if (!gates.has(kind))
      findings.warning(
        'unbound-decision',
        position,
        `No gate binds "${kind}", so a proposal of it can never be approved. Add the gates.`,
      );
  }
}

function fieldSchema(model: DefinitionModel, name: string): SourceNode | undefined {
  return memberOf(memberOf(memberOf(model.source, 'context'), 'properties'), name);
}
