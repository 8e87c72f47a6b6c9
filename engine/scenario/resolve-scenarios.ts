/**
 * A scenario file with its process and its people -> scenarios that can be played, or findings: every
 * name must mean something, so that no test passes because of a typing mistake.
 */
import type { ScenarioStep as WrittenStep } from '../../schemas/scenario.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { FindingList } from '../definition/finding-list.ts';
import { findNode, type SourceNode } from '../definition/read-source.ts';
import { assembleCast, type People } from './assemble-cast.ts';
import { PartBook } from './part-book.ts';
import type { ScenarioFileRead, ScenariosRefused } from './read-scenario-file.ts';
import { StepReader } from './read-step.ts';
import type { Scenario, ScenarioSuite } from './scenario.ts';

export interface ScenariosResolved {
  readonly kind: 'resolved';
  readonly suite: ScenarioSuite;
}

/** All scenarios of a file together: they are played in one go. */
const mostSteps = 50_000;
/** A Monday. */
const defaultClock = '2026-01-05T08:00:00Z';
const nobody: People = { principals: [], units: [] };

/** `people` are those of the directory the file names; null when it names none. */
export function resolveScenarios(
  { file, content, root }: ScenarioFileRead,
  process: CompiledProcess,
  people: People | null,
): ScenariosResolved | ScenariosRefused {
  const findings = new FindingList(file);
  const cast = assembleCast(content.cast ?? {}, people ?? nobody, root, findings);
  const reader = new StepReader(process, cast, findings);
  const readSteps = (steps: readonly WrittenStep[], ...path: string[]) =>
    steps.map((step, at) => reader.read(step, findNode(root, [...path, String(at)]).node));
  const parts = Object.entries(content.parts ?? {}).map(
    ([name, steps]) => [name, readSteps(steps, 'parts', name)] as const,
  );
  const book = new PartBook(new Map(parts), findings);
  const titles = new Set<string>();
  const scenarios = content.scenarios.map(({ title, clock = content.clock, steps }, index): Scenario => {
    const path = ['scenarios', String(index)];
    const { node } = findNode(root, path);
    const { position } = findNode(node, ['title']);
    if (titles.has(title)) {
      findings.error('duplicate-title', position, 'Another scenario has this title. Give it one of its own.');
    }
    titles.add(title);
    const startsAt = instantOf(clock ?? defaultClock);
    if (startsAt === null) {
      findings.error('bad-value', placeOfClock(root, node), 'There is no such day. Correct the clock.');
    }
    return {
      title,
      position,
      startsAt: startsAt ?? '',
      steps: book.writeOut(readSteps(steps, ...path, 'steps'), position),
    };
  });
  if (scenarios.reduce((sum, { steps }) => sum + steps.length, 0) > mostSteps) {
    findings.error('too-large', root.position, `The scenarios have over ${mostSteps} steps. Split the file.`);
  }
  if (findings.errors > 0) return { kind: 'refused', findings: findings.sorted() };
  return {
    kind: 'resolved',
    suite: { file, process, directory: cast.directory, cast: cast.names, scenarios },
  };
}

/** The day 30 of February has the right form, and is read as another day: such a text is no instant. */
function instantOf(clock: string): string | null {
  const instant = new Date(clock);
  if (Number.isNaN(instant.getTime())) return null;
  const text = instant.toISOString();
  return text.startsWith(clock.slice(0, 10)) ? text : null;
}

function placeOfClock(root: SourceNode, scenario: SourceNode) {
  return findNode(scenario.members?.has('clock') === true ? scenario : root, ['clock']).position;
}
