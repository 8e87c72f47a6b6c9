import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkShape } from '../../../engine/definition/check-shape.ts';
import { compileProcess } from '../../../engine/definition/compile-process.ts';
import { FindingList } from '../../../engine/definition/finding-list.ts';
import { modelDefinition } from '../../../engine/definition/model-definition.ts';
import { readSource } from '../../../engine/definition/read-source.ts';
import { buildAnalysisGraph } from '../../../engine/verify/analysis-graph.ts';
import { checkUnsetReads } from '../../../engine/verify/check-unset-reads.ts';
import { failingExpressions, placeOf } from './support/explore-reads.ts';
import { randomDefinition } from './support/random-definition.ts';
import { lintSmall, describe as sentences } from './support/small-definition.ts';

const allow = 'allow: { role: clerk }';

/** What is said about unset reads, without the advice at the end. */
function unset(body: string, context?: string, start?: string): readonly string[] {
  const { findings } = lintSmall({
    ...(context === undefined ? {} : { context }),
    ...(start === undefined ? {} : { start }),
    body,
  });
  expect(findings.filter(({ code, severity }) => severity === 'error' && code !== 'unset-read')).toEqual([]);
  return findings
    .filter(({ code }) => code === 'unset-read')
    .map(({ message }) => message.replace(/\. Ask first.*/, ''));
}

/** From a to b and c, with something on each way and something that reads. */
function machine(parts: { go?: string; skip?: string; b?: string; c?: string; a?: string }): string {
  const { go = '', skip = '', a = '', b = '', c = '' } = parts;
  return `initial: a
states:
  a: { on: { go: { target: b, ${allow}${go} }, skip: { target: c, ${allow}${skip} } }${a} }
  b: { on: { next: { target: c, ${allow} } }${b} }
  c: { on: { end: { target: d, ${allow} } }${c} }
  d: { type: final }
`;
}

const reading = ', entry: { assign: { flag: context.count > 1 } }';

describe('a read without has(...)', () => {
  test('is accepted where every way there sets the field', () => {
    const set = ', assign: { count: 1 }';
    expect(unset(machine({ go: set, skip: set, c: reading }))).toEqual([]);
    expect(unset(machine({ a: ', exit: { assign: { count: 1 } }', c: reading }))).toEqual([]);
    expect(unset(machine({ a: ', entry: { assign: { count: 1 } }', b: reading, c: reading }))).toEqual([]);
  });

  test('is told with a shortest way on which nothing sets the field', () => {
    const set = ', assign: { count: 1 }';
    expect(unset(machine({ go: set, c: reading }))).toEqual([
      '"context.count" may be unset here when the process comes this way: a -skip-> c',
    ]);
    expect(unset(machine({ skip: set, c: reading }))).toEqual([
      '"context.count" may be unset here when the process comes this way: a -go-> b -next-> c',
    ]);
    expect(unset(machine({ a: reading }))).toEqual([
      '"context.count" may be unset here when the process comes this way: a',
    ]);
  });

  test('is accepted behind a guard that asked for the field', () => {
    const asked = ', guard: has(context.count) && context.count > 0';
    expect(unset(machine({ go: asked, skip: asked, c: reading }))).toEqual([]);
    expect(unset(machine({ go: asked, skip: ', guard: "!has(context.count)"', c: reading }))).toHaveLength(1);
    expect(
      unset(machine({ go: asked, skip: ', guard: has(context.count) || true', c: reading })),
    ).toHaveLength(1);
  });

  test('is told where one assignment sets the field and reads it', () => {
    expect(unset(machine({ go: ', assign: { count: context.count + 1 }' }))).toHaveLength(1);
    const two = ', entry: [{ assign: { count: 1 } }, { assign: { count: context.count + 1 } }]';
    expect(unset(machine({ a: two }))).toEqual([]);
  });

  test('sees what is left before what is entered, and what is further out entered first', () => {
    const nested = (outer: string, inner: string) => `initial: a
states:
  a: { on: { go: { target: b, ${allow} } } }
  b: { initial: b1, ${outer} states: { b1: { ${inner} on: { end: { target: '#end', ${allow} } } } } }
  c: { id: end, type: final }
`;
    const set = '{ assign: { count: 1 } }';
    const read = '{ assign: { flag: context.count > 1 } }';
    expect(unset(nested(`entry: ${set},`, `entry: ${read},`))).toEqual([]);
    expect(unset(nested(`entry: ${read},`, `entry: ${set},`))).toHaveLength(1);
    expect(unset(nested(`exit: ${read},`, `exit: ${set},`))).toEqual([]);
    expect(unset(nested(`exit: ${set},`, `exit: ${read},`))).toHaveLength(1);
  });

  test('at the end of the process counts too', () => {
    const ending = (output: string, exit = '') => `initial: a
states:
  a: { on: { go: { target: b, ${allow} } } }
  b: { type: final${exit}, output: { x: ${output} } }
`;
    expect(unset(ending('context.count'))).toHaveLength(1);
    expect(unset(ending('1', ', exit: { assign: { flag: context.count > 1 } }'))).toHaveLength(1);
  });

  test('in who may act, who reviews and whom the case is about is told of each state it can be asked in', () => {
    const rule = (extra: string) => `initial: a
states:
  a: { on: { go: { target: b, ${allow}${extra} } } }
  b: { on: { end: { target: c, allow: { expression: "context.note == actor.unit" } } } }
  c: { type: final }
`;
    expect(unset(rule(`, assign: { note: "'x'" }`))).toEqual([]);
    expect(unset(rule(''))).toEqual([
      '"context.note" may be unset here when the process comes this way: a -go-> b',
    ]);
    const gate = (extra: string) => `subject: context.note
initial: a
states:
  a: { on: { go: { target: b, ${allow}${extra} } } }
  b: { gate: { meaning: approve, reviewers: { role: x, unit: context.note } }, on: { approved: c, rejected: d } }
  c: { type: final }
  d: { type: final }
`;
    expect(unset(gate(`, assign: { note: "'x'" }`))).toEqual([]);
    expect(unset(gate(''))).toHaveLength(2);
  });

  test('of a required field is accepted, also before the start has come to rest only if the start brings it', () => {
    const context = `context:
  type: object
  required: [count]
  properties: { count: { type: integer }, flag: { type: boolean } }
`;
    expect(unset(machine({ a: reading }), context)).toEqual([]);
    const start = `start: { ${allow}, input: { type: object, properties: { count: { type: integer } } } }`;
    expect(unset(machine({ a: reading }), context, start)).toHaveLength(1);
    expect(unset(machine({ b: reading }), context, start)).toEqual([]);
  });

  test('is told without a way where there are too many combinations of states to follow', () => {
    const regions = Array.from(
      { length: 13 },
      (_, index) =>
        `r${index}: { initial: a, states: { a: { on: { g${index}: { target: b, ${allow} } } }, b: { type: final } } }`,
    );
    const body = `initial: p
states:
  p: { type: parallel, on: { end: { target: d, ${allow} } }, states: { ${regions.join(', ')} }${reading} }
  d: { type: final }
`;
    expect(unset(body)).toEqual(['"context.count" may be unset here']);
  });
});

