/**
 * Decides whether the values of a file have the shape of a process definition, as JSON Schema has it,
 * and says in sentences where they do not. What the definition means is decided elsewhere. The same
 * look serves other files that people write in YAML.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TextEdit } from '../../schemas/finding.ts';
import { ProcessDefinition } from '../../schemas/process-definition.ts';
import type { Position } from './compiled-process.ts';
import type { FindingList } from './finding-list.ts';
import { findNode, type SourceNode } from './read-source.ts';
import { shareSubschemas } from './share-subschemas.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** The file as a process definition, or null when it has another shape; why is then in `findings`. */
export function checkShape(root: SourceNode, findings: FindingList): ProcessDefinition | null {
  if (root.members === null) {
    findings.error(
      'not-a-definition',
      root.position,
      'A process definition is a map: start with "id: my-process".',
    );
    return null;
  }
  if (!hasShape(ProcessDefinition, root, 'The definition', findings)) return null;
  return root.value as unknown as ProcessDefinition;
}

/** Whether the values have the shape of a schema; why not is then in `findings`. `whole` names the file in a sentence. */
export function hasShape(schema: object, root: SourceNode, whole: string, findings: FindingList): boolean {
  const check = shapeCheck(schema);
  if (check(root.value)) return true;
  for (const told of telling((check.errors ?? []).slice(0, 300))) report(told, root, whole, findings);
  return false;
}

const compiled = new WeakMap<object, ValidateFunction>();

// Compiling takes tens of milliseconds: done when first needed, and kept.
function shapeCheck(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const check = new Ajv2020({
    strict: true,
    allErrors: true,
    verbose: true,
    messages: false,
    // Our own schemas are checked by tests; doing it again here would take longer than all the rest.
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  }).compile(shareSubschemas(JSON.parse(JSON.stringify(schema))));
  compiled.set(schema, check);
  return check;
}

interface Told {
  readonly error: ErrorObject;
  /** What a union that failed would have taken. */
  readonly choices: readonly string[];
}

/**
 * A union that failed reports every branch. What helps is the branch that was meant: an error inside
 * the value, or at it about something other than its type.
 */
function telling(errors: readonly ErrorObject[]): readonly Told[] {
  const told: Told[] = [];
  for (const error of errors) {
    const here = errors.filter((other) => other.instancePath === error.instancePath);
    const below = errors.some((other) => other.instancePath.startsWith(`${error.instancePath}/`));
    if (error.keyword === 'anyOf') {
      const meant = below || here.some((other) => !isChoice(other));
      if (!meant && here.find((other) => other.keyword === 'anyOf') === error) {
        told.push({ error, choices: choicesAmong(here) });
      }
    } else if (!isChoice(error) || !(below || here.some((other) => other.keyword === 'anyOf'))) {
      told.push({ error, choices: [] });
    }
    if (told.length >= 50) break;
  }
  return told;
}

function isChoice(error: ErrorObject): boolean {
  return ['anyOf', 'type', 'const', 'enum'].includes(error.keyword);
}

function report({ error, choices }: Told, root: SourceNode, whole: string, findings: FindingList): void {
  const path = pathOf(error.instancePath);
  const { node, position } = findNode(root, path);
  const where = placeName(path, whole);
  const parameters = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties') {
    const name = String(parameters.additionalProperty);
    const place = findNode(root, [...path, name]).position;
    const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
    const patterns = Object.keys((error.parentSchema?.patternProperties ?? {}) as object);
    const message =
      patterns.length > 0
        ? `"${name}" is no name that ${where} accepts: ${namePattern(patterns[0] ?? '')}`
        : `${where} has no field "${name}".${suggestName(name, known)}`;
    const fix = patterns.length > 0 ? [] : fieldFix(root, path, place, name, known);
    findings.error(patterns.length > 0 ? 'bad-name' : 'unknown-field', place, message, fix);
    return;
  }
  if (error.keyword === 'required') {
    const missing = String(parameters.missingProperty);
    findings.error('missing-field', position, `${where} lacks the field "${missing}". Add it.`);
    return;
  }
  const description = describe(error.parentSchema);
  findings.error(
    'bad-value',
    node.position,
    `${where} ${expected(error, choices, parameters)}.${description}`,
  );
}

