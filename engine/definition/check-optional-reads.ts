/**
 * Finds reads of fields that may be unset. A field that is not required must be asked for with has(...)
 * on the way to the read, in the same expression; a read of an unset one fails at run time, it never
 * becomes null.
 *
 * Whether a field of the context itself is set depends on the way the process came here, which nothing in
 * this folder knows: unguarded reads of those are handed on, and `verify` judges them.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { ExpressionScope } from './compile-expression.ts';
import type { Position } from './compiled-process.ts';
import { callOf, childrenOf, loopOf, pathOf, type TypedNode } from './expression-ast.ts';
import type { StructType } from './expression-types.ts';
import type { FindingList } from './finding-list.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** A field of the context that is read without has(...). */
export interface ContextRead {
  readonly field: string;
  readonly position: Position;
}

export interface ContextUse {
  readonly reads: readonly ContextRead[];
  /** Fields of the context that are certainly set where the expression came out true. */
  readonly shows: ReadonlySet<string>;
}

interface Reads {
  readonly scope: ExpressionScope;
  readonly report: (node: ASTNode, path: readonly string[]) => void;
  readonly read: (node: ASTNode, field: string) => void;
  readonly unknown: (node: ASTNode & { op: '.' }, struct: StructType) => void;
}

export function checkOptionalReads(
  root: ASTNode,
  scope: ExpressionScope,
  findings: FindingList,
  at: (node: ASTNode) => Position,
): ContextUse {
  const contextReads: ContextRead[] = [];
  const report: Reads['report'] = (node, path) => {
    const name = path.join('.');
    findings.error('unset-read', at(node), `"${name}" may be unset here. ${askFirst(name)}`);
  };
  const read: Reads['read'] = (node, field) => contextReads.push({ field, position: at(node) });
  const unknown: Reads['unknown'] = (node, struct) => {
    const known = suggestName(node.args[1], struct.fields.keys());
    const fix = isMendable(scope.names) ? renameFix(at(node), node.args[1], struct.fields.keys()) : [];
    findings.error('unknown-field', at(node), `There is no field "${node.args[1]}" here.${known}`, fix);
  };
  check({ scope, report, read, unknown }, root, new Set());
  const fields = [...shown(root, true)].map((path) => path.split('.'));
  const shows = fields.filter(({ length, 0: first }) => length === 2 && first === 'context');
  return { reads: contextReads, shows: new Set(shows.map(([, field = '']) => field)) };
}

/** A slip in who may act, and in what follows from a vote, is for people to mend: those see no proposal, or a gate. */
export function isMendable(names: readonly string[]): boolean {
  return names.includes('proposal') && !names.includes('gate');
}

/** How to write a read that may find nothing. */
export function askFirst(name: string): string {
  return `Ask first: has(${name}) && …, or has(${name}) ? ${name} : …`;
}

/** `present` holds the paths that has(...) has shown to be set on the way here. */
function check(reads: Reads, node: ASTNode, present: ReadonlySet<string>): void {
  const call = callOf(node);
  if (call?.name === 'has' && call.receiver === null) {
    const asked = call.args[0];
    if (asked?.op !== '.') return;
    // What has(...) asks for may be unset, but it must be a field, and what it is asked of must be set.
    const struct = structOf(reads.scope, asked.args[0]);
    if (struct !== undefined && !struct.fields.has(asked.args[1])) reads.unknown(asked, struct);
    check(reads, asked.args[0], present);
    return;
  }
  const loop = loopOf(node);
  if (loop !== null) {
    check(reads, loop.range, present);
    const [first, second] = loop.bodies;
    if (first !== undefined) check(reads, first, present);
    // map(x, condition, value): the value is computed where the condition holds.
    if (second !== undefined && first !== undefined) check(reads, second, union(present, shown(first, true)));
    return;
  }
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args;
    check(reads, left, present);
    check(reads, right, union(present, shown(left, node.op === '&&')));
    return;
  }
  if (node.op === '?:') {
    const [condition, yes, no] = node.args;
    check(reads, condition, present);
    check(reads, yes, union(present, shown(condition, true)));
    check(reads, no, union(present, shown(condition, false)));
    return;
  }
  if (node.op === '.' || node.op === '[]') checkRead(reads, node, present);
  for (const child of childrenOf(node)) check(reads, child, present);
}

function checkRead(reads: Reads, node: ASTNode & { op: '.' | '[]' }, present: ReadonlySet<string>): void {
  const struct = structOf(reads.scope, node.args[0]);
  const key = node.args[1];
  const name = typeof key === 'string' ? key : key.op === 'value' ? String(key.args) : null;
  const field = name === null ? undefined : struct?.fields.get(name);
  if (struct !== undefined && field === undefined && node.op === '.') reads.unknown(node, struct);
  if (field === undefined || name === null) return;
  const path = pathOf(node);
  if (path !== null && present.has(path.join('.'))) return;
  if (path?.length === 2 && path[0] === 'context') reads.read(node, name);
  else if (field.optional) reads.report(node, path ?? [name]);
}

/** The struct a node gives. Inside has(...) the type checker names only the first of a path, so the rest is followed here. */
function structOf(scope: ExpressionScope, node: ASTNode): StructType | undefined {
  const checked = (node as TypedNode).checkedType;
  if (checked !== undefined) return scope.types.struct(checked.name);
  if (node.op !== '.') return undefined;
  const field = structOf(scope, node.args[0])?.fields.get(node.args[1]);
  return field === undefined ? undefined : scope.types.struct(field.type.name);
}

/** Paths that are certainly set when this condition came out as `outcome`. */
function shown(node: ASTNode, outcome: boolean): ReadonlySet<string> {
  const call = callOf(node);
  if (call?.name === 'has' && call.receiver === null && outcome) {
    const path = call.args[0] === undefined ? null : pathOf(call.args[0]);
    return path === null ? new Set() : new Set([path.join('.')]);
  }
  if (node.op === '!_') return shown(node.args, !outcome);
  if ((node.op === '&&' && outcome) || (node.op === '||' && !outcome)) {
    return union(shown(node.args[0], outcome), shown(node.args[1], outcome));
  }
  return new Set();
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return b.size === 0 ? a : new Set([...a, ...b]);
}
