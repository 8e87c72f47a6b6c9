/**
 * Decides whether the people of a directory can ever approve at one gate: for each person or service that may
 * start a case, who may review it then, who of them may not decide, and whether enough are left.
 */
import type { Allow, Gate, Selector } from '../../schemas/process-definition.ts';
import { ExpressionError, type Scope } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import type { Directory, Principal } from '../oversight/directory.ts';
import { actorInScope, permits } from '../oversight/permits.ts';
import { approvalsNeeded } from '../oversight/quorum.ts';
import { snapshotOf } from '../oversight/snapshot.ts';

/** Times that somebody is asked about, over all gates: about a second. */
const mostQuestions = 1_000_000;

/** Looks at every gate of the definition. */
export function checkGateElectorates(
  model: DefinitionModel,
  directory: Pick<Directory, 'principals' | 'units' | 'bodies'>,
  time: string | null,
  findings: FindingList,
): void {
  const world: World = { model, directory, time: time ?? '2026-01-01T00:00:00.000Z' };
  const active = [...directory.principals.values()].filter((principal) => principal.active);
  const people = active.filter(({ kind }) => kind === 'person');
  const starters = active.filter(
    (one) => one.kind !== 'agent' && matchOf(world, model.definition.start.allow, one, one) !== 'no',
  );
  const asking: Asking = { world, people, starters, left: mostQuestions };
  for (const state of model.tree.states.values())
    if (state.definition.gate !== undefined) checkGate(asking, state, state.definition.gate, findings);
}

interface World {
  readonly model: DefinitionModel;
  readonly directory: Pick<Directory, 'principals' | 'units' | 'bodies'>;
  readonly time: string;
}

interface Asking {
  readonly world: World;
  readonly people: readonly Principal[];
  readonly starters: readonly Principal[];
  left: number;
}

function checkGate(asking: Asking, state: TreeState, gate: Gate, findings: FindingList): void {
  const { world, people, starters } = asking;
  const members = state.source.members?.get('gate')?.node.members;
  const position = (members?.get('quorum') ?? members?.get('reviewers'))?.keyPosition ?? state.position;
  const rosters = new Map<string, Roster>();
  const stuck: { readonly starter: Principal; readonly standing: Standing }[] = [];
  for (const starter of starters) {
    const key = rosterKey(gate.reviewers, starter);
    const known = rosters.get(key);
    asking.left -= known === undefined ? people.length : 1;
    if (asking.left < 0) {
      findings.warning(
        'not-analysed',
        position,
        'The directory is too large to tell whether its people can approve here in every case.',
      );
      return;
    }
    const roster = known ?? rosterFor(world, gate.reviewers, people, starter);
    rosters.set(key, roster);
    const standing = standingOf(world, gate, roster, starter);
    if (standing.eligible < standing.needed) stuck.push({ starter, standing });
  }
  const first = stuck.find(({ standing }) => standing.about === null) ?? stuck[0];
  if (first === undefined) return;
  const { needed, eligible, about } = first.standing;
  const short = `${needed} must approve, and ${eligible === 0 ? 'nobody' : `only ${eligible}`} of the directory can`;
  const cure = 'Give more people the role, or choose other reviewers or another quorum.';
  const always = stuck.length === starters.length && stuck.every(({ standing }) => standing.about === null);
  if (always) {
    findings.error('gate-unsatisfiable', position, `This gate can never be approved: ${short}. ${cure}`);
    return;
  }
  const when = about === null ? `"${first.starter.id}" starts the case` : `the case is about "${about}"`;
  const others = stuck.length - 1;
  const more = about !== null || others === 0 ? '' : ` (or ${others} ${others === 1 ? 'other' : 'others'})`;
  findings.warning(
    'gate-unsatisfiable',
    position,
    `Where ${when}${more}, this gate cannot be approved: ${short}. ${cure}`,
  );
}

interface Roster {
  readonly certain: ReadonlySet<string>;
  /** Members if the case's data make them so. */
  readonly possible: ReadonlySet<string>;
}

interface Standing {
  readonly needed: number;
  /** Members who may decide. */
  readonly eligible: number;
  /** Where it depends on whom the case is about: a member who may be. */
  readonly about: string | null;
}

