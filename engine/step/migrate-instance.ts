/**
 * Decides whether an instance can go on under another definition of its process, and how it stands there.
 * Nothing happens on the way: no action runs, no field changes, no gate is decided, nothing is approved.
 *
 * Whether the proof of the other definition allows the result is asked afterwards, where every step is
 * (`engine/oversight/check-migration`).
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { keptDrafts } from '../oversight/exclusions.ts';
import { migratorRole } from '../oversight/migrator-role.ts';
import { Blockers } from './blockers.ts';
import { carryProposals, checkNobodyChooses, checkProtectedFields } from './carry-proposals.ts';
import { carryWork, checkPendingGates } from './carry-work.ts';
import type { Destination } from './destination.ts';
import { gatesOnTheWayTo } from './gates-on-the-way.ts';
import { imagesOf, type Landing, mapHistory, mapStates, type StateMap, unknownNames } from './map-states.ts';
import { withPerson } from './note-drafters.ts';
import type { Case } from './prepared.ts';
import { refuse, refuseInput } from './refuse.ts';
import { scopeOf } from './scope.ts';
import { fillIn } from './settle.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';

export interface Migrated {
  readonly kind: 'migrated';
  readonly state: StoredState;
  readonly landing: Landing;
}

type MigrationBody = StimulusBody & { readonly kind: 'migration' };

/** `at.process` is the definition the instance is on. */
export function migrateInstance(
  at: Case,
  before: StoredState,
  body: MigrationBody,
  destination: Destination | null,
): Migrated | Refusal {
  const refusal = refuseMigration(at, body, destination);
  if (refusal !== null || destination === null) return refusal ?? refuseDestination(body.to);
  const from = at.process;
  const to = destination.process;
  const blockers = new Blockers();
  const landing = mapStates(from, to, body.map, before.value, blockers);
  checkPendingGates(from, to, body.map, before, blockers);
  const proposals = carryProposals(from, to, body.map, before, landing, blockers);
  checkNobodyChooses(before, blockers);
  checkProtectedFields(from, to, before.context, blockers);
  for (const { at: field, message } of to.checkContext(before.context))
    blockers.add('bad-input', field === '' ? '/' : field, contextSentence(field, message));
  if (landing === null) return blockers.refusal() ?? refuseDestination(body.to);
  checkGatesOnTheWay(from, to, body.map, landing, blockers);
  checkDrafters(from, to, blockers);
  const open = carryWork(at, to, before, landing, blockers);
  const found = blockers.refusal();
  if (found !== null) return found;

  const placed: StoredState = {
    ...before,
    value: landing.value,
    history: mapHistory(from, to, body.map, before.history),
    responsible: [...body.responsible].sort(),
    proposals,
    ...carryActed(body.map, before),
    ...open,
  };
  const onto = { ...at, process: to };
  const state = fillIn(onto, placed, scopeOf(placed, at.stimulus));
  checkAtRest(onto, state, landing, blockers);
  return blockers.refusal() ?? { kind: 'migrated', state, landing };
}

/** Whether this may be asked at all, of this instance and by this person. */
function refuseMigration(
  { process, stimulus }: Case,
  body: MigrationBody,
  destination: Destination | null,
): Refusal | null {
  if (stimulus.actor.kind !== 'person') {
    return refuse('people-only', 'Only people migrate instances.', 'Let a person do it.');
  }
  if (!stimulus.actor.roles.includes(migratorRole)) {
    return refuse(
      'not-allowed',
      `Only the role ${migratorRole} may migrate instances.`,
      `Ask somebody with the role ${migratorRole}, or to be given it in the directory.`,
    );
  }
  if (destination === null || destination.process.hash !== body.to) return refuseDestination(body.to);
  if (body.from !== process.hash) {
    return refuse(
      'stale',
      body.to === process.hash
        ? 'The instance is on the other definition already.'
        : `The instance is on another definition by now: ${process.hash}.`,
      'Read the instance again.',
    );
  }
  const to = destination.process;
  if (to.definition.id !== process.definition.id || to.hash === process.hash) {
    return refuse(
      'bad-input',
      to.hash === process.hash
        ? 'Both definitions are the same.'
        : `${to.definition.id} is another process than ${process.definition.id}: instances stay in theirs.`,
      'Name two different definitions of one process.',
    );
  }
  const unknown = unknownNames(process, to, body.map);
  if (unknown.length > 0) return refuseInput('The state map', unknown);
  if (body.responsible.length === 0) {
    return refuse(
      'nobody-responsible',
      `Nobody holds the role ${to.definition.responsible.role}, so nobody would answer for this instance (Article 27.2b).`,
      'Give the role to a person in the directory, then try again.',
    );
  }
  return body.reason.trim() === ''
    ? refuse('reason-required', 'A migration needs a reason.', 'Write the reason, and try again.')
    : null;
}

