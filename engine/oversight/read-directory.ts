/**
 * Decides what a directory file says: its text becomes principals, units and roles, or findings
 * with their places. It must not know where the text came from nor what will be done with it.
 */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Document, Node } from 'yaml';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { DirectoryFile } from '../../schemas/directory.ts';
import type { Finding } from '../../schemas/finding.ts';
import { suggestName } from '../definition/suggest-name.ts';
import { checkDirectoryFile } from './check-directory-file.ts';
import type { DirectoryContent } from './directory.ts';
import { fromDirectoryFile } from './directory-file.ts';

export interface DirectoryRead extends Required<DirectoryContent> {
  readonly kind: 'directory';
}

export interface DirectoryRefused {
  readonly kind: 'refused';
  readonly findings: readonly Finding[];
}

/** A directory is small text; more than this is a mistake or an attack. */
const largestSource = 16 * 1024 * 1024;
const deepestNesting = 20;

/** Reads a directory file. `file` is only its name in findings. */
export function readDirectory(source: string, file: string): DirectoryRead | DirectoryRefused {
  const found = new Findings(file);
  const content = parseText(source, found);
  if (content === null) return refused(found);
  checkShape(content, found);
  if (found.list.length > 0) return refused(found);
  const directory = content.toJS() as DirectoryFile;
  checkDirectoryFile(directory, (code, message, path) => found.addAt(code, message, content, path));
  if (found.list.length > 0) return refused(found);
  return {
    kind: 'directory',
    ...fromDirectoryFile(directory),
  };
}

/** The same checks on a directory that was changed entry by entry: it has no text, so a finding names what is wrong. */
export function readDirectoryEntries(file: DirectoryFile): DirectoryRead | DirectoryRefused {
  const findings: Finding[] = [];
  const report = (code: string, message: string, path: Path) => {
    const [list = '', index = 0] = path;
    const entries: unknown = Object.entries(file).find(([name]) => name === list)?.[1];
    const entry = (Array.isArray(entries) ? entries[Number(index)] : null) as { id?: string } | null;
    const where = [list, entry?.id ?? index, ...path.slice(2)].join(' ');
    findings.push({
      ...{ code, severity: 'error', message: `${where}: ${message}` },
      ...{ file: 'directory', line: 1, column: 1 },
    });
  };
  if (!checkFile(file)) {
    for (const { instancePath, message = 'is not valid' } of (checkFile.errors ?? []).slice(0, 100))
      report('bad-value', message, instancePath.split('/').slice(1));
  } else checkDirectoryFile(file, report);
  return findings.length > 0
    ? { kind: 'refused', findings }
    : { kind: 'directory', ...fromDirectoryFile(file) };
}

function refused(found: Findings): DirectoryRefused {
  return { kind: 'refused', findings: found.list };
}

type Path = readonly (string | number)[];

/** Collects findings, each at the place of a node of the text. */
class Findings {
  readonly list: Finding[] = [];
  readonly lines = new LineCounter();
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }

  add(code: string, message: string, offset: number): void {
    const { line, col } = this.lines.linePos(offset);
    this.list.push({
      code,
      severity: 'error',
      message,
      file: this.file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
    });
  }

  addAt(code: string, message: string, content: Document, path: Path): void {
    this.add(code, message, offsetOf(content, path));
  }
}

/** Where a path starts in the text; where it is missing, where its nearest parent starts. */
function offsetOf(content: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? content.contents : content.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

const yamlCodes: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'duplicate-key',
  TAG_RESOLVE_FAILED: 'unknown-tag',
};

