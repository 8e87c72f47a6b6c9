/**
 * Decides what a directory file says: its text becomes principals, units and roles, or findings
 * with their places. It must not know where the text came from nor what will be done with it.
 */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Document, Node } from 'yaml';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { DirectoryFile } from '../../schemas/directory.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { Title } from '../../schemas/process-definition.ts';
import { suggestName } from '../definition/suggest-name.ts';
import type { Principal, PrincipalKind, Unit } from './directory.ts';

export interface DirectoryRead {
  readonly kind: 'directory';
  readonly principals: readonly Principal[];
  readonly units: readonly Unit[];
  readonly roles: ReadonlyMap<string, Title>;
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
  checkMeaning(directory, content, found);
  if (found.list.length > 0) return refused(found);
  return {
    kind: 'directory',
    principals: directory.principals.map(toPrincipal),
    units: directory.units.map(({ id, title, parent }) => ({ id, title, parent: parent ?? null })),
    roles: new Map(Object.entries(directory.roles).map(([role, { title }]) => [role, title])),
  };
}

function toPrincipal(entry: DirectoryFile['principals'][number]): Principal {
  return {
    id: entry.id,
    kind: kindOf(entry.id),
    name: entry.name,
    person: entry.person ?? entry.id,
    unit: entry.unit ?? null,
    roles: entry.roles ?? [],
    positions: entry.positions ?? [],
    active: entry.active ?? true,
    ...(entry.operator === undefined ? {} : { operator: entry.operator }),
    ...(entry.accounts === undefined ? {} : { accounts: entry.accounts }),
  };
}

function kindOf(id: string): PrincipalKind {
  if (id.startsWith('person:')) return 'person';
  return id.startsWith('service:') ? 'service' : 'agent';
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
  for (const error of (checkFile.errors ?? []).slice(0, 100)) reportShape(error, content, found);
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

/** What the shape cannot say: names that refer to each other, one line for each thing, no circle of units. */
function checkMeaning(directory: DirectoryFile, content: Document, found: Findings): void {
  const unitIds = directory.units.map(({ id }) => id);
  const personIds = directory.principals.map(({ id }) => id).filter((id) => kindOf(id) === 'person');
  const known = { roles: Object.keys(directory.roles), units: unitIds, persons: personIds };
  reportTwice(unitIds, 'units', content, found);
  reportTwice(
    directory.principals.map(({ id }) => id),
    'principals',
    content,
    found,
  );
  const unitSet = new Set(unitIds);
  const roleSet = new Set(known.roles);
  const naturalPerson = new Map(directory.principals.map(({ id, person }) => [id, person ?? id]));
  const unknown = (what: string, name: string, names: readonly string[], path: Path) =>
    found.addAt(
      `unknown-${what}`,
      `There is no ${what} "${name}" in this file.${suggestName(name, names)}`,
      content,
      path,
    );

  directory.units.forEach(({ parent }, index) => {
    if (parent !== undefined && !unitSet.has(parent))
      unknown('unit', parent, known.units, ['units', index, 'parent']);
  });
  reportCircles(directory, content, found);
  reportSharedAccounts(directory, content, found);
  directory.principals.forEach((entry, index) => {
    const at = (...rest: Path): Path => ['principals', index, ...rest];
    if (entry.unit !== undefined && !unitSet.has(entry.unit))
      unknown('unit', entry.unit, known.units, at('unit'));
    entry.roles?.forEach((role, place) => {
      if (!roleSet.has(role)) unknown('role', role, known.roles, at('roles', place));
    });
    if (entry.operator !== undefined) {
      const isPerson = entry.operator.startsWith('person:');
      if (kindOf(entry.id) !== 'agent')
        found.addAt('not-an-agent', 'Only an AI agent has an "operator".', content, at('operator'));
      else if (isPerson && !naturalPerson.has(entry.operator))
        unknown('person', entry.operator, known.persons, at('operator'));
      else if (!isPerson && !unitSet.has(entry.operator))
        unknown('unit', entry.operator, known.units, at('operator'));
    }
    if (entry.person === undefined) return;
    if (kindOf(entry.id) !== 'person')
      found.addAt(
        'not-a-person',
        'Only an account of a person has a "person" behind it.',
        content,
        at('person'),
      );
    else if (!naturalPerson.has(entry.person)) unknown('person', entry.person, known.persons, at('person'));
    else if (naturalPerson.get(entry.person) !== entry.person)
      found.addAt(
        'person-of-person',
        `Name the natural person: ${entry.person} is itself a second account.`,
        content,
        at('person'),
      );
  });
}

function reportTwice(ids: readonly string[], list: string, content: Document, found: Findings): void {
  const first = new Set<string>();
  ids.forEach((id, index) => {
    if (first.has(id))
      found.addAt('duplicate-id', `"${id}" is already in this file. Each has one entry.`, content, [
        list,
        index,
        'id',
      ]);
    first.add(id);
  });
}

/** An account is one principal's: else it would be chance who somebody is. */
function reportSharedAccounts(directory: DirectoryFile, content: Document, found: Findings): void {
  const owners = new Map<string, string>();
  directory.principals.forEach(({ id, accounts = [] }, index) => {
    accounts.forEach(({ issuer, subject }, place) => {
      const account = `${issuer} ${subject}`;
      const owner = owners.get(account);
      const message = `This account is already that of ${owner}. An account is one principal's alone.`;
      if (owner === undefined) owners.set(account, id);
      else found.addAt('shared-account', message, content, ['principals', index, 'accounts', place]);
    });
  });
}

function reportCircles(directory: DirectoryFile, content: Document, found: Findings): void {
  const parents = new Map(directory.units.map(({ id, parent }) => [id, parent]));
  directory.units.forEach(({ id }, index) => {
    const seen = new Set<string>();
    let at: string | undefined = id;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      at = parents.get(at);
    }
    if (at === id)
      found.addAt('unit-circle', `"${id}" is above itself. Correct "parent".`, content, [
        'units',
        index,
        'parent',
      ]);
  });
}
