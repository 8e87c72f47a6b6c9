/**
 * Finds what this release checks and proves, but does not run yet: such a definition lints, and is not
 * deployed. When a construct comes to run, its line here goes away, and no file means anything else by it.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { Position } from '../definition/compiled-process.ts';
import { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { SourceNode } from '../definition/read-source.ts';

/** One finding for each construct, where it is used first: a large file must not drown its errors in them. */
export function checkRunning(model: DefinitionModel, findings: FindingList): void {
  for (const [what, uses] of Map.groupBy(waitingIn(model), (one) => one.what)) {
    const [first] = uses
      .map(({ position }) => position)
      .sort((a, b) => a.line - b.line || a.column - b.column);
    if (first === undefined) continue;
    const more = uses.length - 1;
    const others = more === 0 ? '' : ` and ${more} more ${more === 1 ? 'place' : 'places'}`;
    findings.warning(
      'not-running-yet',
      first,
      `This definition uses ${what} (line ${first.line}${others}), which this release of Countersign checks but does not run yet: it will not be deployed.`,
    );
  }
}

/** The same for whoever must not run it, as errors: however much else there is to tell, these are all there. */
export function refusalsToRun(model: DefinitionModel, file: string): readonly Finding[] {
  const list = new FindingList(file);
  checkRunning(model, list);
  return list.sorted().map((one) => ({ ...one, severity: 'error' }));
}

interface Waiting {
  readonly what: string;
  readonly position: Position;
}

function waitingIn(model: DefinitionModel): readonly Waiting[] {
  const effects = [
    ...[...model.states.values()].flatMap(({ entryEffects, exitEffects }) => [
      ...entryEffects,
      ...exitEffects,
    ]),
    ...[...model.transitions.values()].flatMap((transition) => transition.effects),
  ];
  const messages = model.tree.transitions.flatMap(({ cause, position }) =>
    cause.kind === 'message' ? [{ what: `the message "${cause.message}"`, position }] : [],
  );
  return [
    ...(model.definition.schedule === undefined ? [] : used('schedule', model.source, 'schedule')),
    ...partsOfStates(model),
    ...effects.map(({ name, position }) => ({ what: name, position })),
    ...messages,
  ];
}

function partsOfStates(model: DefinitionModel): readonly Waiting[] {
  return [...model.tree.states.values()].flatMap(({ definition, source }) => [
    ...(definition.invoke === undefined ? [] : used('invoke', source, 'invoke')),
    ...(definition.compensate === undefined ? [] : used('compensate', source, 'compensate')),
    ...(definition.operator === undefined ? [] : used('operator', source, 'operator')),
  ]);
}

function used(what: string, node: SourceNode | undefined, member: string): readonly Waiting[] {
  const position = node?.members?.get(member)?.keyPosition ?? node?.position;
  return position === undefined ? [] : [{ what, position }];
}
