/**
 * The doors of the stop switch: who may set and lift which control, and what they are told. One person stops, two
 * restart. Whether a step is held back is decided elsewhere: by the step, and by the database again.
 */
import type { ControlToSet, LiftRefusal, Shown, StoredControl } from '../ledger/ledger.ts';
import { type ControlScope, controllerRole, describeScope, mayControl } from '../oversight/controls.ts';
import type { Principal } from '../oversight/directory.ts';
import { auditorRole } from '../oversight/may-read.ts';
import type { Refusal } from '../step/step.ts';
import { checkReader } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, Caller, ControlView, Engine } from './engine-contract.ts';
import { toReadable } from './load-readable.ts';
import { newId } from './new-id.ts';
import { refuse, refuseUnknownDefinition, refuseUnknownInstance } from './refuse.ts';

type Controls = Pick<Engine, 'listControls' | 'setControl' | 'askToLift' | 'confirmLift'>;

const mostLifted = 100;

export function controlDoors(world: BatchWorld): Controls {
  const lift = async (
    caller: Caller,
    id: string,
    change: (shown: Shown) => Promise<LiftRefusal | null>,
  ): Promise<Answer<ControlView>> => {
    const person = await personFor(world, caller);
    if (isRefusal(person)) return person;
    const control = (await world.ledger.loadControls(mostLifted)).find((one) => one.id === id);
    if (control === undefined) return refuseLift('unknown', id);
    const unfit = await checkAuthority(world, person, control.scope);
    if (unfit !== null) return unfit;
    const refused = await change(shownOf(caller));
    if (refused !== null) return refuseLift(refused, id);
    return { kind: 'done', value: await viewAfter(world, id) };
  };

  return {
    async listControls(caller, withLifted) {
      const person = await personFor(world, caller, 'read');
      if (isRefusal(person)) return person;
      const all = await world.ledger.loadControls(withLifted ? mostLifted : 0);
      const seen: ControlView[] = [];
      for (const control of all) {
        const may = (await checkAuthority(world, person, control.scope)) === null;
        const isForAll = control.scope.kind === 'everything' || person.roles.includes(auditorRole);
        if (may || isForAll) seen.push(viewOf(control, may));
      }
      return { kind: 'done', value: seen };
    },

    async setControl(caller, { scope, mode, reason, drill }) {
      const person = await personFor(world, caller);
      if (isRefusal(person)) return person;
      const unfit =
        (await checkAuthority(world, person, scope)) ??
        checkReason(reason) ??
        (await checkNames(world, scope));
      if (unfit !== null) return unfit;
      const control: ControlToSet = { id: newId(world.clock.now()), scope, mode, reason, drill };
      const set = await world.ledger.setControl(control, shownOf(caller));
      if (set === 'unshown') return refuseLift(set, control.id);
      return { kind: 'done', value: { ...(await viewAfter(world, set.id)), isNew: set.isNew } };
    },

    askToLift: async (caller, id, reason) =>
      checkReason(reason) ?? lift(caller, id, (shown) => world.ledger.askToLift(id, reason, shown)),

    confirmLift: (caller, id) => lift(caller, id, (shown) => world.ledger.liftControl(id, shown)),
  };
}

/** A person, as the directory has them now, with a key for it. */
async function personFor(
  world: BatchWorld,
  caller: Caller,
  scope: 'read' | 'control' = 'control',
): Promise<Principal | Refusal> {
  const principal = await checkReader(world.directory, caller, scope);
  if (isRefusal(principal) || principal.kind === 'person') return principal;
  return refuse(
    'people-only',
    'Only people set, lift and list controls.',
    'Let a controller do it, or whoever answers for the process.',
  );
}

const checkReason = (reason: string) =>
  reason.trim() === ''
    ? refuse('reason-required', 'This needs a reason.', 'Write the reason, and send it again.')
    : null;

const shownOf = ({ principal, proof }: Caller): Shown => ({ by: principal.id, proof });

