/**
 * Decides whether the votes of a secret ballot can always be counted: the database must know by itself whose votes are
 * waited for, and nothing that an outcome leads to may fail. Votes cannot be changed to mend that, and a count that
 * could not be applied would tell what was in the box.
 */
import type { Gate, Selector } from '../../schemas/process-definition.ts';
import { gateRemarks, type Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { nameOf } from './check-states.ts';

export function checkSecretBallot(
  model: DefinitionModel,
  state: TreeState,
  { ballot, reviewers }: Gate,
  at: (member: string) => Position,
  findings: FindingList,
): void {
  if (ballot !== 'secret') return;
  if ([reviewers].flat().some(isToldByExpression)) {
    findings.error(
      'ballot-members-untold',
      at('reviewers'),
      'Whose votes a secret ballot waits for must be told by the directory alone. Name roles, positions, bodies or units, and no expression.',
    );
  }
  for (const transition of state.transitions) {
    if (transition.cause.kind === 'outcome') checkOutcome(model, state, transition, findings);
  }
}

function isToldByExpression({ expression, unit }: Selector): boolean {
  return expression !== undefined || (!(unit?.startsWith('unit:') ?? true) && unit !== 'initiator.unit');
}

function checkOutcome(
  model: DefinitionModel,
  state: TreeState,
  transition: TreeTransition,
  findings: FindingList,
): void {
  const { definition, node, position } = transition;
  if (definition.guard !== undefined) {
    findings.error(
      'ballot-outcome-guarded',
      node.members?.get('guard')?.keyPosition ?? position,
      `If this guard failed, the secret ballots of ${nameOf(state)} could not be counted, and that would tell how they voted. Lead to a state without a guard, and ask there with "always".`,
    );
  }
  for (const [field, { source }] of model.transitions.get(transition)?.assign ?? []) {
    if (isSure(model, field, source.trim())) continue;
    findings.error(
      'ballot-outcome-may-fail',
      node.members?.get('assign')?.node.members?.get(field)?.keyPosition ?? position,
      `If "${field}" could not take this value, the secret ballots of ${nameOf(state)} could not be counted. Assign gate.remarks, gate.outcome, gate.approvals, a proposal, another field or a constant, to a field that takes every such value; work out anything else in a state after it.`,
    );
  }
}

/** Whether the value always fits the schema of the field. That its type is right is checked elsewhere. */
function isSure(model: DefinitionModel, field: string, source: string): boolean {
  const schema = schemaOf(model, field);
  if (schema === null) return false;
  if (source === gateRemarks) return hasOnly(schema, 'maxLength');
  if (source === 'gate.outcome' || source === 'gate.approvals') return hasOnly(schema);
  const [, kind, member] = /^proposal\.([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?$/.exec(source) ?? [];
  if (kind !== undefined) return outputsOf(model, kind, member).every((output) => takes(schema, output));
  const [, other] = /^context\.([A-Za-z_]\w*)$/.exec(source) ?? [];
  if (other !== undefined) return takes(schema, schemaOf(model, other));
  return fitsLiteral(schema, source);
}

/** What each agent that may be asked for one has to give, or a member of it. */
function outputsOf(model: DefinitionModel, kind: string, member: string | undefined): readonly unknown[] {
  return [...model.tree.states.values()].flatMap(({ definition: { propose } }) => {
    if (propose?.decision !== kind) return [];
    if (member === undefined) return [propose.output];
    return [memberOf((propose.output.properties ?? {}) as Schema, member)];
  });
}

/** Whether every value of the one schema fits the other. */
function takes(schema: Schema, values: unknown): boolean {
  if (hasOnly(schema)) return true;
  if (typeof values !== 'object' || values === null) return false;
  const { maxLength } = values as Schema;
  const isShorter = typeof maxLength === 'number' && maxLength <= Number(schema.maxLength);
  return (isShorter && hasOnly(schema, 'maxLength')) || isSame(schema, values);
}

function fitsLiteral(schema: Schema, source: string): boolean {
  if (/^(true|false)$/.test(source)) return hasOnly(schema) && schema.type === 'boolean';
  if (/^-?\d{1,15}$/.test(source))
    return hasOnly(schema) && (schema.type === 'integer' || schema.type === 'number');
  const text = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(source);
  if (text === null || schema.type !== 'string') return false;
  const value = text[1] ?? text[2] ?? '';
  if (Array.isArray(schema.enum)) return hasOnly(schema, 'enum') && schema.enum.includes(value);
  return hasOnly(schema, 'maxLength') && !([...value].length > Number(schema.maxLength ?? value.length));
}

type Schema = { readonly [keyword: string]: unknown };

function schemaOf(model: DefinitionModel, field: string): Schema | null {
  const fields = (model.definition.context.properties ?? {}) as { readonly [name: string]: Schema };
  return memberOf(fields, field) ?? null;
}

/** What says nothing about which values fit. */
const notes = new Set(['type', 'title', 'description', 'decision', 'confidential', 'examples', 'default']);

/** Whether nothing in the schema but its type, and these keywords, limits the values. */
function hasOnly(schema: Schema, ...keywords: readonly string[]): boolean {
  return Object.keys(schema).every((keyword) => notes.has(keyword) || keywords.includes(keyword));
}

function isSame(one: Schema, other: object): boolean {
  const bare = (schema: object) =>
    canonicalJson(
      Object.fromEntries(Object.entries(schema).filter(([key]) => key === 'type' || !notes.has(key))),
    );
  return bare(one) === bare(other);
}
