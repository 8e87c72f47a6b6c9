/**
 * CEL text -> a checked expression that answers with JSON. What is wrong becomes findings at load; what
 * can only go wrong with data becomes an `ExpressionError` at run time, never null or undefined.
 */
import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import type { TextEdit } from '../../schemas/finding.ts';
import type { Json } from '../../schemas/json.ts';
import { type ContextRead, checkOptionalReads, isMendable } from './check-optional-reads.ts';
import { type CompiledExpression, ExpressionError, type Position, type Scope } from './compiled-process.ts';
import { resetBudget } from './evaluation-budget.ts';
import { childrenOf, loopOf } from './expression-ast.ts';
import { ownFunctions } from './expression-functions.ts';
import type { TypeRegistry } from './expression-types.ts';
import type { FindingList } from './finding-list.ts';
import { prepareExpression } from './prepare-expression.ts';
import type { SourceNode } from './read-source.ts';
import { renameFix, suggestName } from './suggest-name.ts';
import { toJson } from './to-json.ts';

/** What expressions of one place in the file may read. */
export interface ExpressionScope {
  readonly environment: Environment;
  readonly types: TypeRegistry;
  /** Names in scope, with the struct each is. */
  readonly names: readonly string[];
  /** The variables of one evaluation. */
  readonly variables: (scope: Scope) => object;
}

/** CEL names of the types an expression may have here; empty for any. */
export type ExpectedTypes = readonly string[];

export interface CheckedExpression extends CompiledExpression {
  /** Kinds of decision whose proposal it reads. */
  readonly proposals: ReadonlySet<string>;
  /** The kind, when it is nothing but that kind's proposal, whole or one member of it. */
  readonly copies: string | null;
  /** Fields of the context that it reads without has(...): each must be set whenever it is evaluated. */
  readonly reads: readonly ContextRead[];
  /** Fields of the context that are certainly set where it came out true. */
  readonly shows: ReadonlySet<string>;
  /** The edits that let it be true only where a field of the context is set; none where the text has no plain place. */
  readonly asking: (field: string) => readonly TextEdit[];
}

/** Null after findings. */
export function compileExpression(
  node: SourceNode,
  scope: ExpressionScope,
  expected: ExpectedTypes,
  findings: FindingList,
): CheckedExpression | null {
  const source = node.value;
  if (typeof source !== 'string') return null;
  const before = findings.errors;
  const parsed = parse(source, node, scope, findings);
  if (parsed === null) return null;
  const at = (ast: ASTNode): Position => node.within(ast.pos);
  const prepared = prepareExpression(parsed.ast, scope.names, (ast, code, message, offset, rename) => {
    const position = node.within(offset ?? ast.pos);
    const mendable = rename !== undefined && isMendable(scope.names);
    findings.error(code, position, message, mendable ? renameFix(position, rename.wrong, rename.known) : []);
  });
  if (findings.errors > before) return null;
  const type = checkTypes(parsed, node, scope, findings);
  if (type === null) return null;
  const use = checkOptionalReads(parsed.ast, scope, findings, at);
  if (expected.length > 0 && !expected.some((one) => fits(type, one))) {
    const wanted = expected.map(typeInWords).join(' or ');
    findings.error(
      'expression-type',
      node.position,
      `This gives ${typeInWords(type)}, but ${wanted} is needed here.`,
    );
  }
  if (findings.errors > before) return null;
  const asking = (field: string) => askingEdits(field, parsed.ast, source, node);
  return {
    ...prepared,
    ...use,
    asking,
    source,
    position: node.position,
    evaluate: evaluator(parsed, scope, node),
  };
}

/** A fixed value written where an expression may stand. */
export function constantExpression(value: Json, position: Position): CheckedExpression {
  return {
    source: JSON.stringify(value),
    position,
    evaluate: () => value,
    proposals: new Set(),
    copies: null,
    reads: [],
    shows: new Set(),
    asking: () => [],
  };
}

function askingEdits(field: string, ast: ASTNode, source: string, node: SourceNode): readonly TextEdit[] {
  const [start, end] = [node.within(0), node.within(source.length)];
  const written = end.line === start.line && end.column === start.column + source.length;
  if (!written) return [];
  return isStrict(ast) ? [{ ...start, old: '', text: `has(context.${field}) && ` }] : [];
}

/** Whether nothing in it can be true though a part of it cannot be evaluated. */
function isStrict(node: ASTNode): boolean {
  return node.op !== '||' && node.op !== '?:' && loopOf(node) === null && childrenOf(node).every(isStrict);
}

function evaluator(parsed: ParseResult, scope: ExpressionScope, node: SourceNode): (scope: Scope) => Json {
  const { variables } = scope;
  return function evaluate(this: CompiledExpression, values: Scope): Json {
    try {
      resetBudget();
      return toJson(parsed(variables(values)));
    } catch (error) {
      // The library's messages draw the expression; the summary alone reads as a sentence.
      const { summary, message } = error as { readonly summary?: string; readonly message?: string };
      const self: CompiledExpression = {
        source: String(node.value),
        position: node.position,
        evaluate: this.evaluate,
      };
      throw new ExpressionError(self, new Error(summary ?? message ?? String(error), { cause: error }));
    }
  };
}

