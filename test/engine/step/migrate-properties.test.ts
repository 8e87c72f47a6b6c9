import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCertificate } from '../../../engine/certificate-check/read-certificate.ts';
import { checkShape } from '../../../engine/definition/check-shape.ts';
import { compileProcess } from '../../../engine/definition/compile-process.ts';
import { FindingList } from '../../../engine/definition/finding-list.ts';
import { modelDefinition } from '../../../engine/definition/model-definition.ts';
import { readSource } from '../../../engine/definition/read-source.ts';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import { activeStates } from '../../../engine/step/active-states.ts';
import type { Destination } from '../../../engine/step/destination.ts';
import type { StateMap } from '../../../engine/step/map-states.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import type { Step } from '../../../engine/step/step.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import { verifyInstance } from '../../../engine/step/verify-instance.ts';
import { buildAnalysisGraph } from '../../../engine/verify/analysis-graph.ts';
import { writeCertificate } from '../../../engine/verify/certificate.ts';
import { proveOversight } from '../../../engine/verify/prove-oversight.ts';
import { next } from './support/office.ts';
import { start } from './support/people.ts';
import { type Happening, happening, randomDefinition, toStimulus } from './support/random-process.ts';
import { record } from './support/record.ts';
import { migrate } from './support/versions.ts';

/** Null where the proof finds a way past a gate. What else lint says is of no matter here. */
function proven(definition: object): Destination | null {
  const source = JSON.stringify(definition);
  const findings = new FindingList('random.yaml');
  const root = readSource(source, findings);
  const shape = root === null ? null : checkShape(root, findings);
  if (root === null || shape === null) throw new Error(JSON.stringify(findings.sorted()));
  const model = modelDefinition(shape, root, findings);
  if (findings.errors > 0) throw new Error(JSON.stringify(findings.sorted()));
  const graph = buildAnalysisGraph(model);
  const { facts } = proveOversight(model, graph, findings);
  if (facts === null) return null;
  const hash = sha256Hex(source);
  const certificate = readCertificate(writeCertificate(hash, facts, graph));
  return certificate === null ? null : { process: compileProcess(model, hash), certificate };
}

interface Played {
  readonly steps: readonly Step[];
  readonly migration: number;
  readonly before: StoredState;
  readonly from: Destination;
  readonly to: Destination;
}

/** Plays on one definition, migrates, and plays on under the other. Null where the migration is refused. */
function play(
  from: Destination,
  to: Destination,
  map: StateMap,
  happenings: readonly (readonly Happening[])[],
): Played | null {
  const begun = next(null, start({}), from.process);
  if (begun.kind === 'refusal') return null;
  const steps: Step[] = [begun];
  const standing = (): Standing => {
    const last = steps.at(-1) ?? begun;
    // Reloaded, as after a restart: nothing may hang on what was in memory.
    return { seq: last.entry.seq, state: JSON.parse(canonicalJson(last.state)) as StoredState };
  };
  const go = (process: Destination['process'], list: readonly Happening[]) => {
    for (const one of list) {
      const at = standing();
      const result = next(at, toStimulus(at.state, one), process);
      if (result.kind === 'step') steps.push(result);
      // P2: what is proven never needs the second look to stop it, neither before a migration nor after.
      else expect([result.code, result.message]).not.toEqual(['not-countersigned', result.message]);
    }
  };
  go(from.process, happenings[0] ?? []);
  const before = standing();
  const migrated = migrate(before, from, to, map);
  if (migrated.kind === 'refusal') {
    expect(migrated.message.endsWith('.') && migrated.next.endsWith('.')).toBe(true);
    return null;
  }
  const migration = steps.push(migrated) - 1;
  go(to.process, happenings[1] ?? []);
  return { steps, migration, before: before.state, from, to };
}

const samples = [379, (Math.random() * 2 ** 31) | 0].map((seed) => ({
  seed,
  definitions: fc
    .sample(randomDefinition, { numRuns: 500, seed })
    .flatMap((definition) => proven(definition) ?? []),
}));

const names = ['a', 'b', 'c', 'd', 'b.left.one', 'b.left.two', 'b.right.one', 'b.right.two', 'ended'];
const anyMap: fc.Arbitrary<StateMap> = fc.oneof(
  fc.constant({}),
  fc.dictionary(fc.constantFrom(...names.slice(0, 4)), fc.constantFrom(...names), { maxKeys: 3 }),
);

/** Half of what happens is what helps most, so that proposals come to be live, and further. */
const onward = fc.oneof(
  happening,
  happening.map((one): Happening => ({ ...one, kind: 'forward' })),
);

