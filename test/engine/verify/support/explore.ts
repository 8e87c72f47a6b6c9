/**
 * Explores what a compiled machine really does, with XState itself, and keeps its own simple account of
 * proposals. The proof is compared with this; the two share nothing but the definition.
 */
import { type AnyMachineSnapshot, type AnyStateNode, getInitialMicrosteps, getMicrosteps } from 'xstate';
import type { CompiledProcess, MachineEvent, Scope } from '../../../../engine/definition/compiled-process.ts';

export interface Seen {
  /** Leaves before and after a microstep, and the transitions it took. */
  readonly from: string | null;
  readonly to: string;
  readonly taken: readonly string[];
}

export interface Exploration {
  readonly microsteps: readonly Seen[];
  /** What went wrong with a live proposal; null when nothing did. */
  readonly violation: string | null;
  /** False where there was too much to look at, and where the machine would go round for ever. */
  readonly complete: boolean;
}

type Acts = readonly string[];
/** Null: none, or approved. */
interface Account {
  readonly live: Acts | null;
}

interface Node {
  readonly snapshot: AnyMachineSnapshot;
  readonly account: Account;
}

/** Follows every stimulus from every state found, up to so many states. */
export function explore(process: CompiledProcess, most: number): Exploration {
  const seen = new Map<string, Seen>();
  const nodes = new Map<string, Node>();
  const found: { violation: string | null; endless: boolean } = { violation: null, endless: false };
  const visit = (
    microsteps: readonly Microstep[] | null,
    from: AnyMachineSnapshot | null,
    account: Account,
  ) => {
    if (microsteps === null) {
      found.endless = true;
      return;
    }
    let before = from;
    for (const [snapshot, actions] of microsteps) {
      const taken = actions
        .filter(({ type }) => type === 'countersign.taken')
        .map(({ params }) => (params as { id: string }).id);
      const step = { from: before === null ? null : leavesOf(before), to: leavesOf(snapshot), taken };
      seen.set(JSON.stringify(step), step);
      if (account.live !== null) {
        found.violation ??= violationIn(process, before, snapshot, taken);
        if (actions.some(({ type }) => type === 'countersign.reaches'))
          found.violation ??= `${taken.join()} reaches beyond the process`;
      }
      before = snapshot;
    }
    // Where nothing is taken a proposal is kept all the same.
    if (before === null || before.status !== 'active') return;
    const node = { snapshot: before, account };
    const key = JSON.stringify([before.value, before.context, historyText(before), account]);
    if (!nodes.has(key)) nodes.set(key, node);
  };
  const first = event('xstate.init', {}, () => true);
  visit(
    run(() => getInitialMicrosteps(process.machine, first)),
    null,
    { live: null },
  );
  for (const { snapshot, account } of nodes.values()) {
    if (nodes.size > most)
      return { microsteps: [...seen.values()], violation: found.violation, complete: false };
    for (const { type, permits, account: next } of stimuliOf(process, snapshot)) {
      const given = event(type, snapshot.context, permits);
      visit(
        run(() => getMicrosteps(process.machine, snapshot, given)),
        snapshot,
        next(account),
      );
    }
  }
  return { microsteps: [...seen.values()], violation: found.violation, complete: !found.endless };
}

/** In how few microsteps the machine itself can bring a live proposal to an effect; null when it cannot. */
export function fewestMicrosteps(process: CompiledProcess, most: number): number | null {
  const seen = new Set<string>();
  const byLength: Node[][] = [];
  const first = getInitialMicrosteps(
    process.machine,
    event('xstate.init', {}, () => true),
  ).at(-1);
  if (first === undefined) return null;
  byLength.push([{ snapshot: first[0], account: { live: null } }]);
  let fewest: number | null = null;
  for (let length = 0; length < byLength.length && (fewest === null || length < fewest); length += 1) {
    for (const { snapshot, account } of byLength[length] ?? []) {
      const key = JSON.stringify([snapshot.value, snapshot.context, historyText(snapshot), account]);
      if (seen.has(key) || snapshot.status !== 'active') continue;
      if (seen.add(key).size > most) throw new Error('The machine is too large to be explored.');
      for (const { type, permits, account: next } of stimuliOf(process, snapshot)) {
        const given = event(type, snapshot.context, permits);
        const steps = run(() => getMicrosteps(process.machine, snapshot, given));
        if (steps === null) continue;
        const after = next(account);
        let before: AnyMachineSnapshot = snapshot;
        for (const [index, [reached, actions]] of steps.entries()) {
          const taken = actions
            .filter((action) => action.type === 'countersign.taken')
            .map(({ params }) => (params as { id: string }).id);
          const needed = length + index + 1;
          if (after.live !== null && violationIn(process, before, reached, taken) !== null)
            fewest = Math.min(fewest ?? needed, needed);
          before = reached;
        }
        // A proposal that nothing takes is a step of the proof's path, too.
        const reachedAt = length + Math.max(1, steps.length);
        const further = byLength[reachedAt] ?? [];
        byLength[reachedAt] = further;
        further.push({ snapshot: before, account: after });
      }
    }
  }
  return fewest;
}

