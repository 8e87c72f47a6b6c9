/** Generated scenarios -> the text of a scenario file, with comments on what a person must look at. */
import { Document, isMap, isSeq, visit } from 'yaml';
import type { Directory, Principal } from '../oversight/directory.ts';
import type { Generated, GeneratedScenario, GeneratedStep } from './generate-scenarios.ts';

export interface ScenarioFileHead {
  /** Paths as seen from the file that is written. */
  readonly schema: string;
  readonly process: string;
  /** Null: everybody is made up in the file itself. */
  readonly directory: string | null;
  /** Short names that are in use for people already. */
  readonly names: ReadonlyMap<string, string>;
  /** Ids of those whom the directory file holds. */
  readonly inDirectory: ReadonlySet<string>;
  /** Where `unreached` is written. */
  readonly definition: string;
}

const longestLine = 110;

export function writeScenarioFile(
  head: ScenarioFileHead,
  { scenarios, unreached }: Generated,
  directory: Directory,
): string {
  const cast = nameCast(head, scenarios, directory);
  const nameOf = (principal: Principal) => cast.names.get(principal.id) ?? principal.id;
  const content = {
    process: head.process,
    ...(head.directory === null ? {} : { directory: head.directory }),
    cast: cast.members,
    scenarios: scenarios.map(({ title, steps }) => ({
      title,
      steps: steps.map((step) => writtenStep(step, nameOf)),
    })),
  };
  // A value that stands in two places is written in both: each is to be looked at.
  const document = new Document(content, { aliasDuplicateObjects: false });
  layOut(document);
  const comments = [
    ` yaml-language-server: $schema=${head.schema}`,
    '',
    ' Generated as a start: these paths are what the process does, with sample data. Go through them one by one:',
    ' is this what it ought to do? Then say it in the title, put in data that means something, and add what you',
    ' expect under "then": context, output, record. And add what must be refused.',
    ...(unreached.length === 0
      ? []
      : ['', ' No path was found to these. Write one by hand, or ask whether there is any:']),
    ...unreached.map(
      ({ position, text }) => `   ${head.definition}:${position.line}:${position.column} ${text}`,
    ),
  ];
  document.commentBefore = comments.join('\n').replace(/[^\S\n]+$/gm, '');
  return document.toString({ lineWidth: longestLine, flowCollectionPadding: true });
}

/** Each step on one line where it fits. */
function layOut(document: Document): void {
  const flat = (path: readonly string[]) => {
    const node = document.getIn(path, true);
    if (isMap(node)) for (const { value } of node.items) if (isMap(value)) value.flow = true;
  };
  flat(['cast']);
  const scenarios = document.get('scenarios', true);
  if (!isSeq(scenarios)) return;
  visit(scenarios, {
    Seq(key, node, ancestors) {
      if (key !== 'value' || ancestors.length < 3) return undefined;
      for (const step of node.items) {
        if (!isMap(step)) continue;
        step.flow = JSON.stringify(step).length < longestLine + 10;
        if (!['start', 'data', 'proposal'].some((member) => step.has(member))) continue;
        if (step.flow) step.comment = ' sample data';
        else step.commentBefore = ' Sample data:';
      }
      return visit.SKIP;
    },
  });
  for (const scenario of scenarios.items.slice(1)) if (isMap(scenario)) scenario.spaceBefore = true;
}

function writtenStep({ act, by, refused, then }: GeneratedStep, nameOf: (who: Principal) => string): object {
  return {
    ...(by === null ? {} : { by: nameOf(by) }),
    ...writtenAct(act, nameOf),
    ...(refused === null ? {} : { refused }),
    // biome-ignore lint/suspicious/noThenProperty: it is data, and nobody awaits it.
    ...(then.length === 0 ? {} : { then: then.length === 1 ? then[0] : then }),
  };
}

function writtenAct(act: GeneratedStep['act'], nameOf: (who: Principal) => string): object {
  switch (act.kind) {
    case 'start':
      return { start: act.data };
    case 'event':
      return Object.keys(act.data).length === 0 ? { event: act.type } : { event: act.type, data: act.data };
    case 'proposal':
      return { proposal: act.payload, ...(act.at === null ? {} : { at: act.at }) };
    case 'decision':
      return {
        [act.verdict]: act.gate,
        ...(act.choice === undefined ? {} : { choice: nameOf(act.choice) }),
        ...(act.reason === null ? {} : { reason: act.reason }),
      };
    case 'count':
      return { count: act.gate };
    case 'view':
      return { view: act.gate, text: act.text };
    case 'advance':
      return { advance: toDuration(act.durationMs) };
  }
}

/** ISO 8601, in days and less; whole seconds, which is what timers are set in. */
export function toDuration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  const days = Math.floor(seconds / 86_400);
  const parts = [
    [Math.floor(seconds / 3600) % 24, 'H'],
    [Math.floor(seconds / 60) % 60, 'M'],
    [seconds % 60, 'S'],
  ] as const;
  const time = parts.map(([number, letter]) => (number === 0 ? '' : `${number}${letter}`)).join('');
  if (days === 0 && time === '') return 'PT0S';
  return `P${days === 0 ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`;
}

/** Who takes part, by the names they have already, or by the end of their id. */
function nameCast(head: ScenarioFileHead, scenarios: readonly GeneratedScenario[], directory: Directory) {
  const acting = scenarios.flatMap(({ steps }) => steps.flatMap(({ by }) => (by === null ? [] : [by.id])));
  // Made-up people count though they do nothing: as members of a gate, or as whoever is responsible.
  const others = [...directory.principals.keys()].filter((id) => !head.inDirectory.has(id));
  const names = new Map<string, string>();
  const members: { [name: string]: string | object } = {};
  for (const id of new Set([...acting, ...others])) {
    const principal = directory.principals.get(id);
    if (principal === undefined) continue;
    const ownName = head.names.get(id) ?? nameFrom(id);
    const name = Object.hasOwn(members, ownName) ? nameFrom(id.replace(':', '-')) : ownName;
    names.set(id, name);
    members[name] = head.inDirectory.has(id) ? id : madeUp(principal);
  }
  return { names, members };
}

/** A name as a cast may have it. */
function nameFrom(id: string): string {
  const name = id
    .slice(id.indexOf(':') + 1)
    .replaceAll('.', '-')
    .slice(0, 60);
  return /^[A-Za-z]/.test(name) ? name : `p-${name}`;
}

function madeUp({ kind, roles, positions, unit }: Principal): object {
  return {
    ...(kind === 'person' ? {} : { kind }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(positions.length === 0 ? {} : { positions }),
    ...(unit === null ? {} : { unit }),
  };
}
