/**
 * Fields that nothing but the passing of time writes, such as a mark that a gate is overdue. Nobody can edit
 * them, and they are not what a reviewer decides on: writing one must not void the decisions taken before.
 */

import type { JsonObject } from '../../schemas/json.ts';
import type { Action, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';

export function withoutTimeMarks(process: CompiledProcess, context: JsonObject): JsonObject {
  const marks = timeMarksOf(process);
  if (marks.size === 0) return context;
  return Object.fromEntries(Object.entries(context).filter(([field]) => !marks.has(field)));
}

/** A definition never changes, so its marks are found once. */
const found = new WeakMap<CompiledProcess, ReadonlySet<string>>();

function timeMarksOf(process: CompiledProcess): ReadonlySet<string> {
  const known = found.get(process);
  if (known !== undefined) return known;
  const marks = new Set<string>();
  const others = new Set(fieldsOfActions(process.definition.states));
  for (const { cause, assign } of process.transitions.values()) {
    for (const field of assign.keys())
      (cause.kind === 'after' || cause.kind === 'overdue' ? marks : others).add(field);
  }
  const required = process.definition.context.required;
  for (const field of Array.isArray(required) ? required : []) others.add(String(field));
  const only = marks.difference(others);
  found.set(process, only);
  return only;
}

function fieldsOfActions(states: Readonly<Record<string, State>>): readonly string[] {
  return Object.values(states).flatMap(({ entry, exit, states: inner }) => [
    ...[entry ?? [], exit ?? []].flat().flatMap(({ assign }: Action) => Object.keys(assign ?? {})),
    ...fieldsOfActions(inner ?? {}),
  ]);
}