describe('on random machines', () => {
  const samples = fc.sample(fc.tuple(randomDefinition, fc.infiniteStream(fc.nat(9))), {
    numRuns: 70,
    seed: 20,
  });

  test('no read that is accepted is ever unset, and many that are told of can be seen to be', () => {
    const seen = { played: 0, accepted: 0, told: 0, failing: 0 };
    for (const [definition, picks] of samples) {
      const source = withReads(definition, () => picks.next().value as number);
      const result = judge(source);
      if (result === null) continue;
      const failed = failingExpressions(result.process, {}, 300);
      if (failed === null) continue;
      seen.played += 1;
      for (const place of result.accepted) expect(failed.has(place), `${place} of ${source}`).toBe(false);
      seen.accepted += result.accepted.length;
      seen.told += result.told.length;
      seen.failing += result.told.filter((place) => failed.has(place)).length;
    }
    expect(seen.played).toBeGreaterThan(35);
    expect(seen.accepted).toBeGreaterThan(35);
    // A read that fails stops its step, so what lies behind it is never seen to fail.
    expect(seen.failing / seen.told).toBeGreaterThan(0.3);
  });
});

/** Puts expressions that set a field, and ones that read it, at places that the picks choose. */
function withReads(definition: string, pick: () => number): string {
  const add = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'context' || key === 'start' || key === 'allow' || key === 'output') continue;
      const holder = node as { [key: string]: unknown };
      const isTarget = typeof value === 'string' && value.startsWith('#') && key !== 'target';
      if (isTarget && pick() < 8) holder[key] = { target: value };
      const now = holder[key];
      if (typeof now === 'object' && now !== null && 'target' in now)
        change(now as { [key: string]: unknown });
      add(now);
    }
  };
  const change = (candidate: { [key: string]: unknown }) => {
    const choice = pick();
    if (choice < 5) candidate.assign = { note: "'x'" };
    else if (choice < 6) candidate.assign = { set: 'size(context.note) > 0' };
    else if (choice < 7 && candidate.guard === undefined) candidate.guard = 'size(context.note) > 0';
    else if (choice < 8 && candidate.guard === undefined) candidate.guard = 'has(context.note)';
  };
  const states = (node: { states?: { [name: string]: { [key: string]: unknown } } }) => {
    for (const state of Object.values(node.states ?? {})) {
      for (const key of ['entry', 'exit']) {
        const choice = pick();
        if (state.type === 'history' || choice > 3) continue;
        state[key] = { assign: choice < 2 ? { note: "'x'" } : { set: 'size(context.note) > 0' } };
      }
      states(state);
    }
  };
  const tree = JSON.parse(definition) as { states: { [name: string]: { [key: string]: unknown } } };
  add(tree.states);
  states(tree);
  return JSON.stringify(tree);
}

/** Places of the expressions that read the field unguarded: those the check accepts, and those it tells of. */
function judge(source: string) {
  const findings = new FindingList('random.yaml');
  const root = readSource(source, findings);
  const definition = root === null ? null : checkShape(root, findings);
  if (root === null || definition === null) throw new Error(sentences(findings.sorted()));
  const model = modelDefinition(definition, root, findings);
  if (findings.errors > 0) throw new Error(sentences(findings.sorted()));
  const graph = buildAnalysisGraph(model);
  if (!graph.complete) return null;
  checkUnsetReads(model, graph, findings);
  const places = new Set(findings.sorted().map(placeOf));
  const reading = model.expressions.filter(({ reads }) => reads.length > 0);
  const isTold = ({ reads }: (typeof reading)[number]) =>
    reads.some(({ position }) => places.has(placeOf(position)));
  return {
    process: compileProcess(model, 'a'.repeat(64)),
    accepted: reading.filter((one) => !isTold(one)).map(({ position }) => placeOf(position)),
    told: reading.filter(isTold).map(({ position }) => placeOf(position)),
  };
}
