/** What a change does to the process as a whole: who starts it and answers for it, and what an AI may propose in it. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Decision, ProcessDefinition } from '../../schemas/process-definition.ts';
import { demandedActs } from '../oversight/demanded-acts.ts';
import { compareAllow } from './compare-allow.ts';
import { tellAllow } from './compare-gates.ts';
import { compareInputs } from './compare-inputs.ts';
import { compareWords } from './compare-words.ts';
import { type Comparison, quoted } from './comparison.ts';
import { type DefinitionSide, placeOf } from './definition-side.ts';
import type { DifferenceCode } from './difference-codes.ts';

const secrecies: readonly ProcessDefinition['classification'][] = [
  'normal',
  'confidential',
  'secret',
  'top-secret',
];

export function compareHead({ a, b, list }: Comparison): void {
  const [before, after] = [a.definition, b.definition];
  const places = (...path: readonly string[]) => ({ a: at(a, path), b: at(b, path) });
  const tell = (code: DifferenceCode, message: string, ...path: readonly string[]) =>
    list.add(code, message, at(a, path), at(b, path));
  compareDecisions(before.decisions ?? {}, after.decisions ?? {}, tell, (kind, one, other) =>
    compareWords(list, `decision "${kind}"`, one, other, (member) => places('decisions', kind, member)),
  );
  if (before.subject !== after.subject) {
    const [from, to] = [quoted(before.subject), quoted(after.subject)];
    if (after.subject === undefined) {
      tell(
        'subject-removed',
        `The process no longer says whom the case is about (${from}): that person may now decide it.`,
        'subject',
      );
    } else if (before.subject === undefined) {
      tell('subject-added', `The case is now about ${to}, who never decides it.`, 'subject');
    } else {
      tell(
        'subject-changed',
        `The person the case is about, who never decides it, was ${from} and is now ${to}.`,
        'subject',
      );
    }
  }
  const start = compareAllow(before.start.allow, after.start.allow);
  if (start.change !== 'same')
    tell(`start-${start.change}`, tellAllow('Who may start an instance', start), 'start', 'allow');
  if (before.start.input !== undefined || after.start.input !== undefined) {
    compareInputs(list, 'the start', startInput(before), startInput(after), places('start', 'input'));
  }
  compareWords(list, 'the start', before.start, after.start, (member) => places('start', member));
  compareWords(list, 'the process', before, after, places);
  compareStanding(before, after, tell);
  compareIndex(before.index ?? [], after.index ?? [], tell);
  if (before.version !== after.version) {
    tell('version-changed', `The version was ${before.version} and is now ${after.version}.`, 'version');
  } else if (list.length > 0) {
    tell(
      'version-unchanged',
      `Both call themselves version ${after.version}. Only the hash of the file tells them apart.`,
      'version',
    );
  }
}

type Tell = (code: DifferenceCode, message: string, ...path: readonly string[]) => void;

function compareDecisions(
  before: Readonly<Record<string, Decision>>,
  after: Readonly<Record<string, Decision>>,
  tell: Tell,
  tellWords: (kind: string, a: Decision, b: Decision) => void,
): void {
  for (const kind of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const from = Object.hasOwn(before, kind) ? before[kind] : undefined;
    const to = Object.hasOwn(after, kind) ? after[kind] : undefined;
    if (to === undefined)
      tell('decision-removed', `An AI may no longer propose "${kind}".`, 'decisions', kind);
    else if (from === undefined)
      tell('decision-added', `An AI may now propose "${kind}".`, 'decisions', kind);
    else {
      compareDecision(kind, from, to, tell);
      tellWords(kind, from, to);
    }
  }
}

/** Without a word on it a decision is important, and one on a person is so whatever is said. */
function compareDecision(kind: string, a: Decision, b: Decision, tell: Tell): void {
  const personal = [a.personnel === true, b.personnel === true] as const;
  if (personal[0] && !personal[1]) {
    tell(
      'personnel-dropped',
      `Decision "${kind}" no longer counts as one on a person: no collective vote is asked for.`,
      'decisions',
      kind,
      'personnel',
    );
  } else if (!personal[0] && personal[1]) {
    tell(
      'personnel-marked',
      `Decision "${kind}" now counts as one on a person, and needs a collective vote.`,
      'decisions',
      kind,
      'personnel',
    );
  }
  const [from, to] = [demandedActs(a), demandedActs(b)];
  const path = ['decisions', kind, b.importance === a.importance ? 'acts' : 'importance'];
  if (from.some((act) => !to.includes(act)))
    tell(
      'importance-lowered',
      `Decision "${kind}" needed ${listed(from)}, and now only ${listed(to)}.`,
      ...path,
    );
  else if (to.some((act) => !from.includes(act)))
    tell(
      'importance-raised',
      `Decision "${kind}" now needs ${listed(to)}, and needed ${listed(from)}.`,
      ...path,
    );
  else if (a.importance !== b.importance || a.acts?.join() !== b.acts?.join())
    tell(
      'importance-word-changed',
      `What is said of the importance of "${kind}" is changed; it needs the same acts as before.`,
      ...path,
    );
}

/** consider, appraise and approve */
function listed(acts: readonly string[]): string {
  return acts.length < 2 ? acts.join('') : `${acts.slice(0, -1).join(', ')} and ${acts.at(-1)}`;
}

function compareStanding(a: ProcessDefinition, b: ProcessDefinition, tell: Tell): void {
  if (a.id !== b.id)
    tell('process-renamed', `The process was called "${a.id}" and is now called "${b.id}".`, 'id');
  if (a.owner !== b.owner)
    tell('owner-changed', `The system owner was ${a.owner} and is now ${b.owner}.`, 'owner');
  if (a.responsible.role !== b.responsible.role) {
    const message = `Who answers for the process was role ${a.responsible.role} and is now role ${b.responsible.role}.`;
    tell('responsible-changed', message, 'responsible', 'role');
  }
  if (a.securityLevel !== b.securityLevel) {
    const lower = b.securityLevel < a.securityLevel;
    const message = `The security level is ${lower ? 'lowered' : 'raised'} from ${a.securityLevel} to ${b.securityLevel}.`;
    tell(lower ? 'security-level-lowered' : 'security-level-raised', message, 'securityLevel');
  }
  if (a.classification !== b.classification) {
    const higher = secrecies.indexOf(b.classification) > secrecies.indexOf(a.classification);
    const message = `The highest secrecy it may carry was ${a.classification} and is now ${b.classification}.`;
    tell(higher ? 'classification-raised' : 'classification-lowered', message, 'classification');
  }
}

function compareIndex(before: readonly string[], after: readonly string[], tell: Tell): void {
  for (const field of before.filter((name) => !after.includes(name))) {
    tell('index-removed', `Instances can no longer be searched by "${field}".`, 'index');
  }
  for (const field of after.filter((name) => !before.includes(name))) {
    tell('index-added', `Instances can now be searched by "${field}".`, 'index');
  }
}

/** Without a word on it, a start takes the context, less what only a proposal may write. */
function startInput({ start, context }: ProcessDefinition): Json {
  if (start.input !== undefined) return start.input as JsonObject;
  const schema = context as JsonObject;
  const properties = Object.entries((schema.properties ?? {}) as JsonObject).filter(
    ([, inner]) => (inner as JsonObject).decision === undefined,
  );
  const names = new Set(properties.map(([name]) => name));
  const required = Array.isArray(schema.required) ? schema.required : [];
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    required: required.filter((name) => typeof name === 'string' && names.has(name)),
  };
}

function at({ source }: DefinitionSide, path: readonly string[]) {
  return placeOf(source, source.position, ...path);
}