function standingOf(world: World, gate: Gate, roster: Roster, starter: Principal): Standing {
  const { model } = world;
  const excluded = new Set(gate.exclude?.includes('initiator') === true ? [starter.person] : []);
  const subject = subjectOf(world, starter);
  if (subject !== null) excluded.add(subject);
  const standing = count(gate, roster, excluded);
  if (standing.eligible < standing.needed || model.subject === null || subject !== null) return standing;
  // Of all people the case may be about, a member is the worst; which of them makes no difference.
  const member = [...roster.certain].find((person) => !excluded.has(person));
  if (member === undefined) return standing;
  return { ...count(gate, roster, new Set([...excluded, member])), about: member };
}

/** Further members who may decide never make it harder, ones who may not never make it easier. */
function count(gate: Gate, { certain, possible }: Roster, excluded: ReadonlySet<string>): Standing {
  const helping = [...possible].filter((person) => !excluded.has(person) && !certain.has(person));
  const eligible = [...certain].filter((person) => !excluded.has(person)).length + helping.length;
  const members = certain.size + helping.length;
  const present = gate.quorum?.present;
  const attending =
    present === undefined ? 0 : approvalsNeeded({ ...gate, quorum: { approve: present } }, members);
  // A share of the votes cast is reached when all who vote approve.
  const approving = gate.quorum?.of === 'votes-cast' ? 1 : approvalsNeeded(gate, members);
  return { needed: Math.max(approving, attending), eligible, about: null };
}

/** The person the case is about, where that does not depend on its data. */
function subjectOf(world: World, starter: Principal): string | null {
  const { subject } = world.model;
  if (subject === null || dependsOnCase(subject.source)) return null;
  try {
    const value = subject.evaluate(scopeOf(world, starter, starter));
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

function rosterFor(world: World, reviewers: Allow, people: readonly Principal[], starter: Principal): Roster {
  const certain = new Set<string>();
  const possible = new Set<string>();
  for (const principal of people) {
    const match = matchOf(world, reviewers, principal, starter);
    if (match === 'yes') certain.add(principal.person);
    if (match === 'maybe') possible.add(principal.person);
  }
  return { certain, possible };
}

/** Starters for whom the same people review have the same key. */
function rosterKey(reviewers: Allow, { id, person, unit }: Principal): string {
  const selectors = [reviewers].flat();
  const texts = selectors.flatMap(({ unit: of, expression }) => [of ?? '', expression ?? '']).join(' ');
  if (selectors.some(({ initiator }) => initiator === true)) return id;
  if (!/\binitiator\b/.test(texts)) return '';
  const rest = texts.replaceAll(/\binitiator\.unit\b/g, '');
  return /\binitiator\b/.test(rest) ? `${id} ${person}` : `${unit}`;
}

/** Whether the principal matches, by what does not depend on the case; maybe, where the rest might. */
function matchOf(
  world: World,
  allow: Allow,
  principal: Principal,
  starter: Principal,
): 'yes' | 'no' | 'maybe' {
  let match: 'yes' | 'no' | 'maybe' = 'no';
  for (const selector of [allow].flat() as readonly Selector[]) {
    const { unit, subunits, expression, ...fixed } = selector;
    const open = [unit, expression].some((text) => text !== undefined && dependsOnCase(text));
    const known: Selector = {
      ...fixed,
      ...(unit === undefined || dependsOnCase(unit) ? {} : { unit }),
      ...(subunits === undefined || (unit !== undefined && dependsOnCase(unit)) ? {} : { subunits }),
      ...(expression === undefined || dependsOnCase(expression) ? {} : { expression }),
    };
    const holds = Object.keys(known).length === 0 ? 'yes' : permitted(world, known, principal, starter);
    if (holds === 'yes' && !open) return 'yes';
    if (holds !== 'no') match = 'maybe';
  }
  return match;
}

function permitted(
  world: World,
  selector: Selector,
  principal: Principal,
  starter: Principal,
): 'yes' | 'no' | 'maybe' {
  try {
    const actor = snapshotOf(principal, world.directory, world.time);
    return permits(selector, actor, scopeOf(world, principal, starter), world.model) ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof ExpressionError) return 'maybe';
    throw error;
  }
}

/** A unit's name, and what reads nothing but who starts and who acts, are the same in every case. */
function dependsOnCase(text: string): boolean {
  return !text.startsWith('unit:') && /\b(context|now)\b/.test(text);
}

function scopeOf({ directory, time }: World, actor: Principal, { id, person, unit }: Principal): Scope {
  return {
    context: {},
    event: {},
    initiator: { principal: id, person, unit },
    actor: actorInScope(snapshotOf(actor, directory, time)),
    now: time,
    gate: {},
    proposal: {},
  };
}
