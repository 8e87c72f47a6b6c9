/**
 * Moves running instances to another definition of their process, or says of each what keeps it where it is.
 * To look and to do it ask the same `nextStep`; doing it goes down the path of every step, an instance at a
 * time: each is moved whole or not at all, whatever becomes of the others.
 */
import type { Entry } from '../../schemas/entry.ts';
import type { StoredInstance } from '../ledger/ledger.ts';
import type { Control } from '../oversight/controls.ts';
import type { ActorSnapshot, Directory, Principal } from '../oversight/directory.ts';
import { migratorRole } from '../oversight/migrator-role.ts';
import { peopleWithRole } from '../oversight/people-with-role.ts';
import { activeStates } from '../step/active-states.ts';
import type { Destination } from '../step/destination.ts';
import type { Refusal } from '../step/step.ts';
import type { StimulusBody } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import { checkReader, checkRole } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type {
  Answer,
  Caller,
  Engine,
  Idempotency,
  InstanceMigration,
  Migration,
  MigrationInput,
  Moved,
} from './engine-contract.ts';
import { asBlocked, asMoved, blocked, refuseWall, voidsBetween } from './migration-items.ts';
import { isInstanceId, pageSize, refuseCursor } from './read-instance.ts';
import { refuse, refuseUnknownDefinition, refuseUnknownInstance } from './refuse.ts';
import { tryStep } from './try-step.ts';

/** Submits one instance's migration to the step queue. */
export type SubmitMigration = (
  caller: Caller,
  target: { readonly instance: string; readonly migratesTo: string },
  idempotency: Idempotency | null,
  stimulus: (directory: Directory, time: string) => StimulusBody,
) => Promise<Answer<Moved>>;

export function migratingDoors(world: BatchWorld, submit: SubmitMigration): Pick<Engine, 'migrate'> {
  return {
    async migrate(caller, input, idempotency) {
      const reader = await checkReader(world.directory, caller, 'migrate');
      if (isRefusal(reader)) return reader;
      const refusal = checkRole(reader, migratorRole, 'migrate instances') ?? refuseShape(input);
      if (refusal !== null) return refusal;
      const known = await destinationOf(world, input);
      if (known.kind === 'refusal') return known;
      const plan = new MigrationPlan(world, reader, input, known.destination);
      const unfit = plan.refuseWhole();
      if (unfit !== null) return unfit;
      return input.dryRun ? plan.look() : plan.apply(caller, idempotency, submit);
    },
  };
}

/** What is done names its instances, so that the same request sent twice has one effect (P6). */
function refuseShape({ dryRun, instances, reason, from, to }: MigrationInput): Refusal | null {
  if (from === to)
    return refuse('bad-input', 'Both definitions are the same.', 'Name two different definitions.');
  if (dryRun) return null;
  if (instances === null) {
    return refuse(
      'bad-request',
      'A migration that is to be done names its instances.',
      'Make a dry run first, and send the instances that it lists as would-move.',
    );
  }
  return (reason ?? '').trim() === ''
    ? refuse('reason-required', 'A migration needs a reason.', 'Write the reason, and send it again.')
    : null;
}

/** Both definitions must be there, and the proof of the one that is led to must hold. */
async function destinationOf(
  world: BatchWorld,
  { from, to }: MigrationInput,
): Promise<{ readonly kind: 'known'; readonly destination: Destination } | Refusal> {
  if ((await world.processes.get(from)) === null) return refuseUnknownDefinition(from);
  const destination = await world.processes.destination(to);
  if (destination === null) return refuseUnknownDefinition(to);
  if (typeof destination !== 'string') return { kind: 'known', destination };
  return refuse(
    'definition-refused',
    `Nothing is migrated to ${to}, because its certificate does not hold: ${destination}.`,
    'Run countersign verify; deploy the definition anew in another version.',
  );
}

class MigrationPlan {
  readonly #world: BatchWorld;
  readonly #actor: ActorSnapshot;
  readonly #input: MigrationInput;
  readonly #destination: Destination;