/** Aliases, tags, second documents and deep nesting have no use in a directory, so none is followed. */
function parseText(source: string, found: Findings): Document | null {
  if (source.length > largestSource) {
    found.add('file-too-large', `The file is larger than ${largestSource / 1024 / 1024} MiB. Split it.`, 0);
    return null;
  }
  const tooDeep = placeOfDeepNesting(source);
  if (tooDeep !== null) {
    found.lines.lineStarts.push(...lineStarts(source));
    found.add('nested-too-deep', `The text is nested deeper than ${deepestNesting} levels here.`, tooDeep);
    return null;
  }
  const content = parseDocument(source, {
    lineCounter: found.lines,
    uniqueKeys: true,
    prettyErrors: false,
    stringKeys: true,
    version: '1.2',
    schema: 'core',
  });
  for (const error of [...content.errors, ...content.warnings]) {
    found.add(yamlCodes[error.code] ?? 'not-yaml', `${error.message}. Correct the YAML here.`, error.pos[0]);
  }
  visit(content, {
    Node: (_key, node: Node) => {
      if (isAlias(node))
        found.add('alias', 'Write the value out: a directory holds no aliases.', start(node));
      else if (isMap(node))
        for (const { key } of node.items)
          if (isScalar(key) && key.value === '__proto__')
            found.add('unknown-field', 'This name is not allowed.', start(key));
    },
  });
  return found.list.length > 0 ? null : content;
}

const start = (node: Node): number => node.range?.[0] ?? 0;

function lineStarts(source: string): number[] {
  return [0, ...[...source.matchAll(/\n/g)].map((match) => match.index + 1)];
}

/** Looks before parsing, since a parser that recurses would already have suffered. */
function placeOfDeepNesting(source: string): number | null {
  let open = 0;
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index];
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > deepestNesting) return index;
  }
  const deepLine = new RegExp(`^(?: {${deepestNesting * 4},}\\S|[ ]*(?:[-?] ?){${deepestNesting},})`, 'm');
  return deepLine.exec(source)?.index ?? null;
}

const checkFile = new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile(DirectoryFile);

function checkShape(content: Document, found: Findings): void {
  if (checkFile(content.toJS())) return;
  const errors = checkFile.errors ?? [];
  // Of what may be written in two ways, only what is wrong with the way it was written is told.
  const told = errors.filter((error) => !isOfOtherForm(error, content));
  for (const error of (told.length === 0 ? errors : told).slice(0, 100)) reportShape(error, content, found);
}

/** A name, or a map: the failure of the one that this is not, and that one of them must hold. */
function isOfOtherForm(error: ErrorObject, content: Document): boolean {
  if (!error.schemaPath.includes('anyOf')) return false;
  const node = content.getIn(fromPointer(error.instancePath, content), true);
  if (error.keyword === 'anyOf') return isMap(node) || isScalar(node);
  return error.keyword === 'type' && (isMap(node) || isScalar(node)) && hasOtherForm(error, node);
}

function hasOtherForm({ params }: ErrorObject, node: Node): boolean {
  return isMap(node) ? params.type === 'string' : params.type === 'object';
}

function reportShape(error: ErrorObject, content: Document, found: Findings): void {
  const path = fromPointer(error.instancePath, content);
  const place = path.length === 0 ? 'The file' : `"${path.join('.')}"`;
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty);
    const known = Object.keys(error.parentSchema?.properties ?? {});
    found.add(
      'unknown-field',
      `There is no field "${name}" here.${suggestName(name, known)}`,
      keyOffset(content, path, name),
    );
  } else if (error.keyword === 'required') {
    found.addAt('missing-field', `${place} needs "${error.params.missingProperty}".`, content, path);
  } else if (error.keyword === 'pattern') {
    found.addAt('bad-value', `${place} does not have the form ${error.params.pattern}.`, content, path);
  } else {
    found.addAt('bad-value', `${place} ${error.message ?? 'is not valid'}.`, content, path);
  }
}

function keyOffset(content: Document, path: Path, name: string): number {
  const parent = path.length === 0 ? content.contents : content.getIn(path, true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === name);
    if (pair && isScalar(pair.key)) return start(pair.key);
  }
  return offsetOf(content, path);
}

function fromPointer(pointer: string, content: Document): Path {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.map((part, index) =>
    isMap(index === 0 ? content.contents : content.getIn(parts.slice(0, index), true)) ? part : Number(part),
  );
}
