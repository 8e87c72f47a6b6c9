/** Every schema in a definition, compiled once: what events carry, agents answer, tasks and messages take and give. */
import type { ProcessDefinition } from '../../schemas/process-definition.ts';
import type { SchemaCompiler } from './compile-schema.ts';
import type { CheckJson } from './compiled-process.ts';
import type { ResultShape, ScopeSchemas } from './expression-scopes.ts';
import { resultShapeOf } from './model-work.ts';
import { memberOf, type SourceNode } from './read-source.ts';
import type { StateTree, TreeState, TreeTransition } from './state-tree.ts';

export interface SchemaModel {
  readonly inputs: ReadonlyMap<TreeTransition, CheckJson>;
  readonly proposals: ReadonlyMap<TreeState, CheckJson>;
  /** Those that were accepted, by what expressions know them as. */
  readonly scopes: Omit<ScopeSchemas, 'context'>;
}

export function modelSchemas(
  definition: ProcessDefinition,
  source: SourceNode,
  tree: StateTree,
  schemas: SchemaCompiler,
): SchemaModel {
  const states = [...tree.states.values()];
  const inputs = compileEach(tree.transitions, ({ node }) => memberOf(node, 'input'), schemas);
  const proposals = compileEach(states, outputOf, schemas);
  const usable = (node: SourceNode | undefined) => node !== undefined && schemas.compile(node) !== null;
  const declared = (section: string, member: string) =>
    [...(memberOf(source, section)?.members?.values() ?? [])].flatMap(({ node }) => {
      const schema = memberOf(node, member);
      return schema !== undefined && usable(schema) ? [schema] : [];
    });
  const given = new Set(declared('tasks', 'output'));
  const results = states.flatMap((state): ResultShape[] => {
    if (state.definition.invoke === undefined) return [];
    const own = memberOf(memberOf(state.source, 'invoke'), 'output');
    if (own !== undefined && usable(own)) given.add(own);
    const shape = resultShapeOf(state, source);
    // One that cannot be used was told of, and must not be gone through: it may go in a circle.
    return shape.kind === 'fields' || shape.schema === null || given.has(shape.schema) ? [shape] : [];
  });
  return {
    inputs,
    proposals,
    scopes: {
      proposals: byKind(proposals.keys()),
      inputs: [...inputs.keys()].flatMap(({ node }) => memberOf(node, 'input') ?? []),
      payloads: [...declared('tasks', 'input'), ...declared('messages', 'input')],
      results,
      documents: Object.keys(definition.documents ?? {}),
    },
  };
}

function compileEach<T>(
  all: Iterable<T>,
  schemaOf: (one: T) => SourceNode | undefined,
  schemas: SchemaCompiler,
): ReadonlyMap<T, CheckJson> {
  const checks = new Map<T, CheckJson>();
  for (const one of all) {
    const node = schemaOf(one);
    const check = node === undefined ? null : schemas.compile(node);
    if (check !== null) checks.set(one, check);
  }
  return checks;
}

function byKind(states: Iterable<TreeState>): ReadonlyMap<string, readonly SourceNode[]> {
  const schemas = new Map<string, SourceNode[]>();
  for (const state of states) {
    const kind = state.definition.propose?.decision;
    const node = outputOf(state);
    if (kind === undefined || node === undefined) continue;
    schemas.set(kind, [...(schemas.get(kind) ?? []), node]);
  }
  return schemas;
}

function outputOf({ source }: TreeState): SourceNode | undefined {
  return memberOf(memberOf(source, 'propose'), 'output');
}