/** Fields in which the file says who decides, and on what: a slip in these is for people to mend. */
const ofPeople = new Set([
  ...[
    'allow',
    'binds',
    'decisions',
    'exclude',
    'gate',
    'initiator',
    'propose',
    'quorum',
    'reviewers',
    'start',
  ],
  ...['subject', 'responsible', 'owner', 'classification', 'securityLevel', 'guard', 'target', 'operator'],
]);

/** Only where no people decide, and no agent proposes, in a state around it. */
function fieldFix(
  root: SourceNode,
  path: readonly string[],
  place: Position,
  name: string,
  known: readonly string[],
): readonly TextEdit[] {
  const around = path.map((_step, index) => findNode(root, path.slice(0, index + 1)).node);
  const decided = around.some(({ members }) => members?.has('gate') || members?.has('propose'));
  if (decided || path.some((step) => ofPeople.has(step))) return [];
  return renameFix(place, name, known).filter(({ text }) => !ofPeople.has(text));
}

/** The value as the subject of a sentence; an item of a list by the list's name. */
function placeName(path: readonly string[], whole: string): string {
  const name = path.at(-1);
  if (name === undefined) return whole;
  const list = path.at(-2);
  return /^\d+$/.test(name) && list !== undefined ? `Item ${Number(name) + 1} of "${list}"` : `"${name}"`;
}

function expected(
  error: ErrorObject,
  choices: readonly string[],
  parameters: Record<string, unknown>,
): string {
  switch (error.keyword) {
    case 'type':
      return `must be ${article(String(parameters.type))}`;
    case 'const':
      return `must be ${JSON.stringify(parameters.allowedValue)}`;
    case 'enum':
      return `must be one of ${JSON.stringify(parameters.allowedValues)}`;
    case 'anyOf':
      return choices.length > 0 ? `must be ${choices.join(' or ')}` : 'has a value that is not accepted here';
    case 'pattern':
      return `does not have the right form: ${namePattern(String(parameters.pattern))}`.replace(/\.$/, '');
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return 'must not be empty';
    case 'maxItems':
    case 'maxProperties':
    case 'maxLength':
      return `is too long: at most ${parameters.limit}`;
    case 'minimum':
      return `must be at least ${parameters.limit}`;
    case 'maximum':
      return `must be at most ${parameters.limit}`;
    case 'uniqueItems':
      return 'must not name the same thing twice';
    default:
      return `does not fit (${error.keyword})`;
  }
}

/** What would have been accepted where every branch of a union failed. */
function choicesAmong(errors: readonly ErrorObject[]): readonly string[] {
  const choices = errors.flatMap(({ keyword, params }) => {
    if (keyword === 'const') return [JSON.stringify(params.allowedValue)];
    return keyword === 'type' ? [article(String(params.type))] : [];
  });
  return [...new Set(choices)];
}

function article(type: string): string {
  const names: Record<string, string> = {
    object: 'a map',
    array: 'a list',
    string: 'a text',
    integer: 'an integer',
    number: 'a number',
    boolean: 'true or false',
    null: 'null',
  };
  return names[type] ?? type;
}

function describe(schema: unknown): string {
  const description = (schema as { description?: unknown } | undefined)?.description;
  return typeof description === 'string' ? ` ${description}` : '';
}

/** What a name must look like, in words where we have them. */
function namePattern(pattern: string): string {
  if (pattern.startsWith('^P(')) {
    const duration = 'an ISO 8601 duration in weeks, days, hours, minutes and seconds, such as P3D or PT10M';
    return pattern.includes('working') ? `${duration}, or "3 working days".` : `${duration}.`;
  }
  if (pattern.startsWith('^[A-Za-z]')) {
    return 'an ASCII letter, then letters, digits, "_" or "-", at most 64 in all.';
  }
  if (pattern.startsWith('^unit:')) return 'unit:name in lower case, such as unit:van-phong.';
  if (pattern.startsWith('^\\d+')) return 'three numbers with dots, such as 1.0.0.';
  return `the pattern ${pattern}.`;
}

function pathOf(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
