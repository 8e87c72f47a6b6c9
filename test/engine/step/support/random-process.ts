/** Random small definitions and what may happen to their instances, for properties that must hold of all of them. */
import fc from 'fast-check';
import { checkShape } from '../../../../engine/definition/check-shape.ts';
import { compileProcess } from '../../../../engine/definition/compile-process.ts';
import type { CompiledProcess } from '../../../../engine/definition/compiled-process.ts';
import { FindingList } from '../../../../engine/definition/finding-list.ts';
import { modelDefinition } from '../../../../engine/definition/model-definition.ts';
import { readSource } from '../../../../engine/definition/read-source.ts';
import { sha256Hex } from '../../../../engine/evidence/sha256.ts';
import type { ActorSnapshot } from '../../../../engine/oversight/directory.ts';
import type { Stimulus } from '../../../../engine/step/stimulus.ts';
import type { StoredState } from '../../../../engine/step/stored-state.ts';
import {
  agent,
  decision,
  engine,
  event,
  leaders,
  officer,
  proposal,
  roster,
  service,
  stimulus,
} from './people.ts';

/** Compiled without the proof: what a step must never do, it must not do for a careless definition either. */
export function compileUnproven(definition: object): CompiledProcess {
  const source = JSON.stringify(definition);
  const findings = new FindingList('random.yaml');
  const root = readSource(source, findings);
  const shape = root === null ? null : checkShape(root, findings);
  if (root === null || shape === null) throw new Error(JSON.stringify(findings.sorted()));
  const model = modelDefinition(shape, root, findings);
  if (findings.errors > 0) throw new Error(JSON.stringify(findings.sorted()));
  return compileProcess(model, sha256Hex(source));
}

const text = { type: 'string', maxLength: 100 };
const stateNames = ['a', 'b', 'c', 'd'];
const eventNames = ['go', 'back', 'write'];

const target = fc.constantFrom(...stateNames, 'ended', 'rejected');
const assignment = fc.constantFrom(
  undefined,
  { n: 'has(context.n) ? context.n + 1 : 1' },
  { note: "'noted'" },
  { cleared: null },
  { list: "(has(context.list) ? context.list : []) + ['x']" },
  { summary: 'proposal.summary.summary' },
  { note: 'proposal.summary.summary' },
  { note: "has(context.list) ? context.list[1] : ''" },
);
const guard = fc.constantFrom(
  undefined,
  undefined,
  'has(context.n)',
  '!has(context.n) || context.n < 3',
  'has(context.note)',
);
const plain = fc
  .record({
    target: fc.option(target, { nil: undefined }),
    guard,
    assign: assignment,
    reenter: fc.constantFrom(undefined, true),
  })
  .map(withoutUndefined);
const candidate = fc
  .tuple(
    plain,
    fc.constantFrom<object>(
      {},
      { allow: { role: 'officer' } },
      { allow: { initiator: true } },
      { allow: { role: 'leader', unit: 'initiator.unit' } },
    ),
  )
  .map(([one, rule]) => ({ ...one, ...rule }));
const events = fc.dictionary(
  fc.constantFrom(...eventNames),
  fc.oneof(fc.constant(null), fc.array(candidate, { minLength: 1, maxLength: 2 })),
  { maxKeys: 3 },
);
const after = fc.option(
  plain.map((one) => ({ PT1M: one })),
  { nil: undefined },
);

const simple = fc.record({
  on: events,
  after,
  entry: fc.option(
    assignment.map((assign) => assign && { assign }),
    { nil: undefined },
  ),
});
const gate = fc
  .record({
    binds: fc.constantFrom(undefined, 'summary', 'summary'),
    meaning: fc.constantFrom('consider', 'appraise', 'approve'),
    quorum: fc.constantFrom(
      undefined,
      { approve: 2 },
      { approve: 'more-than-half', of: 'members' },
      { approve: 'all', of: 'members' },
    ),
    exclude: fc.constantFrom(undefined, ['initiator']),
  })
  .map((one) => withoutUndefined({ ...one, reviewers: { role: 'leader' } }));
const gated = fc
  .record({
    gate,
    approved: plain,
    rejected: plain,
    returned: fc.option(plain, { nil: undefined }),
    on: events,
    after,
  })
  .map(({ gate: one, approved, rejected, returned, on, after: timer }) => ({
    gate: one,
    after: timer,
    on: { ...on, approved, rejected, ...(returned === undefined ? {} : { returned }) },
  }));
const proposing = fc.record({ onDone: plain, onError: plain, on: events }).map((one) => ({
  ...one,
  propose: {
    decision: 'summary',
    agent: { role: 'drafter' },
    timeout: 'PT5M',
    output: { type: 'object', required: ['summary'], properties: { summary: text } },
  },
}));
const leaf = fc.oneof(simple, gated, proposing).map(withoutUndefined);

