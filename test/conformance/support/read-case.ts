/** Reads one case: a definition, and beside it what is sent to it and what is expected then. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { hasShape } from '../../../engine/definition/check-shape.ts';
import { FindingList } from '../../../engine/definition/finding-list.ts';
import { readSource } from '../../../engine/definition/read-source.ts';

export const folder = join(import.meta.dirname, '..');

const closed = { additionalProperties: false } as const;
const anyJson = Type.Record(Type.String(), Type.Unknown());

/** One stimulus (`start`, `send`, `wait` or `fire`), and what has changed then. What is not said has not. */
const TraceStep = Type.Object(
  {
    /** Data of the start, besides the empty log. */
    start: Type.Optional(anyJson),
    send: Type.Optional(Type.String()),
    /** A duration; timers that come due meanwhile are delivered, each at its time. */
    wait: Type.Optional(Type.String()),
    /** Delivers the timer of this name, though it may have been cleared. */
    fire: Type.Optional(Type.String()),
    /** The leaf states that are active now. */
    state: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
    /** What the step appended to `context.log`; nothing, if left out. */
    log: Type.Optional(Type.String()),
    /** Fields other than `log` that have another value now. */
    context: Type.Optional(anyJson),
    /** All timers that run now: their names, and the time on a clock that began at 00:00. */
    timers: Type.Optional(Type.Record(Type.String(), Type.String())),
    status: Type.Optional(Type.Literal('done')),
    output: Type.Optional(anyJson),
    refused: Type.Optional(Type.String()),
  },
  closed,
);
export type TraceStep = Static<typeof TraceStep>;

const Trace = Type.Object({ title: Type.String(), steps: Type.Array(TraceStep, { minItems: 1 }) }, closed);
export type Trace = Static<typeof Trace>;

export interface Case {
  readonly name: string;
  readonly definition: string;
  readonly trace: Trace;
}

/** All cases, by name. */
export const cases: readonly Case[] = readdirSync(folder)
  .filter((file) => file.endsWith('.trace.yaml'))
  .sort()
  .map((file) => {
    const name = file.replace('.trace.yaml', '');
    const definition = readFileSync(join(folder, `${name}.yaml`), 'utf8');
    return { name, definition, trace: readTrace(readFileSync(join(folder, file), 'utf8'), file) };
  });

function readTrace(source: string, file: string): Trace {
  const findings = new FindingList(file);
  const root = readSource(source, findings);
  if (root === null || !hasShape(Trace, root, 'The trace', findings)) {
    throw new Error(JSON.stringify(findings.sorted(), null, 2));
  }
  return root.value as unknown as Trace;
}
