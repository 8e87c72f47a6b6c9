/**
 * Decides whether a JSON Schema written inside a definition may be used: known keywords only, references
 * only inside itself and never in circles, patterns in linear time, formats we know, and bounds that keep
 * every check short. Whether it is valid JSON Schema beyond that is Ajv's to say.
 */
import { dataLimits } from './data-limits.ts';
import type { FindingList } from './finding-list.ts';
import { compilePattern, PatternRefused } from './linear-pattern.ts';
import type { SourceNode } from './read-source.ts';
import { schemaFormats } from './schema-formats.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** Keywords whose value is a schema, a list of schemas, or a map of schemas. */
const oneSchema = ['items', 'contains', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'];
const schemaList = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const schemaMap = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];
const plain = [
  ...[
    'type',
    'const',
    'enum',
    'required',
    'minProperties',
    'maxProperties',
    'minItems',
    'maxItems',
    'uniqueItems',
  ],
  ...['minContains', 'maxContains', 'minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'dependentRequired', '$ref', '$comment'],
  ...['title', 'description', 'default', 'examples', 'deprecated', 'decision', 'confidential'],
];
const keywords = new Set([...oneSchema, ...schemaList, ...schemaMap, ...plain]);

/** Subschemas once every reference is written out: bounds the time that one check can take. */
const mostSubschemas = 5000;
/** Items that are not scalars are compared each with each. */
const mostUniqueItems = 100;

/** Reports what may not be used. `inContext`: this is the process's own context, where decision fields live. */
export function checkSchema(root: SourceNode, findings: FindingList, inContext: boolean): void {
  const before = findings.errors;
  const walk: Walk = { root, findings, inContext, sizes: new Map(), open: new Set() };
  const size = sizeOf(walk, root, []);
  if (findings.errors === before && size > mostSubschemas) {
    findings.error(
      'schema-too-large',
      root.position,
      `With references written out, this schema has more than ${mostSubschemas} parts. Make it smaller.`,
    );
  }
}

interface Walk {
  readonly root: SourceNode;
  readonly findings: FindingList;
  readonly inContext: boolean;
  readonly sizes: Map<SourceNode, number>;
  /** Schemas being walked: meeting one again by reference is a circle. */
  readonly open: Set<SourceNode>;
}

function sizeOf(walk: Walk, schema: SourceNode, path: readonly string[]): number {
  const known = walk.sizes.get(schema);
  if (known !== undefined) return known;
  if (typeof schema.value === 'boolean') return 1;
  if (schema.members === null) {
    walk.findings.error(
      'bad-schema',
      schema.position,
      'A schema is a map of keywords, such as { type: string }.',
    );
    return 1;
  }
  walk.open.add(schema);
  let size = 1;
  for (const [keyword, { keyPosition, node }] of schema.members) {
    if (!keywords.has(keyword)) {
      const known = suggestName(keyword, keywords);
      walk.findings.error(
        'unknown-keyword',
        keyPosition,
        `"${keyword}" is no schema keyword that is read here.${known}`,
        // What makes a field one that people decide on, or one that is kept secret, is for people to write.
        renameFix(keyPosition, keyword, keywords).filter(
          ({ text }) => text !== 'decision' && text !== 'confidential',
        ),
      );
    }
    size += checkKeyword(walk, keyword, node, schema, path);
    if (size > mostSubschemas) size = mostSubschemas + 1;
  }
  walk.open.delete(schema);
  walk.sizes.set(schema, size);
  return size;
}

function checkKeyword(
  walk: Walk,
  keyword: string,
  node: SourceNode,
  schema: SourceNode,
  path: readonly string[],
): number {
  if (oneSchema.includes(keyword)) return sizeOf(walk, node, [...path, keyword]);
  if (schemaList.includes(keyword))
    return sum((node.items ?? []).map((item) => sizeOf(walk, item, [...path, keyword])));
  if (schemaMap.includes(keyword)) {
    const members = [...(node.members ?? [])];
    if (keyword === 'patternProperties') {
      for (const [pattern, member] of members) checkPattern(walk, pattern, member.keyPosition);
    }
    const sizes = members.map(([name, member]) => sizeOf(walk, member.node, [...path, keyword, name]));
    // Definitions cost nothing until something refers to them.
    return keyword === '$defs' ? 0 : sum(sizes);
  }
  if (keyword === '$ref') return followReference(walk, node, path);
  checkPlainKeyword(walk, keyword, node, schema, path);
  return 0;
}

function followReference(walk: Walk, node: SourceNode, path: readonly string[]): number {
  const target = resolveReference(walk.root, node.value);
  if (target === null) {
    walk.findings.error(
      'bad-reference',
      node.position,
      `"$ref" may only point to something in this same schema, such as "#/$defs/name"; ${JSON.stringify(node.value)} does not.`,
    );
    return 0;
  }
  if (walk.open.has(target)) {
    walk.findings.error(
      'bad-reference',
      node.position,
      'This "$ref" leads back to itself. Write out as many levels as are needed.',
    );
    return 0;
  }
  return sizeOf(walk, target, path);
}

/** What `#/a/b` points to inside `root`; null where it points anywhere else. */
export function resolveReference(root: SourceNode, reference: unknown): SourceNode | null {
  if (typeof reference !== 'string' || !(reference === '#' || reference.startsWith('#/'))) return null;
  let at: SourceNode | undefined = root;
  for (const step of reference.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = at?.members?.get(name)?.node ?? at?.items?.[Number(name)];
  }
  return at ?? null;
}

function checkPlainKeyword(
  walk: Walk,
  keyword: string,
  node: SourceNode,
  schema: SourceNode,
  path: readonly string[],
): void {
  const { findings } = walk;
  const { value, position } = node;
  switch (keyword) {
    case 'pattern':
      if (typeof value === 'string') checkPattern(walk, value, position);
      break;
    case 'format':
      if (typeof value === 'string' && !schemaFormats.has(value)) {
        findings.error(
          'unknown-format',
          position,
          `The format "${value}" is not known.${suggestName(value, schemaFormats.keys())}`,
          renameFix(node.within(0), value, schemaFormats.keys()),
        );
      }
      break;
    case 'maxItems':
      if (typeof value === 'number' && value > dataLimits.items) {
        findings.error(
          'bound-too-large',
          position,
          `Lists hold at most ${dataLimits.items} items. Lower maxItems.`,
        );
      }
      break;
    case 'maxLength':
      if (typeof value === 'number' && value > dataLimits.characters) {
        findings.error(
          'bound-too-large',
          position,
          `Texts hold at most ${dataLimits.characters} characters. Lower maxLength.`,
        );
      }
      break;
    case 'uniqueItems':
      if (value === true && !comparesCheaply(walk.root, schema)) {
        findings.error(
          'bound-too-large',
          position,
          `"uniqueItems" needs items of type string, number, integer or boolean, or maxItems of at most ${mostUniqueItems}.`,
        );
      }
      break;
    case 'decision':
      if (!walk.inContext || path.length !== 2 || path[0] !== 'properties') {
        findings.error(
          'misplaced-keyword',
          position,
          '"decision" belongs on a field of the process\'s context, and nowhere else.',
        );
      } else if (typeof value !== 'string') {
        findings.error('bad-schema', position, '"decision" names a kind of decision, as a text.');
      }
      break;
    case 'confidential':
      if (typeof value !== 'boolean')
        findings.error('bad-schema', position, '"confidential" is true or false.');
      break;
    default:
      break;
  }
}

function comparesCheaply(root: SourceNode, schema: SourceNode): boolean {
  const most = schema.members?.get('maxItems')?.node.value;
  if (typeof most === 'number' && most <= mostUniqueItems) return true;
  const items = schema.members?.get('items')?.node;
  const referred = items?.members?.get('$ref')?.node.value;
  const target = referred === undefined ? items : resolveReference(root, referred);
  const type = target?.members?.get('type')?.node.value;
  return typeof type === 'string' && ['string', 'number', 'integer', 'boolean'].includes(type);
}

function checkPattern(walk: Walk, pattern: string, position: SourceNode['position']): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    walk.findings.error('bad-pattern', position, `This pattern cannot be used: ${error.message}.`);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => Math.min(total + number, mostSubschemas + 1), 0);
}
