/**
 * Reads the expressions of one definition, place by place, and keeps every one of them, so that none goes
 * unjudged. What each place may read and must give is told by whoever asks.
 */
import type { Action, Allow, State } from '../../schemas/process-definition.ts';
import {
  type CheckedExpression,
  compileExpression,
  constantExpression,
  type ExpectedTypes,
  type ExpressionScope,
  misfitOf,
} from './compile-expression.ts';
import type { StructType } from './expression-types.ts';
import type { FindingList } from './finding-list.ts';
import { memberOf, type SourceNode } from './read-source.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** Context fields and what they are set to. */
export type AssignModel = ReadonlyMap<string, CheckedExpression>;

export class ExpressionReader {
  readonly findings: FindingList;
  readonly #expressions: CheckedExpression[] = [];
  readonly #selectors = new Map<string, CheckedExpression>();
  /** The decision that alone may write a field. */
  readonly #decided: ReadonlyMap<string, string>;

  constructor(findings: FindingList, decided: ReadonlyMap<string, string>) {
    this.findings = findings;
    this.#decided = decided;
  }

  /** Every expression read so far. */
  get expressions(): readonly CheckedExpression[] {
    return this.#expressions;
  }

  /** Those of selectors, by their text. */
  get selectors(): ReadonlyMap<string, CheckedExpression> {
    return this.#selectors;
  }

  expression(
    node: SourceNode | undefined,
    scope: ExpressionScope,
    expected: ExpectedTypes,
  ): CheckedExpression | null {
    if (node === undefined) return null;
    const expression = compileExpression(node, scope, expected, this.findings);
    if (expression !== null) this.#expressions.push(expression);
    return expression;
  }

  value(node: SourceNode, scope: ExpressionScope, expected: ExpectedTypes): CheckedExpression | null {
    if (typeof node.value === 'string') return this.expression(node, scope, expected);
    const misfit = misfitOf(node.value, expected);
    if (misfit !== null) this.findings.error('expression-type', node.position, misfit);
    return constantExpression(node.value, node.position);
  }

  values(node: SourceNode | undefined, scope: ExpressionScope): ReadonlyMap<string, CheckedExpression> {
    const values = new Map<string, CheckedExpression>();
    for (const [name, member] of node?.members ?? []) {
      const expression = this.value(member.node, scope, []);
      if (expression !== null) values.set(name, expression);
    }
    return values;
  }

  /** What each action assigns, one after the other; other things that it does are read elsewhere. */
  actions(
    node: SourceNode | undefined,
    value: State['entry'],
    scope: ExpressionScope,
    context: StructType,
  ): readonly AssignModel[] {
    if (node === undefined || value === undefined) return [];
    const actions: readonly Action[] = Array.isArray(value) ? value : [value];
    return actions.map((_action, index) =>
      this.assign(memberOf(node.items?.[index] ?? node, 'assign'), scope, context),
    );
  }

  assign(node: SourceNode | undefined, scope: ExpressionScope, context: StructType): AssignModel {
    const assign = new Map<string, CheckedExpression>();
    for (const [name, member] of node?.members ?? []) {
      const field = context.fields.get(name);
      if (field === undefined) {
        const known = suggestName(name, context.fields.keys());
        this.findings.error(
          'unknown-field',
          member.keyPosition,
          `The context has no field "${name}".${known}`,
          // What only an approved proposal writes is for people to name.
          renameFix(
            member.keyPosition,
            name,
            [...context.fields.keys()].filter((one) => !this.#decided.has(one)),
          ),
        );
      }
      const expression = this.value(member.node, scope, field === undefined ? [] : [field.type.name]);
      if (expression !== null) assign.set(name, expression);
    }
    return assign;
  }

  /** Compiles the CEL of a selector; a unit that begins with "unit:" is a name and no CEL. */
  selector(
    node: SourceNode | undefined,
    allow: Allow | undefined,
    scope: ExpressionScope,
  ): readonly CheckedExpression[] {
    if (node === undefined || allow === undefined) return [];
    return (node.items ?? [node]).flatMap((one) => {
      const unit = memberOf(one, 'unit');
      const named = String(unit?.value).startsWith('unit:');
      return [
        ...(named ? [] : this.#selectorExpression(unit, scope, ['string'])),
        ...this.#selectorExpression(memberOf(one, 'expression'), scope, ['bool']),
      ];
    });
  }

  #selectorExpression(
    node: SourceNode | undefined,
    scope: ExpressionScope,
    expected: ExpectedTypes,
  ): readonly CheckedExpression[] {
    const compiled = this.expression(node, scope, expected);
    if (compiled === null) return [];
    this.#selectors.set(compiled.source, compiled);
    return [compiled];
  }
}
