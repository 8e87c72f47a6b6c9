/**
 * YAML text -> plain values with the place of each. Decides what of YAML a definition may use: strings,
 * numbers, booleans, null, lists, maps with text keys, and aliases within bounds. Hostile text ends here
 * as findings. It must not know what a process definition is.
 */
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Scalar } from 'yaml';
import type { Json } from '../../schemas/json.ts';
import { checkText, textLimits } from './check-text.ts';
import type { Position } from './compiled-process.ts';
import type { FindingList } from './finding-list.ts';
import { SourceLines } from './source-lines.ts';

/** A value of the file and its place. Aliases share one node, so nothing may write to it. */
export interface SourceNode {
  readonly value: Json;
  readonly position: Position;
  /** Members of a map, by key; null for anything else. */
  readonly members: ReadonlyMap<string, SourceMember> | null;
  /** Items of a list; null for anything else. */
  readonly items: readonly SourceNode[] | null;
  /** Where the character at this offset of a text stands in the file; the text's start where that is unclear. */
  readonly within: (offset: number) => Position;
}

export interface SourceMember {
  readonly keyPosition: Position;
  readonly node: SourceNode;
}

/** Nodes once every alias is written out. */
const mostNodes = 100_000;

/** The file as values with places, or null when it cannot be read; why is then in `findings`. */
export function readSource(text: string, findings: FindingList): SourceNode | null {
  const lines = new SourceLines(text);
  const problem = checkText(text);
  if (problem !== null) {
    const position = lines.positionOf(problem.offset);
    const fix = problem.surplus === undefined ? [] : [{ ...position, old: problem.surplus, text: '' }];
    findings.error(problem.code, position, problem.message, fix);
    return null;
  }
  const document = parse(text);
  if (document === null) {
    findings.error(
      'yaml-syntax',
      { line: 1, column: 1 },
      'The YAML parser cannot read this. Write it more simply.',
    );
    return null;
  }
  const before = findings.errors;
  for (const error of document.errors.slice(0, 20)) {
    findings.error(
      'yaml-syntax',
      lines.positionOf(error.pos[0]),
      `This is not YAML: ${sentence(error.message)}`,
    );
  }
  if (findings.errors > before) return null;
  const reader = new Reader(text, lines, findings);
  const node = reader.read(document.contents, 0);
  return findings.errors > before ? null : node;
}