  constructor(world: BatchWorld, reader: Principal, input: MigrationInput, destination: Destination) {
    this.#world = world;
    this.#actor = world.directory.snapshotOf(reader);
    this.#input = input;
    this.#destination = destination;
  }

  /** What is wrong for every instance alike is told once. */
  refuseWhole(): Refusal | null {
    const from = this.#world.processes.peek(this.#input.from);
    const to = this.#destination.process;
    if (from === undefined || from.definition.id !== to.definition.id) {
      return refuse(
        'bad-input',
        `${from?.definition.id} and ${to.definition.id} are different processes: instances stay in theirs.`,
        'Name two definitions of one process.',
      );
    }
    return null;
  }

  async look(): Promise<Answer<Migration>> {
    const { instances, cursor, limit } = this.#input;
    if (instances !== null) return this.#answer(await this.#lookAt(instances), null);
    if (cursor !== null && !isInstanceId(cursor)) return refuseCursor();
    const most = pageSize(limit);
    const found = await this.#world.ledger.searchInstances({
      definition: this.#input.from,
      status: 'active',
      visible: null,
      ...(cursor === null ? {} : { after: cursor }),
      limit: most + 1,
    });
    const page = found.slice(0, most).map(({ id }) => id);
    return this.#answer(await this.#lookAt(page), found.length > most ? (page.at(-1) ?? null) : null);
  }

  #answer(items: readonly InstanceMigration[], next: string | null): Answer<Migration> {
    const { dryRun, from, to } = this.#input;
    return { kind: 'done', value: { dryRun, from, to, items, next } };
  }

  async #lookAt(ids: readonly string[]): Promise<readonly InstanceMigration[]> {
    const stored = await this.#world.ledger.loadInstances(ids);
    const { directory, controls } = await this.#world.directory.current();
    const body = this.#body(directory, new Date(this.#world.clock.now()).toISOString());
    return this.#checkWalls(ids.map((id) => this.#tryInstance(id, stored.get(id), body, controls)));
  }

  /** The database knows what was approved in each instance, and lets none past a gate that was not. */
  async #checkWalls(items: readonly InstanceMigration[]): Promise<readonly InstanceMigration[]> {
    const { from, to } = this.#input;
    const moves = items.flatMap((one) =>
      one.outcome === 'would-move' && one.to !== null
        ? [{ instance: one.instance, from: one.from, to: one.to }]
        : [],
    );
    const walls = await this.#world.ledger.findWalls(from, to, moves);
    return items.map((one) => {
      const wall = walls.get(one.instance);
      return wall === undefined ? one : { ...one, ...asBlocked(refuseWall(wall)) };
    });
  }

  #body(directory: Directory, time: string): StimulusBody {
    const { from, to, map, reason } = this.#input;
    const responsible = peopleWithRole(
      directory,
      this.#destination.process.definition.responsible.role,
      time,
    );
    return { kind: 'migration', from, to, map, responsible, reason: reason ?? 'dry run' };
  }

  #tryInstance(
    instance: string,
    stored: StoredInstance | undefined,
    body: StimulusBody,
    controls: readonly Control[],
  ): InstanceMigration {
    if (stored === undefined) return blocked(instance, null, [], refuseUnknownInstance(instance));
    const { seq, definition } = stored;
    const state = JSON.parse(stored.state) as StoredState;
    const from = activeStates(state.value);
    const at = { instance, seq, from, to: null, voids: null, refusal: null };
    if (definition === this.#input.to) return { ...at, outcome: 'already', to: from };
    const process = this.#world.processes.peek(definition);
    if (process === undefined || definition !== this.#input.from) {
      return blocked(
        instance,
        seq,
        from,
        refuse('stale', `It is on another definition: ${definition}.`, 'Migrate it from that one.'),
      );
    }
    const time = new Date(this.#world.clock.now()).toISOString();
    const standing = { process, instance, seq, state, actor: this.#actor, time, controls };
    const tried = tryStep({ ...standing, destination: this.#destination }, body);
    if (isRefusal(tried)) return blocked(instance, seq, from, tried);
    return { ...at, outcome: 'would-move', to: tried.entry.to, voids: voidsBetween(state, tried.state) };
  }

  async apply(
    caller: Caller,
    idempotency: Idempotency | null,
    submit: SubmitMigration,
  ): Promise<Answer<Migration>> {
    const instances = [...new Set(this.#input.instances ?? [])];
    const before = await this.#answeredBefore(caller, instances, idempotency);
    if (before.kind === 'refusal') return before;
    const looked = await this.#lookAt(instances);
    const items = new Map<string, InstanceMigration>();
    // The first one moved carries the key itself: so the key stands for this request from the first effect on.
    let unused = before.keyIsUsed ? null : idempotency;
    const others: Promise<void>[] = [];
    for (const one of looked) {
      const { instance } = one;
      const moved = before.moved.get(instance);
      items.set(
        instance,
        moved === undefined ? one : { ...one, ...asMoved(moved), from: await this.#before(moved) },
      );
      if (moved !== undefined || one.outcome !== 'would-move') continue;
      const move = async (key: Idempotency | null): Promise<Answer<Moved>> => {
        const answer = await this.#move(caller, instance, key, submit);
        items.set(
          instance,
          isRefusal(answer) ? { ...one, ...asBlocked(answer) } : { ...one, ...asMoved(answer.value) },
        );
        return answer;
      };
      if (unused === null) {
        others.push(move(keyFor(idempotency, instance)).then(() => undefined));
        continue;
      }
      const answer = await move(unused);
      if (isRefusal(answer)) {
        if (answer.code === 'idempotency-conflict') return answer;
        continue;
      }
      unused = null;
      // The same request was being answered elsewhere at the same time, and began with another instance.
      if (answer.value.instance !== instance) await move(keyFor(idempotency, instance));
    }
    await Promise.all(others);
    return this.#answer(
      looked.map((one) => items.get(one.instance) ?? one),
      null,
    );
  }

  /** What happened since it was looked at may have put a wall in the way, and then the commit fails. */
  async #move(
    caller: Caller,
    instance: string,
    key: Idempotency | null,
    submit: SubmitMigration,
  ): Promise<Answer<Moved>> {
    try {
      const target = { instance, migratesTo: this.#input.to };
      return await submit(caller, target, key, (directory, time) => this.#body(directory, time));
    } catch (error) {
      const [now] = await this.#lookAt([instance]);
      if (now?.refusal == null) throw error;
      return now.refusal;
    }
  }

  /** The states that an instance was moved from earlier, as its entry has them. */
  async #before({ instance, seq }: Moved): Promise<readonly string[]> {
    const stored = await this.#world.ledger.findEntry(instance, seq);
    return stored === null ? [] : (JSON.parse(stored.text) as Entry).from;
  }

  async #answeredBefore(
    caller: Caller,
    instances: readonly string[],
    idempotency: Idempotency | null,
  ): Promise<
    | { readonly kind: 'before'; readonly keyIsUsed: boolean; readonly moved: ReadonlyMap<string, Moved> }
    | Refusal
  > {
    const moved = new Map<string, Moved>();
    if (idempotency === null) return { kind: 'before', keyIsUsed: false, moved };
    const principal = caller.principal.id;
    const keys = [idempotency, ...instances.map((instance) => keyFor(idempotency, instance))];
    const stored = await this.#world.ledger.loadAnswers(
      keys.map((one) => ({ principal, key: one?.key ?? '' })),
    );
    for (const { bodyHash, answer } of stored.values()) {
      if (bodyHash !== idempotency.bodyHash) {
        return refuse(
          'idempotency-conflict',
          `The Idempotency-Key ${idempotency.key} was used before with another request.`,
          'Use a new key for a new request; repeat a request with its own key and the same body.',
        );
      }
      const value = JSON.parse(answer) as Moved;
      moved.set(value.instance, value);
    }
    return { kind: 'before', keyIsUsed: stored.has(`${principal} ${idempotency.key}`), moved };
  }
}

/** No key that a caller may send holds a blank, so none of theirs is this one. */
function keyFor(idempotency: Idempotency | null, instance: string): Idempotency | null {
  return idempotency === null ? null : { ...idempotency, key: `${idempotency.key} ${instance}` };
}
