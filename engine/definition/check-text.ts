/**
 * Decides whether a text is tame enough to be given to a YAML parser at all.
 *
 * The parser is recursive and remembers everything, so size, depth and the constructs that multiply
 * are bounded here first, in one cheap pass over the lexer's tokens. It must not know what a process
 * definition is.
 */
import { CST, Lexer } from 'yaml';

/** Bounds on a file. An honest definition of five thousand states stays inside; it is read in a second. */
export const textLimits = {
  characters: 1536 * 1024,
  tokens: 640_000,
  depth: 64,
  /** Keys in one map, items in one list. */
  members: 6000,
  aliases: 1000,
} as const;

/** "- ? a : b" has one; no line that is right has more than two. */
const valuesOnLine = 4;

export interface TextProblem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  /** Text to take out, where that is all there is to do. */
  readonly surplus?: string;
}

/** The first thing that is wrong with the text as a text; null when it may be parsed. */
export function checkText(text: string): TextProblem | null {
  if (text.length > textLimits.characters) {
    return {
      code: 'too-large',
      message: `The file has ${text.length} characters; at most ${textLimits.characters} are read. Split the process.`,
      offset: textLimits.characters,
    };
  }
  return checkCharacters(text) ?? checkTokens(text);
}

// Everything below U+0020 except tab, line feed and a carriage return before a line feed; DEL; the byte
// order mark and the two permanent noncharacters. Half surrogate pairs are looked for apart.
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
const unwanted = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]|\r(?!\n)/;

function checkCharacters(text: string): TextProblem | null {
  const found = unwanted.exec(text);
  if (found !== null) {
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const what = code === 'FEFF' ? 'a byte order mark' : 'a control character';
    return {
      code: 'bad-character',
      message: `U+${code} is ${what}. Remove it and save the file as plain UTF-8.`,
      offset: found.index,
      ...(code === 'FEFF' ? { surplus: found[0] } : {}),
    };
  }
  if (text.isWellFormed()) return null;
  const offset = [...text].findIndex((character) => !character.isWellFormed());
  return {
    code: 'bad-character',
    message: 'Half of a surrogate pair is not a character. Save the file as plain UTF-8.',
    offset: [...text].slice(0, offset).join('').length,
  };
}

interface TokenScan {
  offset: number;
  lineStart: number;
  /** Block collections that are open, by the column they stand at: their number is the depth. */
  blocks: { readonly column: number; members: number }[];
  /** Flow collections that are open: members so far, and values (after a colon) of the latest one. */
  flows: { members: number; values: number }[];
  /** Nothing but indicators so far on this line: the next token opens or continues a collection. */
  atStart: boolean;
  /** Values (after a colon) on this line, outside of brackets. */
  values: number;
  /** A value stands here already: the next needs a line or a sign between. */
  closed: boolean;
  anchored: boolean;
  content: boolean;
  ended: boolean;
  aliases: number;
}

function checkTokens(text: string): TextProblem | null {
  const scan: TokenScan = {
    offset: 0,
    lineStart: 0,
    blocks: [],
    flows: [],
    atStart: true,
    values: 0,
    closed: false,
    anchored: false,
    content: false,
    ended: false,
    aliases: 0,
  };
  let tokens = 0;
  let scalarNext = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > textLimits.tokens) {
      return {
        code: 'too-large',
        message: `The file has more than ${textLimits.tokens} parts. Split the process.`,
        offset: scan.offset,
      };
    }
    // These mark what follows; they are not in the text.
    if (token === CST.DOCUMENT || token === CST.FLOW_END) continue;
    if (token === CST.SCALAR) {
      scalarNext = true;
      continue;
    }
    const type = scalarNext ? 'scalar' : CST.tokenType(token);
    scalarNext = false;
    const problem = checkToken(scan, type);
    if (problem !== null) return problem;
    scan.offset += token.length;
    const lineBreak = token.lastIndexOf('\n');
    if (lineBreak !== -1) {
      scan.lineStart = scan.offset - token.length + lineBreak + 1;
      scan.atStart = true;
      scan.values = 0;
      scan.closed = false;
    }
  }
  return null;
}