/** Two regions side by side, each with two states of its own. */
const region = fc.record({ first: leaf, second: leaf }).map(({ first, second }) => ({
  initial: 'one',
  states: { one: onlyInside(first), two: onlyInside(second) },
}));
const parallel = fc.record({ left: region, right: region, on: events }).map(({ left, right, on }) => ({
  type: 'parallel',
  on,
  states: { left, right, memory: { type: 'history', history: 'deep' } },
}));

const anyStates = fc.tuple(leaf, fc.oneof(leaf, parallel), leaf, proposing);

/** States among which a proposal has a fair chance to come through its gate, and be written down. */
const likelyStates = fc
  .tuple(proposing, gated, gated, gate, gate, target)
  .map(([first, second, third, one, other, end]) => {
    const written = { assign: { summary: 'proposal.summary.summary' }, target: end };
    return [
      { ...first, onDone: { target: 'b' }, onError: { target: 'a', reenter: true } },
      { ...second, gate: { ...one, binds: 'summary' }, on: { ...second.on, approved: { target: 'c' } } },
      {
        ...third,
        gate: { ...other, binds: 'summary', meaning: 'approve' },
        on: { ...third.on, approved: written },
      },
      first,
    ].map(withoutUndefined);
  });

export const randomDefinition = fc
  .record({
    states: fc.oneof<fc.Arbitrary<readonly object[]>[]>(anyStates, likelyStates),
    decision: fc.constantFrom<object>({ importance: 'ordinary' }, {}, { personnel: true }),
    subject: fc.constantFrom(undefined, "'person:bo'"),
  })
  .map(({ states, decision: kind, subject }) =>
    withoutUndefined({
      id: 'random',
      version: '1.0.0',
      title: { vi: 'Ngẫu nhiên', en: 'Random' },
      owner: 'unit:office',
      responsible: { role: 'chief' },
      securityLevel: 1,
      classification: 'normal',
      decisions: { summary: kind },
      subject,
      context: {
        type: 'object',
        additionalProperties: false,
        properties: {
          n: { type: 'integer' },
          note: text,
          cleared: { type: ['string', 'null'], maxLength: 10 },
          list: { type: 'array', items: text, maxItems: 3 },
          summary: { ...text, decision: 'summary' },
        },
      },
      start: { allow: { role: 'officer' } },
      initial: 'a',
      states: {
        ...Object.fromEntries(states.map((state, index) => [stateNames[index], state])),
        ended: { type: 'final' },
        rejected: { type: 'final', output: { result: "'rejected'" } },
      },
    }),
  );

/** Inside a region a transition may go to the other state of the region; elsewhere goes through the region's parent. */
function onlyInside(state: object): object {
  return JSON.parse(
    JSON.stringify(state).replace(/"target":"[^"]*"/g, (found) =>
      /"[abe]/.test(found.slice(9)) ? '"target":"two"' : '"target":"one"',
    ),
  ) as object;
}

function withoutUndefined<T extends object>(value: T): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

/** Something that may happen, said so that it fits any state: what it hits depends on what is open then. */
export interface Happening {
  /** `forward` is what helps most: the proposal asked for, or the next approval that is still missing. */
  readonly kind: 'event' | 'decision' | 'proposal' | 'timer' | 'forward';
  readonly pick: number;
  readonly who: number;
  readonly verdict: 'approve' | 'reject' | 'return';
  readonly name: string;
}

export const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom('event', 'event', 'decision', 'decision', 'proposal', 'timer', 'forward', 'forward'),
  pick: fc.nat(3),
  who: fc.nat(7),
  verdict: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'return'),
  name: fc.constantFrom(...eventNames),
});

const everyone: readonly ActorSnapshot[] = [officer, ...leaders, service, agent];

export function toStimulus(state: StoredState, { kind, pick, who, verdict, name }: Happening): Stimulus {
  const actor = everyone[who] ?? officer;
  const chosen = (open: object) =>
    Object.keys(open).sort()[pick % Math.max(1, Object.keys(open).length)] ?? 'none';
  switch (kind) {
    case 'forward': {
      const asked = Object.keys(state.requests).sort()[0];
      if (asked !== undefined) return proposal(state, asked, { payload: { summary: `Number ${pick}` } });
      const gate = Object.keys(state.gates).sort()[0] ?? 'none';
      const held = state.gates[gate];
      const voted = (held?.decisions ?? []).map(({ person }) => person);
      const next = leaders.find(({ person }) => !voted.includes(person));
      return held === undefined
        ? event(name, {}, officer)
        : decision(state, gate, next ?? officer, 'approve', { roster });
    }
    case 'event':
      return event(name, {}, actor);
    case 'decision':
      return decision(state, chosen(state.gates), actor, verdict, {
        roster: pick === 3 ? roster.slice(1) : roster,
      });
    case 'proposal':
      return proposal(
        state,
        chosen(state.requests),
        { payload: { summary: `Number ${pick}` } },
        who === 6 ? officer : agent,
      );
    case 'timer': {
      const timer = chosen(state.timers);
      const held = state.timers[timer];
      return stimulus(
        { kind: 'timer', timer, set: held?.set ?? 0 },
        engine,
        held?.dueAt ?? '2026-01-05T09:00:00.000Z',
      );
    }
  }
}