/** Whether this person may set and lift controls of the scope: null when they may. */
async function checkAuthority(
  world: BatchWorld,
  person: Principal,
  scope: ControlScope,
): Promise<Refusal | null> {
  const actor = world.directory.snapshotOf(person);
  const wanted = describeScope(scope);
  const refusal = (role: string | null) =>
    refuse(
      'not-allowed',
      `Only a ${controllerRole}${role === null ? '' : `, or whoever answers for the process (${role}),`} may set or lift a control of ${wanted}.`,
      'Ask one of them.',
    );
  if (mayControl(actor, [])) return null;
  if (scope.kind === 'everything' || scope.kind === 'agent') return refusal(null);
  if (scope.kind === 'instance') {
    const stored = (await world.ledger.loadInstances([scope.instance])).get(scope.instance);
    const readable = stored === undefined ? null : await toReadable(world, person, stored);
    if (readable === null) return refuseUnknownInstance(scope.instance);
    const { role } = readable.process.definition.responsible;
    return mayControl(actor, [role], readable.state.responsible) ? null : refusal(role);
  }
  const process = await world.processes.current(scope.process);
  if (process === null) return refuseUnknownDefinition(scope.process);
  const { role } = process.definition.responsible;
  return mayControl(actor, [role]) ? null : refusal(role);
}

/** A control for something that is not there would comfort people and hold back nothing. */
async function checkNames(world: BatchWorld, scope: ControlScope): Promise<Refusal | null> {
  switch (scope.kind) {
    case 'everything':
      return null;
    case 'instance': {
      const found = await world.ledger.loadInstances([scope.instance]);
      return found.has(scope.instance) ? null : refuseUnknownInstance(scope.instance);
    }
    case 'agent': {
      const { directory } = await world.directory.current();
      if (directory.principals.get(scope.agent)?.kind === 'agent') return null;
      return refuse(
        'not-found',
        `There is no agent ${scope.agent} in the directory.`,
        'Name it as the directory does: agent:….',
      );
    }
    default: {
      const current = await world.processes.current(scope.process);
      if (current === null) return refuseUnknownDefinition(scope.process);
      if (scope.kind === 'process') return null;
      const hashes = new Set([current.hash, ...(await world.ledger.listUsedDefinitions(scope.process))]);
      for (const hash of hashes) {
        const process = await world.processes.get(hash);
        const has =
          scope.kind === 'decision'
            ? process?.decisions.has(scope.decision)
            : process?.proposes.has(scope.state);
        if (has === true) return null;
      }
      return refuse(
        'not-found',
        scope.kind === 'decision'
          ? `The process ${scope.process} declares no decision ${scope.decision}.`
          : `The process ${scope.process} has no AI step ${scope.state}.`,
        'Read its definition for the names.',
      );
    }
  }
}

async function viewAfter(world: BatchWorld, id: string): Promise<ControlView> {
  const control = (await world.ledger.loadControls(mostLifted)).find((one) => one.id === id);
  if (control === undefined) throw new Error(`The control ${id} is not there.`);
  return viewOf(control, true);
}

function viewOf({ asked, ...control }: StoredControl, allowed: boolean): ControlView {
  const request = asked === null ? null : { by: asked.by, at: asked.at, reason: asked.reason };
  return { ...control, asked: request, allowed };
}

function refuseLift(refused: LiftRefusal, id: string): Refusal {
  switch (refused) {
    case 'unshown':
      return refuse(
        'not-allowed',
        'Neither a key nor a session of yours shows the database that it is you.',
        'Sign in again, or ask a key administrator for a key with the scope control.',
      );
    case 'unknown':
      return refuse('not-found', `There is no control ${id}.`, 'List the controls for their ids.');
    case 'lifted':
      return refuse('not-possible-here', `The control ${id} is lifted already.`, 'Nothing is left to do.');
    case 'asked':
      return refuse(
        'not-possible-here',
        `Somebody has asked to lift the control ${id} already.`,
        'Another person than they confirms it.',
      );
    case 'not-asked':
      return refuse(
        'not-possible-here',
        `Nobody has asked to lift the control ${id}, or the request was withdrawn.`,
        'Ask for it first; another person then confirms.',
      );
    case 'same-person':
      return refuse(
        'already-decided',
        'You asked for it yourself; two people restart, and one person counts once, whatever accounts they hold.',
        'Let another controller confirm, or another who answers for the process.',
      );
    case 'gone':
      return refuse(
        'not-possible-here',
        'Whoever asked to lift this control is no longer an active person in the directory.',
        'Set the control again, which withdraws the request; then ask anew.',
      );
  }
}
