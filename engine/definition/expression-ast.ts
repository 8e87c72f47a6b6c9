/** What the checks of an expression ask of its syntax tree, so that the library's shape is known in one file. */
import type { ASTNode } from '@marcbachmann/cel-js';

/** A node with the type the checker gave it. */
export type TypedNode = ASTNode & { readonly checkedType?: { readonly name: string; readonly kind: string } };

export interface Call {
  readonly name: string;
  /** Null for a plain function. */
  readonly receiver: ASTNode | null;
  readonly args: readonly ASTNode[];
}

/** A function or method call; null for any other node. */
export function callOf(node: ASTNode): Call | null {
  if (node.op === 'call') return { name: node.args[0], receiver: null, args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], receiver: node.args[1], args: node.args[2] };
  return null;
}

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** A loop over a list: the variable it binds and what it does for each item. */
export function loopOf(
  node: ASTNode,
): { readonly range: ASTNode; readonly variable: string; readonly bodies: readonly ASTNode[] } | null {
  const call = callOf(node);
  const [variable, ...bodies] = call?.args ?? [];
  if (call === null || call.receiver === null || !loops.has(call.name) || variable?.op !== 'id') return null;
  return { range: call.receiver, variable: variable.args, bodies };
}

/** The nodes directly inside this one, in the order of the text. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  const call = callOf(node);
  if (call !== null) return call.receiver === null ? call.args : [call.receiver, ...call.args];
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args as readonly ASTNode[];
  }
}

/** A path of names and fixed keys, such as ["context", "document", "title"]; null for anything computed. */
export function pathOf(node: ASTNode): readonly string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op === '.') {
    const inner = pathOf(node.args[0]);
    return inner === null ? null : [...inner, node.args[1]];
  }
  if (node.op === '[]') {
    const inner = pathOf(node.args[0]);
    const key = node.args[1];
    const fixed = key.op === 'value' && (typeof key.args === 'string' || typeof key.args === 'bigint');
    return inner === null || !fixed ? null : [...inner, String(key.args)];
  }
  return null;
}