/** Adds up what the checks counted, of those with the fixed seed alone. */
function everyMigration(check: (played: Played) => number): number {
  let fixed = 0;
  for (const [index, { seed, definitions }] of samples.entries()) {
    const plays = fc.record({
      from: fc.constantFrom(...definitions),
      to: fc.constantFrom(...definitions),
      same: fc.boolean(),
      map: anyMap,
      before: fc.array(onward, { maxLength: 12 }),
      after: fc.array(onward, { maxLength: 20 }),
    });
    const property = fc.property(plays, ({ from, to, same, map, before, after }) => {
      // Half of the pairs are the same but for a title, as most changes are.
      const other = same ? (retitled(from) ?? to) : to;
      const played = play(from, other, map, [before, after]);
      if (played === null) return;
      const counted = check(played);
      if (index === 0) fixed += counted;
    });
    fc.assert(property, { numRuns: 800, seed });
  }
  return fixed;
}

const titled = new Map<string, Destination | null>();

function retitled({ process }: Destination): Destination | null {
  const known = titled.get(process.hash);
  if (known !== undefined) return known;
  const made = proven({ ...process.definition, title: { vi: 'Khác', en: 'Other' } });
  titled.set(process.hash, made);
  return made;
}

test('P7: any definitions, any map and any events: the record replays through the migration to the same bytes', () => {
  const checked = everyMigration(({ steps, from, to }) => {
    const last = steps.at(-1);
    const trial = {
      ...record(steps, from.process),
      definition: to.process.hash,
      startedOn: from.process.hash,
      destinations: (hash: string) => (hash === to.process.hash ? to : null),
    };
    expect(verifyInstance(trial)).toEqual([]);
    expect(last?.entry.definition).toBe(to.process.hash);
    return 1;
  });
  expect(checked).toBeGreaterThan(200);
});

test('P2, P4: any definitions, any map: a migration approves nothing, decides nothing and changes no data', () => {
  const carried = everyMigration(({ steps, migration, before }) => {
    const step = steps[migration];
    if (step === undefined) return 0;
    let live = 0;
    const { state } = step;
    expect(step.taken).toEqual([]);
    expect(state.context).toEqual(before.context);
    expect(Object.values(state.gates).flatMap(({ decisions }) => decisions)).toEqual([]);
    expect(Object.keys(state.proposals)).toEqual(Object.keys(before.proposals));
    if (Object.keys(before.gates).length > 0) expect(Object.keys(state.gates)).not.toEqual([]);
    for (const [kind, is] of Object.entries(state.proposals)) {
      const was = before.proposals[kind];
      expect([is.digest, is.status]).toEqual([was?.digest, was?.status]);
      expect(was?.acts.slice(0, is.acts.length)).toEqual(is.acts);
      if (is.status === 'live') live += 1;
    }
    return live;
  });
  expect(carried).toBeGreaterThan(20);
});

test('P2: what the certificate says of live proposals holds after a migration, and ever after', () => {
  const counted = everyMigration(({ steps, migration, to }) => {
    let live = 0;
    for (const { state } of steps.slice(migration)) {
      const order = [...(to.process.states?.keys() ?? [])];
      const key = activeStates(state.value)
        .toSorted((one, other) => order.indexOf(one) - order.indexOf(other))
        .join(' + ');
      const facts = to.certificate.facts.get(key);
      expect(facts).toBeDefined();
      for (const [kind, { status, acts }] of Object.entries(state.proposals)) {
        if (status !== 'live') continue;
        live += 1;
        const given = ['consider', 'appraise', 'approve'].filter((act) => acts.some((one) => one === act));
        expect(facts?.get(kind)).toContain(given.length === 0 ? 'live' : `live:${given.join('+')}`);
      }
    }
    return live;
  });
  expect(counted).toBeGreaterThan(50);
});

test('what is open after a migration belongs to active states, and the effects say what opened and closed', () => {
  everyMigration(({ steps, to, migration }) => {
    const open = new Set<string>();
    for (const [index, { effects, state }] of steps.entries()) {
      for (const effect of effects) {
        if ('notice' in effect) continue;
        if (effect.kind === 'timer-set') open.add(`timer ${effect.timer}`);
        else if (effect.kind === 'timer-cleared') open.delete(`timer ${effect.timer}`);
        else if (effect.kind.endsWith('d') && effect.kind.includes('closed'))
          open.delete(
            `${effect.kind.includes('gate') ? 'gate' : 'request'} ${effect.state} ${effect.opened}`,
          );
        else
          open.add(`${effect.kind.includes('gate') ? 'gate' : 'request'} ${effect.state} ${effect.opened}`);
      }
      const { gates, requests, timers, value } = state;
      expect([...open].sort()).toEqual(
        [
          ...Object.entries(gates).map(([name, { opened }]) => `gate ${name} ${opened}`),
          ...Object.entries(requests).map(([name, { opened }]) => `request ${name} ${opened}`),
          ...Object.keys(timers).map((name) => `timer ${name}`),
        ].sort(),
      );
      if (index < migration) continue;
      const active = activeStates(value);
      for (const name of [...Object.keys(gates), ...Object.keys(requests)]) expect(active).toContain(name);
      for (const name of Object.keys(gates)) expect(to.process.gates.has(name)).toBe(true);
    }
    return 0;
  });
});