function checkToken(scan: TokenScan, type: CST.TokenType | null): TextProblem | null {
  const offset = scan.offset;
  switch (type) {
    case 'space':
    case 'comment':
    case 'newline':
      return null;
    case 'comma': {
      const flow = scan.flows.at(-1);
      if (flow === undefined) break;
      flow.members += 1;
      flow.values = 0;
      scan.closed = false;
      return flow.members > textLimits.members ? tooManyMembers(offset) : null;
    }
    case 'tag':
      return {
        code: 'yaml-tag',
        message: 'YAML tags are not read here. Remove it; put quotes around what must be a text.',
        offset,
      };
    case 'directive-line':
      return { code: 'yaml-directive', message: 'YAML directives (%) are not read here. Remove it.', offset };
    case 'doc-start':
      if (!scan.content && !scan.ended) {
        scan.content = true;
        return null;
      }
      return secondDocument(offset);
    case 'doc-end':
      if (scan.ended) return secondDocument(offset);
      scan.ended = true;
      return null;
    case 'map-value-ind': {
      const problem = checkValues(scan);
      if (problem !== null) return problem;
      break;
    }
    case 'alias':
      scan.aliases += 1;
      if (scan.aliases > textLimits.aliases) {
        return {
          code: 'too-many-aliases',
          message: `The file has more than ${textLimits.aliases} aliases (*). Write some of them out.`,
          offset,
        };
      }
      break;
    default:
      break;
  }
  if (scan.ended) return secondDocument(offset);
  scan.content = true;
  return checkNeighbours(scan, type) ?? checkDepth(scan, type);
}

/** What the parser would keep an error for, again and again: values without anything between, brackets never opened. */
function checkNeighbours(scan: TokenScan, type: CST.TokenType | null): TextProblem | null {
  const opens = type === 'flow-map-start' || type === 'flow-seq-start';
  const closes = type === 'flow-map-end' || type === 'flow-seq-end';
  const isValue = type === 'scalar' || type === 'alias' || type === 'block-scalar-header' || opens;
  const wrong =
    (closes && scan.flows.length === 0) ||
    (isValue && scan.closed) ||
    (type === 'anchor' && (scan.anchored || scan.closed));
  if (wrong) {
    const message = closes
      ? 'Nothing was opened that this closes. Remove it.'
      : 'Two values follow each other. Put a line or a comma between them.';
    return { code: 'yaml-syntax', message, offset: scan.offset };
  }
  scan.anchored = type === 'anchor';
  scan.closed = type === 'scalar' || type === 'alias' || closes;
  return null;
}

/** The parser would nest, or keep an error, for every further colon. */
function checkValues(scan: TokenScan): TextProblem | null {
  const flow = scan.flows.at(-1);
  if (flow === undefined) scan.values += 1;
  else flow.values += 1;
  if (flow === undefined ? scan.values <= valuesOnLine : flow.values <= 1) return null;
  return {
    code: 'yaml-syntax',
    message: 'Only one value can follow a key. Begin a new line, or add a comma.',
    offset: scan.offset,
  };
}

function checkDepth(scan: TokenScan, type: CST.TokenType | null): TextProblem | null {
  if (type === 'flow-map-start' || type === 'flow-seq-start') scan.flows.push({ members: 1, values: 0 });
  if (type === 'flow-map-end' || type === 'flow-seq-end') scan.flows.pop();
  let members = 0;
  if (scan.flows.length === 0 && scan.atStart) {
    members = openBlock(scan, scan.offset - scan.lineStart);
    // "- - - x" opens three sequences on one line.
    scan.atStart = type === 'seq-item-ind' || type === 'explicit-key-ind';
  }
  if (members > textLimits.members) return tooManyMembers(scan.offset);
  if (scan.blocks.length + scan.flows.length <= textLimits.depth) return null;
  return {
    code: 'too-deep',
    message: `Nested more than ${textLimits.depth} levels deep. Use fewer levels.`,
    offset: scan.offset,
  };
}

/** A line begins at this column: a member of the collection that stands there, or the first of a new one. */
function openBlock(scan: TokenScan, column: number): number {
  while ((scan.blocks.at(-1)?.column ?? -1) > column) scan.blocks.pop();
  let block = scan.blocks.at(-1);
  if (block?.column !== column) {
    block = { column, members: 0 };
    scan.blocks.push(block);
  }
  block.members += 1;
  return block.members;
}

function tooManyMembers(offset: number): TextProblem {
  return {
    code: 'too-large',
    message: `More than ${textLimits.members} keys or items in one collection. Split the process.`,
    offset,
  };
}

function secondDocument(offset: number): TextProblem {
  return {
    code: 'second-document',
    message: 'A file holds one process definition. Move the second document to a file of its own.',
    offset,
  };
}