/** Null where the parser itself fails: it is a library, and the text may be made to break it. */
function parse(text: string): Document.Parsed | null {
  // The parser makes an error for each thing that is wrong, and taking a stack trace for each, which nobody
  // reads, takes most of its time on a text made of errors.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      intAsBigInt: true,
      merge: false,
      // The parser compares every key with every other; the reader below does it with a set.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } catch {
    return null;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Sized {
  readonly node: SourceNode;
  readonly nodes: number;
  readonly depth: number;
}

/** A class because anchors, and the budget that aliases spend, are shared by the whole reading. */
class Reader {
  readonly #text: string;
  readonly #lines: SourceLines;
  readonly #findings: FindingList;
  readonly #anchors = new Map<string, Sized>();

  constructor(text: string, lines: SourceLines, findings: FindingList) {
    this.#text = text;
    this.#lines = lines;
    this.#findings = findings;
  }

  read(node: unknown, offset: number): SourceNode {
    return this.#read(node, offset).node;
  }

  #read(node: unknown, offset: number): Sized {
    if (isAlias(node)) return this.#readAlias(node.source, node.range?.[0] ?? offset);
    let sized: Sized;
    if (isScalar(node)) sized = leaf(this.#readScalar(node, offset));
    else if (isMap(node)) sized = this.#readMap(node.items, node.range?.[0] ?? offset);
    else if (isSeq(node)) sized = this.#readList(node.items, node.range?.[0] ?? offset);
    else sized = leaf(plainNode(null, this.#lines.positionOf(offset)));
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, sized);
    return sized;
  }

  #readAlias(name: string, offset: number): Sized {
    const known = this.#anchors.get(name);
    if (known !== undefined) return known;
    return this.#refuse(
      offset,
      'unknown-alias',
      `"*${name}" refers to no anchor before it that is complete.`,
    );
  }

  #readScalar(node: Scalar, offset: number): SourceNode {
    const start = node.range?.[0] ?? offset;
    const position = this.#lines.positionOf(start);
    const value = node.value;
    if (typeof value === 'bigint') {
      const number = Number(value);
      if (Number.isSafeInteger(number)) return plainNode(number, position);
      this.#findings.error(
        'number-too-large',
        position,
        'Integers beyond 9007199254740991 lose digits in JSON. Use a smaller one, or a text in quotes.',
      );
      return plainNode(0, position);
    }
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return plainNode(value, position);
      this.#findings.error('number-too-large', position, 'This is no finite number. Use a finite one.');
      return plainNode(0, position);
    }
    if (typeof value === 'boolean' || value === null) return plainNode(value, position);
    const text = String(value);
    if (!text.isWellFormed() || text.includes('\0')) {
      this.#findings.error(
        'bad-character',
        position,
        'This text holds NUL or half of a surrogate pair. Remove it.',
      );
    }
    return this.#textNode(text, start, node.range?.[1] ?? start, position);
  }

  #textNode(text: string, start: number, end: number, position: Position): SourceNode {
    const within = (offset: number): Position => {
      const written = this.#text.slice(start, end);
      const at = written.indexOf(text);
      // A quoted or folded text with escapes is written otherwise than it reads: no offset can be told.
      return at === -1 || offset > text.length ? position : this.#lines.positionOf(start + at + offset);
    };
    return { value: text, position, members: null, items: null, within };
  }

  #readMap(pairs: readonly unknown[], offset: number): Sized {
    const position = this.#lines.positionOf(offset);
    const members = new Map<string, SourceMember>();
    const value: Record<string, Json> = {};
    let nodes = 1;
    let depth = 0;
    if (pairs.length > textLimits.members)
      return this.#refuse(offset, 'too-large', tooMany('keys in one map'));
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      const keyOffset = offsetOf(pair.key) ?? offset;
      const keyPosition = this.#lines.positionOf(keyOffset);
      const key = this.#readKey(pair.key, keyPosition);
      const member = this.#read(pair.value, offsetOf(pair.value) ?? keyOffset);
      nodes += member.nodes;
      depth = Math.max(depth, member.depth);
      if (key === null) continue;
      if (members.has(key)) {
        this.#findings.error('duplicate-key', keyPosition, `"${key}" stands here twice. Keep one of them.`);
        continue;
      }
      members.set(key, { keyPosition, node: member.node });
      value[key] = member.node.value;
    }
    return this.#bounded(
      { value, position, members, items: null, within: () => position },
      nodes,
      depth + 1,
      offset,
    );
  }

  #readKey(key: unknown, position: Position): string | null {
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#findings.error(
        'bad-key',
        position,
        'A key must be a text. Put it in quotes if it looks like a number.',
      );
      return null;
    }
    if (key.value === '<<') {
      this.#findings.error('bad-key', position, 'Merge keys (<<) are not read here. Write the members out.');
      return null;
    }
    if (key.value in Object.prototype || key.value === 'prototype') {
      this.#findings.error(
        'reserved-key',
        position,
        `"${key.value}" is reserved by JavaScript. Choose another name.`,
      );
      return null;
    }
    if (!key.value.isWellFormed() || key.value.includes('\0')) {
      this.#findings.error(
        'bad-character',
        position,
        'This key holds NUL or half of a surrogate pair. Remove it.',
      );
      return null;
    }
    return key.value;
  }

  #readList(children: readonly unknown[], offset: number): Sized {
    const position = this.#lines.positionOf(offset);
    if (children.length > textLimits.members)
      return this.#refuse(offset, 'too-large', tooMany('items in one list'));
    const items: SourceNode[] = [];
    let nodes = 1;
    let depth = 0;
    for (const child of children) {
      const item = this.#read(child, offsetOf(child) ?? offset);
      items.push(item.node);
      nodes += item.nodes;
      depth = Math.max(depth, item.depth);
    }
    const value = items.map((item) => item.value);
    return this.#bounded(
      { value, position, members: null, items, within: () => position },
      nodes,
      depth + 1,
      offset,
    );
  }

  #bounded(node: SourceNode, nodes: number, depth: number, offset: number): Sized {
    if (nodes > mostNodes) {
      return this.#refuse(
        offset,
        'too-large',
        `With aliases written out, this has more than ${mostNodes} values.`,
      );
    }
    if (depth > textLimits.depth) {
      return this.#refuse(
        offset,
        'too-deep',
        `With aliases written out, this is over ${textLimits.depth} levels deep.`,
      );
    }
    return { node, nodes, depth };
  }

  #refuse(offset: number, code: string, message: string): Sized {
    const position = this.#lines.positionOf(offset);
    this.#findings.error(code, position, message);
    return leaf(plainNode(null, position));
  }
}

function leaf(node: SourceNode): Sized {
  return { node, nodes: 1, depth: 0 };
}

function plainNode(value: Json, position: Position): SourceNode {
  return { value, position, members: null, items: null, within: () => position };
}

function offsetOf(node: unknown): number | undefined {
  if (isAlias(node) || isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0];
  return undefined;
}

function tooMany(what: string): string {
  return `More than ${textLimits.members} ${what}. Split the process.`;
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? '';
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** What stands under this name; undefined where nothing does. */
export function memberOf(node: SourceNode | undefined, name: string): SourceNode | undefined {
  return node?.members?.get(name)?.node;
}

/** Follows a path of keys and list indexes; the deepest node that exists, and whether it is the one asked for. */
export function findNode(
  root: SourceNode,
  path: readonly string[],
): { node: SourceNode; position: Position } {
  let node = root;
  let position = root.position;
  for (const step of path) {
    const member = node.members?.get(step);
    const next = member?.node ?? node.items?.[Number(step)];
    if (next === undefined) break;
    position = member?.keyPosition ?? next.position;
    node = next;
  }
  return { node, position };
}
