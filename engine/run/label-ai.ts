/**
 * Says of everything an AI made that an AI made it, wherever it is shown: proposals, the fields of a case that an
 * approved proposal wrote, what a finished case answers with, and entries of the record. An approval makes a
 * proposal take effect; it does not make it a person's words.
 */
import type { Entry } from '../../schemas/entry.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Action, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';

export interface AiLabel {
  readonly origin: 'ai';
  readonly model: string | null;
  readonly modelVersion: string | null;
  readonly proposer: string | null;
  readonly operator: string | null;
}

export type ShownProposal = HeldProposal & AiLabel;

export function showProposal(held: HeldProposal): ShownProposal {
  return { ...held, ...labelOf(held) };
}

/**
 * Several proposals for one step, in an order that is the reader's own and stays the same for them: what stands first is
 * another one for each reviewer, so that none gains by its place.
 */
export function showAlternatives(
  candidates: readonly HeldProposal[],
  reader: string,
): readonly ShownProposal[] {
  const all = candidates.map(({ digest }) => digest).join(' ');
  const place = new Map(candidates.map(({ digest }) => [digest, sha256Hex(`${reader} ${all} ${digest}`)]));
  return [...candidates]
    .sort((one, other) => ((place.get(one.digest) ?? '') < (place.get(other.digest) ?? '') ? -1 : 1))
    .map(showProposal);
}

function labelOf({ provenance, proposer, operator }: HeldProposal) {
  const { model, modelVersion } = provenance;
  return {
    origin: 'ai',
    model: textOf(model),
    modelVersion: textOf(modelVersion),
    proposer,
    operator,
  } as const;
}

/** A field of the context, or `output`, that holds what an AI proposed. */
export interface FieldFromAi extends AiLabel {
  readonly field: string;
  /** The kind of decision. */
  readonly decision: string;
  /** Of the proposal; null once another one of its kind was handed in. */
  readonly digest: string | null;
}

export function fieldsFromAi(
  process: CompiledProcess,
  { context, output, proposals }: Pick<StoredState, 'context' | 'output' | 'proposals'>,
): readonly FieldFromAi[] {
  const written = writtenByAi(process);
  const present = Object.keys(context).filter((field) => memberOf(context, field) !== null);
  const found = present.flatMap((field) => {
    const decision = written.get(field);
    return decision === undefined ? [] : [{ field, decision }];
  });
  const [inOutput] = output === null ? [] : outputOf(process, written);
  const all = inOutput === undefined ? found : [...found, { field: 'output', decision: inOutput }];
  return all.map(({ field, decision }) => {
    const held = memberOf(proposals, decision);
    const label = held?.status === 'approved' ? { ...labelOf(held), digest: held.digest } : unknownAi;
    return { field, decision, ...label };
  });
}

const unknownAi = {
  origin: 'ai',
  model: null,
  modelVersion: null,
  proposer: null,
  operator: null,
  digest: null,
} as const;

/** The label of an entry that took a proposal in; null for what people, services and the engine did. */
export function labelOfEntry({ kind, actor }: Entry, data: Json): AiLabel | null {
  if (kind !== 'proposal') return null;
  const said = objectIn(objectIn(objectIn(data)?.body ?? null)?.proposal ?? null);
  return {
    origin: 'ai',
    model: textOf(said?.model),
    modelVersion: textOf(said?.modelVersion),
    proposer: actor.principal,
    operator: textOf(said?.operator),
  };
}

/** A definition never changes, so its fields are found once. */
const known = new WeakMap<CompiledProcess, ReadonlyMap<string, string>>();

/** Context fields that a proposal writes, by the file: each with its kind of decision. Rather too many than too few. */
function writtenByAi(process: CompiledProcess): ReadonlyMap<string, string> {
  const before = known.get(process);
  if (before !== undefined) return before;
  const written = new Map<string, string>();
  const assigned: [string, unknown][] = assignedByActions(process.definition.states);
  for (const { assign } of process.transitions.values())
    for (const [field, { source }] of assign) assigned.push([field, source]);
  for (const [field, expression] of assigned) {
    const kind = kindRead(expression);
    if (kind !== null) written.set(field, kind);
  }
  for (const [field, kind] of process.decisionFields) written.set(field, kind);
  known.set(process, written);
  return written;
}

function assignedByActions(states: Readonly<Record<string, State>>): [string, unknown][] {
  return Object.values(states).flatMap(({ entry, exit, states: inner }) => [
    ...[entry ?? [], exit ?? []].flat().flatMap(({ assign }: Action) => Object.entries(assign ?? {})),
    ...assignedByActions(inner ?? {}),
  ]);
}

const kindRead = (expression: unknown) =>
  typeof expression === 'string' ? (/\bproposal\.([\w-]+)/.exec(expression)?.[1] ?? null) : null;

/** Kinds of decision that what the case answers with is made from. */
function outputOf(process: CompiledProcess, written: ReadonlyMap<string, string>): readonly string[] {
  const expressions = outputsIn(process.definition.states).filter((one) => typeof one === 'string');
  return expressions.flatMap((expression) => {
    const direct = kindRead(expression);
    const fields = [...expression.matchAll(/\bcontext\.([A-Za-z0-9_]+)/g)].flatMap(
      ([, field = '']) => written.get(field) ?? [],
    );
    return direct === null ? fields : [direct, ...fields];
  });
}

function outputsIn(states: Readonly<Record<string, State>>): unknown[] {
  return Object.values(states).flatMap(({ output, states: inner }) => [
    ...Object.values((output ?? {}) as JsonObject),
    ...outputsIn(inner ?? {}),
  ]);
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : null);

function objectIn(value: Json): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