/** A random machine may go round for ever; then nothing happens at all, and that is null. */
function run(steps: () => unknown): readonly Microstep[] | null {
  try {
    return steps() as readonly Microstep[];
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Infinite loop')) return null;
    throw error;
  }
}

type Microstep = readonly [
  AnyMachineSnapshot,
  readonly { readonly type: string; readonly params: unknown }[],
];

interface Stimulus {
  readonly type: string;
  readonly account: (before: Account) => Account;
  readonly permits: MachineEvent['permits'];
}

const everyone = () => true;

const unchanged = (account: Account) => account;

function stimuliOf(process: CompiledProcess, snapshot: AnyMachineSnapshot): readonly Stimulus[] {
  const stimuli: Stimulus[] = [];
  const add = (type: string, account = unchanged, permits: Stimulus['permits'] = everyone) =>
    stimuli.push({ type, account, permits });
  // Each rule alone, too: whoever is turned away further in may be let through further out.
  for (const { cause, allow } of process.transitions.values()) {
    if (cause.kind === 'event')
      add(cause.event === '*' ? 'anything' : cause.event, unchanged, (asked) => asked === allow);
  }
  for (const node of snapshot._nodes as AnyStateNode[]) {
    const id = node.path.join('.');
    for (const type of node.events) if (type.startsWith('xstate.after.') || isWork(type)) add(type);
    const gate = process.gates.get(id)?.gate;
    if (gate !== undefined) {
      add(`countersign.outcome.${id}.rejected`);
      add(`countersign.outcome.${id}.approved`, (before) => withAct(process, before, gate.meaning));
    }
    if (process.invokes?.has(id) === true) add(`countersign.failed.${id}`);
    if (process.proposes.has(id)) {
      add(`countersign.proposed.${id}`, () => ({ live: [] }));
      add(`countersign.failed.${id}`);
    }
  }
  return stimuli;
}

/** What comes from a task, another process, an operator or a clock at a gate. */
function isWork(type: string): boolean {
  return /^countersign\.(completed|overdue|message|skipped|repaired)\./.test(type);
}

/** Written apart from the engine's own rule on purpose. */
function withAct(process: CompiledProcess, { live }: Account, meaning: string): Account {
  if (live === null) return { live };
  const acts = [...new Set([...live, meaning])].sort();
  const { importance, acts: also = [] } = process.decisions.get('choice') ?? {};
  const ordinary = importance === 'ordinary' && also.every((act) => acts.includes(act));
  const whole = ordinary || ['appraise', 'approve', 'consider'].every((act) => acts.includes(act));
  return meaning === 'approve' && whole ? { live: null } : { live: acts };
}

function violationIn(
  process: CompiledProcess,
  before: AnyMachineSnapshot | null,
  after: AnyMachineSnapshot,
  taken: readonly string[],
): string | null {
  for (const id of taken) if (process.transitions.get(id)?.assign.has('choice')) return `${id} assigns`;
  // Each read of the proposal gives a new object (see `scopeOver`), so every assignment of it shows.
  if (before?.context.choice !== after.context.choice)
    return `an entry or exit on the way of ${taken.join()} assigns`;
  const working = (after._nodes as AnyStateNode[]).find(({ path }) => process.invokes?.has(path.join('.')));
  if (working !== undefined) return `work is under way in ${working.path.join('.')}`;
  if (after.status !== 'done') return null;
  const output = after.output as { result?: string } | null;
  return output?.result === 'rejected' ? null : 'ends in success';
}

export function leavesOf(snapshot: AnyMachineSnapshot): string {
  const leaves = (snapshot._nodes as AnyStateNode[]).filter(
    ({ type }) => type === 'atomic' || type === 'final',
  );
  return leaves
    .sort((a, b) => a.order - b.order)
    .map(({ path }) => path.join('.'))
    .join(' + ');
}

function historyText(snapshot: AnyMachineSnapshot): string {
  const history = snapshot.historyValue as Record<string, AnyStateNode[]>;
  return JSON.stringify(
    Object.entries(history)
      .map(([id, nodes]) => [id, nodes.map((node) => node.id).sort()])
      .sort(),
  );
}

function event(type: string, context: Scope['context'], permits: MachineEvent['permits']): MachineEvent {
  return { type, scope: scopeOver(context), permits };
}

function scopeOver(context: Scope['context']): Scope {
  return {
    context,
    event: {},
    initiator: { principal: 'p', person: 'p', unit: null },
    actor: { principal: 'p', kind: 'person', person: 'p', unit: null, roles: [], positions: [] },
    now: '2026-01-01T00:00:00.000Z',
    gate: { outcome: 'approved', remarks: '', approvals: 1 },
    proposal: {
      get choice() {
        return {};
      },
    },
  };
}
