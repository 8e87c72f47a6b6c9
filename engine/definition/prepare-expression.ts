/**
 * Bounds what an expression may do before its types are checked: only known functions, loops that do not
 * nest, and a limit on the work of the longest run. Puts our own functions where the library's would be
 * unsafe. Says which proposals the expression reads.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { dataLimits } from './data-limits.ts';
import { callOf, childrenOf, loopOf, pathOf } from './expression-ast.ts';
import { libraryFunctions, ownFunctions } from './expression-functions.ts';
import { compilePattern, PatternRefused } from './linear-pattern.ts';
import { suggestName } from './suggest-name.ts';

/** Nodes evaluated in the longest run: about ten milliseconds. */
const mostWork = 150_000;
/** Each may double a text. */
const mostAdditions = 30;

export interface PreparedExpression {
  readonly proposals: ReadonlySet<string>;
  readonly copies: string | null;
}

/** `rename`: the name that is wrong at the offset, and those that may stand there. */
type Refuse = (
  node: ASTNode,
  code: string,
  message: string,
  offset?: number,
  rename?: { readonly wrong: string; readonly known: Iterable<string> },
) => void;

interface Preparing {
  readonly names: readonly string[];
  readonly refuse: Refuse;
  readonly proposals: Set<string>;
  /** Where `proposal` is followed by a kind: such a node alone does not stand for any of them. */
  readonly named: Set<ASTNode>;
  additions: number;
  /** A loop inside a loop was refused: that it costs too much goes without saying. */
  nested: boolean;
}

export function prepareExpression(
  root: ASTNode,
  names: readonly string[],
  refuse: Refuse,
): PreparedExpression {
  const preparing: Preparing = {
    names,
    refuse,
    proposals: new Set(),
    named: new Set(),
    additions: 0,
    nested: false,
  };
  const work = prepare(preparing, root, false);
  if (work > mostWork && !preparing.nested) {
    refuse(
      root,
      'expression-too-costly',
      'This expression goes through long lists too often. Split it into fewer loops.',
    );
  }
  if (preparing.additions > mostAdditions) {
    refuse(root, 'expression-too-costly', `This expression adds more than ${mostAdditions} times. Split it.`);
  }
  const path = pathOf(root);
  const copies = path?.[0] === 'proposal' && path.length <= 3 ? (path[1] ?? null) : null;
  return { proposals: preparing.proposals, copies };
}

/** Checks and renames in place; answers how many nodes the longest run evaluates. */
function prepare(preparing: Preparing, node: ASTNode, inLoop: boolean): number {
  noteProposal(preparing, node);
  const loop = loopOf(node);
  if (loop !== null) {
    if (inLoop) {
      preparing.nested = true;
      preparing.refuse(
        node,
        'nested-loop',
        'A loop inside a loop is refused: it would run for every pair of items.',
      );
    }
    if (preparing.names.includes(loop.variable)) {
      preparing.refuse(
        node,
        'shadowed-name',
        `"${loop.variable}" has a meaning here already. Name the loop's variable otherwise.`,
      );
    }
    const body = loop.bodies.reduce((work, one) => work + prepare(preparing, one, true), 1);
    return prepare(preparing, loop.range, inLoop) + dataLimits.items * body;
  }
  prepareCall(preparing, node);
  if (node.op === '+') preparing.additions += 1;
  const children = childrenOf(node).reduce((work, child) => work + prepare(preparing, child, inLoop), 1);
  return children + ownWork(node);
}

/** Comparing, joining and searching lists looks at every item, though it is one node of the text. */
function ownWork(node: ASTNode): number {
  if (node.op === 'in') return node.args[1].op === 'list' ? node.args[1].args.length : dataLimits.items / 10;
  const size = node.op === '==' || node.op === '!=' || node.op === '+';
  if (!size) return 0;
  // Which of them are lists only the types say; a fixed scalar on either side rules it out.
  return node.args.some((side) => side.op === 'value' || side.op === '+') ? 0 : 10;
}

function prepareCall(preparing: Preparing, node: ASTNode): void {
  const call = callOf(node);
  if (call === null) return;
  const key = `${call.receiver === null ? '' : '.'}${call.name}/${call.args.length}`;
  const own = ownFunctions.get(key);
  if (call.name === 'matches') checkPattern(preparing, call.args[0]);
  if (own !== undefined) {
    // The checker looks functions up by this name, after parsing.
    (node.args as [string, ...unknown[]])[0] = own;
  } else if (!libraryFunctions.has(key)) {
    const known = new Set(
      [...libraryFunctions, ...ownFunctions.keys()].map((one) => one.replace(/^\./, '').replace(/\/.*$/, '')),
    );
    const message = `There is no function "${call.name}" with ${call.args.length} arguments here.${suggestName(call.name, known)}`;
    preparing.refuse(
      node,
      'unknown-function',
      message,
      call.receiver === null ? node.start : call.receiver.end + 1,
      { wrong: call.name, known },
    );
  }
}

/** A pattern stands in the expression itself, so that it is known to be one before anything runs. */
function checkPattern(preparing: Preparing, pattern: ASTNode | undefined): void {
  if (pattern === undefined) return;
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') {
    preparing.refuse(
      pattern,
      'bad-pattern',
      'The pattern must be written out here, as a text in quotes.',
      pattern.start,
    );
    return;
  }
  try {
    compilePattern(pattern.args);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    preparing.refuse(pattern, 'bad-pattern', `This pattern cannot be used: ${error.message}.`);
  }
}

function noteProposal(preparing: Preparing, node: ASTNode): void {
  const path = pathOf(node);
  const kind = path?.[0] === 'proposal' ? path[1] : undefined;
  if (kind !== undefined) {
    preparing.proposals.add(kind);
    preparing.named.add(receiverOf(node));
  }
  // `proposal` on its own, or with a computed key, may be any of them.
  else if (node.op === 'id' && node.args === 'proposal' && !preparing.named.has(node)) {
    preparing.proposals.add(anyProposal);
  }
}

/** The name a path begins with. */
function receiverOf(node: ASTNode): ASTNode {
  return node.op === '.' || node.op === '[]' ? receiverOf(node.args[0]) : node;
}

/** Stands for every kind of decision, where an expression does not say which it reads. */
export const anyProposal = '*';
