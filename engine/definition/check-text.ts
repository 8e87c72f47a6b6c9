/**
 * Decides whether a text is tame enough to be given to a YAML parser at all.
 *
 * The parser is recursive and remembers everything, so size, depth and the constructs that multiply
 * are bounded here first, in one cheap pass over the lexer's tokens. It must not know what a process
 * definition is.
 */
import { CST, Lexer } from 'yaml';

/** Bounds on a file. An honest definition of a thousand states stays well inside. */
export const textLimits = {
  characters: 512 * 1024,
  tokens: 120_000,
  depth: 64,
  aliases: 1000,
} as const;

export interface TextProblem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
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
  /** Columns at which a block collection is open: their number is the depth. */
  columns: number[];
  flowDepth: number;
  /** Nothing but indicators so far on this line: the next token opens or continues a collection. */
  atStart: boolean;
  content: boolean;
  ended: boolean;
  aliases: number;
}

function checkTokens(text: string): TextProblem | null {
  const scan: TokenScan = {
    offset: 0,
    lineStart: 0,
    columns: [],
    flowDepth: 0,
    atStart: true,
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
    case 'comma':
      return null;
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
      scan.ended = true;
      return null;
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
  return checkDepth(scan, type);
}

function checkDepth(scan: TokenScan, type: CST.TokenType | null): TextProblem | null {
  if (type === 'flow-map-start' || type === 'flow-seq-start') scan.flowDepth += 1;
  if (type === 'flow-map-end' || type === 'flow-seq-end') scan.flowDepth = Math.max(0, scan.flowDepth - 1);
  if (scan.flowDepth === 0 && scan.atStart) {
    const column = scan.offset - scan.lineStart;
    while ((scan.columns.at(-1) ?? -1) >= column) scan.columns.pop();
    scan.columns.push(column);
    // "- - - x" opens three sequences on one line.
    scan.atStart = type === 'seq-item-ind' || type === 'explicit-key-ind';
  }
  if (scan.columns.length + scan.flowDepth <= textLimits.depth) return null;
  return {
    code: 'too-deep',
    message: `Nested more than ${textLimits.depth} levels deep. Use fewer levels.`,
    offset: scan.offset,
  };
}

function secondDocument(offset: number): TextProblem {
  return {
    code: 'second-document',
    message: 'A file holds one process definition. Move the second document to a file of its own.',
    offset,
  };
}