interface CelProblem {
  readonly summary: string;
  readonly code: string;
  readonly range?: { readonly start: number };
}

function parse(
  source: string,
  node: SourceNode,
  scope: ExpressionScope,
  findings: FindingList,
): ParseResult | null {
  try {
    return scope.environment.parse(source);
  } catch (error) {
    const { summary, range } = error as CelProblem;
    findings.error(
      'expression-syntax',
      node.within(range?.start ?? 0),
      `This expression cannot be read: ${summary}.`,
    );
    return null;
  }
}

function checkTypes(
  parsed: ParseResult,
  node: SourceNode,
  scope: ExpressionScope,
  findings: FindingList,
): string | null {
  const result = parsed.check();
  if (result.valid) return result.type ?? 'dyn';
  const { summary, code, range } = result.error as unknown as CelProblem;
  const position = node.within(range?.start ?? 0);
  const name = /^(?:Unknown variable|No such key): (.*)$/.exec(summary)?.[1] ?? '';
  if (code === 'unknown_variable') {
    const message = `"${name}" is not in scope here.${suggestName(name, scope.names)}`;
    const fix = isMendable(scope.names) ? renameFix(position, name, scope.names) : [];
    findings.error(
      'unknown-name',
      position,
      message,
      fix.filter(({ text }) => text !== 'proposal'),
    );
  } else if (code === 'no_such_key') {
    const known = [...fieldsAt(parsed.ast, scope, name)];
    const fix = isMendable(scope.names) ? renameFix(position, name, known) : [];
    const message = `There is no field "${name}" here.${suggestName(name, known)}`;
    findings.error('unknown-field', position, message, fix);
  } else {
    const hint = /int.*double|double.*int/.test(summary)
      ? ' Write whole numbers as 2.0 beside a number that may have decimals.'
      : '';
    findings.error(
      'expression-type',
      position,
      `This expression does not fit its data: ${inWords(summary)}.${hint}`,
    );
  }
  return null;
}

/** The fields of the struct in which `name` was looked for in vain. */
function fieldsAt(ast: ASTNode, scope: ExpressionScope, name: string): Iterable<string> {
  let found: Iterable<string> = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (typeof value !== 'object' || value === null || !('op' in value)) return;
    const node = value as ASTNode;
    if (node.op === '.' && node.args[1] === name) {
      const type = (node.args[0] as { checkedType?: { name: string } }).checkedType?.name;
      found = (type === undefined ? undefined : scope.types.struct(type))?.fields.keys() ?? found;
    }
    look(node.args);
  };
  look(ast);
  return found;
}

/** Whether a value of CEL type `type` is what a place for `expected` takes, as JSON. */
function fits(type: string, expected: string): boolean {
  // The empty list has no type of its own (T); an open value may turn out to fit, and is checked then.
  if (/^(dyn|T$|[KV]$)/.test(type) || expected.startsWith('dyn')) return true;
  const [list, item] = [itemOf(expected), itemOf(type)];
  if (list !== null) return item !== null && fits(item, list);
  if (isMap(expected)) return isMap(type);
  if (expected === 'double' && type === 'int') return true;
  if (expected === 'string' && type === 'google.protobuf.Timestamp') return true;
  return type === expected;
}

function itemOf(type: string): string | null {
  return type === 'list' ? 'dyn' : (/^list<(.*)>$/.exec(type)?.[1] ?? null);
}

/** Why a fixed value is none of what is needed; null when it may be. */
export function misfitOf(value: Json, expected: ExpectedTypes): string | null {
  const type =
    typeof value === 'number'
      ? Number.isInteger(value)
        ? 'int'
        : 'double'
      : typeof value === 'boolean'
        ? 'bool'
        : 'null';
  if (expected.length === 0 || expected.some((one) => fits(type, one))) return null;
  return `This is ${typeInWords(type)}, but ${expected.map(typeInWords).join(' or ')} is needed here.`;
}

function isMap(type: string): boolean {
  return type === 'map' || type.startsWith('map<') || type.startsWith('Struct');
}

function typeInWords(type: string): string {
  if (type === 'int') return 'an integer';
  if (type === 'double') return 'a number with decimals';
  if (type === 'bool') return 'true or false';
  if (type === 'string') return 'a text';
  if (type.startsWith('list')) return 'a list';
  if (type === 'google.protobuf.Timestamp') return 'an instant';
  if (type === 'google.protobuf.Duration') return 'a duration';
  if (type === 'null') return 'null';
  return type.startsWith('map') || type.startsWith('Struct') ? 'a map' : type;
}

/** Our own functions go by the library's names in the file, and so they do in what is said about them. */
const ownNames = new Map([...ownFunctions].map(([key, own]) => [own, key.replace(/^\.|\/.*$/g, '')]));

function inWords(summary: string): string {
  return summary
    .replaceAll(/Struct\d+/g, 'map')
    .replaceAll('google.protobuf.Timestamp', 'instant')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replaceAll(/\w+(?=\()/g, (name) => ownNames.get(name) ?? name);
}