const refuseDestination = (hash: string) =>
  refuse(
    'definition-unknown',
    `No definition ${hash} is deployed.`,
    'Deploy it first; deploying moves no running instance.',
  );

function contextSentence(at: string, message: string): string {
  return `Its data does not fit the other definition: ${at === '' ? '' : `${at} `}${message}.`;
}

/**
 * A state that keeps its name may lie behind a gate that is new where it lay behind one on the same kind of
 * decision before: what was approved by the rules of its time stays approved. Who is sent elsewhere by the map
 * must not pass any gate on the way.
 */
function checkGatesOnTheWay(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  landing: Landing,
  blockers: Blockers,
): void {
  const earlier = new Map<string, string>();
  for (const gate of from.gates.keys()) {
    for (const image of imagesOf(map, gate) ?? []) earlier.set(image, gate);
  }
  for (const leaf of landing.leaves) {
    const origins = landing.origins.get(leaf) ?? [];
    const passed = new Set(origins.flatMap((origin) => [...(gatesOnTheWayTo(from, origin) ?? [])]));
    const kinds = new Set([...passed].map((gate) => from.gates.get(gate)?.gate.binds));
    const keepsName = origins.includes(leaf);
    const onTheWay = gatesOnTheWayTo(to, leaf);
    // Nothing can be said of what lies behind a state that no case comes to.
    if (onTheWay === null)
      blockers.add('not-countersigned', leaf, `No case of the other definition ever comes to "${leaf}".`);
    for (const gate of onTheWay ?? []) {
      const was = earlier.get(gate);
      const isSettled = keepsName && kinds.has(to.gates.get(gate)?.gate.binds);
      if (was === undefined ? isSettled : passed.has(was)) continue;
      blockers.add(
        'not-countersigned',
        leaf,
        `To come to "${leaf}" a case must be approved at the gate "${gate}", and this one need not have been. Name a state in the map that lies before that gate.`,
      );
    }
  }
}

/** Who acted at a gate acted at what it becomes, too. */
function carryActed(map: StateMap, { acted }: StoredState): Pick<StoredState, 'acted'> {
  if (acted === undefined) return {};
  let carried = acted;
  for (const [gate, people] of Object.entries(acted)) {
    for (const image of imagesOf(map, gate) ?? []) {
      for (const person of people) carried = withPerson(carried, image, person);
    }
  }
  return { acted: carried };
}

/** Who drafted is kept only where a gate asks for it, and afterwards nobody can say it any more. */
function checkDrafters(from: CompiledProcess, to: CompiledProcess, blockers: Blockers): void {
  const [kept, asked] = [keptDrafts(from), keptDrafts(to)];
  if (kept === 'all') return;
  const missing = asked === 'all' ? ['any field'] : [...asked.difference(kept)];
  for (const field of missing) {
    const whose = asked === 'all' ? 'the data' : `"${field}"`;
    const why = `The other definition excludes who drafted ${whose}, and that was not kept so far.`;
    blockers.add('not-countersigned', field, why);
  }
}

/** Where a transition would be taken at once the instance could not stay, and a migration moves nobody on. */
function checkAtRest(at: Case, state: StoredState, landing: Landing, blockers: Blockers): void {
  const scope = scopeOf(state, at.stimulus);
  for (const id of landing.origins.keys()) {
    const eventless = at.process.candidates.get(id)?.get('') ?? [];
    if (!eventless.some(({ guard }) => guard === undefined || guard.evaluate(scope) === true)) continue;
    blockers.add(
      'not-possible-here',
      id,
      `"${id}" would be left at once, and a migration moves nobody on. Name the state in the map that it leads to.`,
    );
  }
}
