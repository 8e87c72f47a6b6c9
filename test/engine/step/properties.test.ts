import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CompiledProcess } from '../../../engine/definition/compiled-process.ts';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { approvalsNeeded } from '../../../engine/oversight/quorum.ts';
import { activeStates } from '../../../engine/step/active-states.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import { stateText } from '../../../engine/step/state-text.ts';
import type { Step } from '../../../engine/step/step.ts';
import { stimulusText } from '../../../engine/step/stimulus-text.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import { verifyInstance } from '../../../engine/step/verify-instance.ts';
import { next, stepOf } from './support/office.ts';
import { start } from './support/people.ts';
import {
  compileUnproven,
  type Happening,
  happening,
  randomDefinition,
  toStimulus,
} from './support/random-process.ts';
import { record } from './support/record.ts';

interface Taken {
  readonly before: StoredState | null;
  readonly step: Step;
}

/** Plays what happens, reloading the state before each when asked, and hands every step taken to the caller. */
function play(process: CompiledProcess, happenings: readonly Happening[], reload = false): readonly Taken[] {
  const begun = next(null, start({}), process);
  if (begun.kind === 'refusal') return [];
  const taken: Taken[] = [{ before: null, step: begun }];
  let standing: Standing = { seq: 1, state: begun.state };
  for (const one of happenings) {
    const frozen = canonicalJson(standing.state);
    if (reload) standing = { seq: standing.seq, state: JSON.parse(frozen) as StoredState };
    const result = next(standing, toStimulus(standing.state, one), process);
    // A refusal changes nothing, and neither does a step change what it came from.
    expect(canonicalJson(standing.state)).toBe(frozen);
    if (result.kind === 'refusal') {
      expect(result.message.endsWith('.') && result.next.endsWith('.')).toBe(true);
      continue;
    }
    taken.push({ before: standing.state, step: result });
    standing = { seq: result.entry.seq, state: result.state };
  }
  return taken;
}

/**
 * Half of the plays are the same in every run, so that a property that counts what it saw counts at least those;
 * the other half are new each time. Processes are compiled once, because that takes far longer than playing.
 */
const samples = [379, (Math.random() * 2 ** 31) | 0].map((seed) => ({
  seed,
  processes: fc.sample(randomDefinition, { numRuns: 40, seed }).map(compileUnproven),
}));

function everyPlay(check: (process: CompiledProcess, happenings: readonly Happening[]) => void): void {
  for (const { seed, processes } of samples) {
    const plays = fc.record({
      index: fc.nat(processes.length - 1),
      happenings: fc.array(happening, { minLength: 5, maxLength: 40 }),
    });
    const property = fc.property(plays, ({ index, happenings }) => {
      const process = processes[index];
      if (process !== undefined) check(process, happenings);
    });
    fc.assert(property, { numRuns: 250, seed });
  }
}

test('P1: any definition and any events: one entry a step, in one unbroken sequence', () => {
  everyPlay((process, happenings) => {
    play(process, happenings).forEach(({ before, step }, index) => {
      expect(step.entry.seq).toBe(index + 1);
      expect(step.entry.from).toEqual(before === null ? [] : activeStates(before.value));
      expect(step.entry.to).toEqual(activeStates(step.state.value));
      expect(step.taken.flat().every((id) => process.transitions.has(id))).toBe(true);
    });
  });
});

test('P7: any definition and any events: replay gives the stored state bit for bit, reloaded before every event or not', () => {
  everyPlay((process, happenings) => {
    const steps = play(process, happenings).map(({ step }) => step);
    if (steps.length === 0) return;
    expect(verifyInstance(record(steps, process))).toEqual([]);
    // A copy remembers nothing of what the first play resolved.
    const reloaded = play({ ...process }, happenings, true).map(({ step }) =>
      canonicalJson([step.state, step.entry]),
    );
    expect(reloaded).toEqual(steps.map((step) => canonicalJson([step.state, step.entry])));
  });
});

test('what is open belongs to an active state, and the effects say exactly what opened and closed', () => {
  everyPlay((process, happenings) => {
    const open = new Set<string>();
    for (const { step } of play(process, happenings)) {
      for (const effect of step.effects) applyEffect(open, effect);
      const { gates, requests, timers, value } = step.state;
      expect([...open].sort()).toEqual(
        [
          ...Object.entries(gates).map(([state, { opened }]) => `gate ${state} ${opened}`),
          ...Object.entries(requests).map(([state, { opened }]) => `request ${state} ${opened}`),
          ...Object.keys(timers).map((timer) => `timer ${timer}`),
        ].sort(),
      );
      const active = activeStates(value);
      for (const state of [...Object.keys(gates), ...Object.keys(requests)]) expect(active).toContain(state);
    }
  });
});

function applyEffect(open: Set<string>, effect: Step['effects'][number]): void {
  if (effect.kind === 'gate-opened') open.add(`gate ${effect.state} ${effect.opened}`);
  else if (effect.kind === 'gate-closed')
    expect(open.delete(`gate ${effect.state} ${effect.opened}`)).toBe(true);
  else if (effect.kind === 'proposal-requested') open.add(`request ${effect.state} ${effect.opened}`);
  else if (effect.kind === 'proposal-request-closed')
    expect(open.delete(`request ${effect.state} ${effect.opened}`)).toBe(true);
  else if (effect.kind === 'timer-set') open.add(`timer ${effect.timer}`);
  else if (effect.kind === 'timer-cleared') expect(open.delete(`timer ${effect.timer}`)).toBe(true);
}

test('P4: no sequence of events, proposals and timers ever yields approved, in any definition', () => {
  everyPlay((process, happenings) => {
    const silent = happenings.filter(({ kind }) => kind !== 'decision' && kind !== 'forward');
    for (const { step } of play(process, silent)) {
      expect(approvedOutcomes(process, step)).toEqual([]);
      expect(
        Object.values(step.state.proposals).every(
          ({ status, acts }) => status === 'live' && acts.length === 0,
        ),
      ).toBe(true);
      expect(step.state.context).not.toHaveProperty('summary');
    }
  });
});

function approvedOutcomes(process: CompiledProcess, step: Step): readonly string[] {
  return step.taken.flat().filter((id) => {
    const cause = process.transitions.get(id)?.cause;
    return cause?.kind === 'outcome' && cause.outcome === 'approved';
  });
}

test('P7: a stimulus and a state are written as canonical JSON writes them, whatever they hold', () => {
  everyPlay((process, happenings) => {
    for (const { step } of play(process, happenings)) {
      expect(stimulusText(step.data)).toBe(canonicalJson(step.data));
      expect(stateText(step.state)).toBe(canonicalJson(step.state));
    }
  });
});

test('P3: whatever is approved was approved by enough distinct people on the roster, none of them excluded', () => {
  everyPlay((process, happenings) => {
    for (const { before, step } of play(process, happenings)) {
      const [id] = approvedOutcomes(process, step);
      if (id === undefined) continue;
      const { body, actor } = step.data;
      const gate = process.gates.get(process.transitions.get(id)?.source ?? '')?.gate;
      if (body.kind !== 'decision' || gate === undefined || before === null)
        throw new Error('Approved by no decision.');
      const decisions = [
        ...(before.gates[body.gate]?.decisions ?? []),
        { person: actor.person, verdict: body.verdict },
      ];
      const behind = new Set(
        decisions.filter(({ verdict }) => verdict === 'approve').map(({ person }) => person),
      );
      const counted = [...behind].filter((person) => body.roster.includes(person));
      expect(actor.kind).toBe('person');
      expect(counted.length).toBeGreaterThanOrEqual(approvalsNeeded(gate, body.roster.length));
      if (process.definition.subject !== undefined) expect(behind.has('person:bo')).toBe(false);
      expect(behind.has('person:officer')).toBe(false);
    }
  });
});

test('P2: in any definition, a decision field holds only what an approved proposal of this instance held', () => {
  let written = 0;
  everyPlay((process, happenings) => {
    for (const { before, step } of play(process, happenings)) {
      const { summary } = step.state.context;
      if (summary === undefined || summary === before?.context.summary) continue;
      written += 1;
      expect(step.state.proposals.summary).toMatchObject({ status: 'approved', payload: { summary } });
      expect(step.state.proposals.summary?.acts).toContain('approve');
    }
  });
  // The property says nothing unless some of the plays get that far.
  expect(written).toBeGreaterThan(0);
});

test('P2: in any definition, an approved proposal has every act its kind demands', () => {
  everyPlay((process, happenings) => {
    const decision = process.decisions.get('summary');
    const demanded = decision?.importance === 'ordinary' ? ['approve'] : ['consider', 'appraise', 'approve'];
    for (const { step } of play(process, happenings)) {
      const held = step.state.proposals.summary;
      if (held?.status === 'approved') expect(held.acts).toEqual(expect.arrayContaining(demanded));
    }
  });
});

test('a step is never an error: a start that a careless definition cannot make is a refusal', () => {
  everyPlay((process) => {
    const result = next(null, start({}), process);
    if (result.kind === 'refusal')
      expect(['expression-failed', 'bad-input', 'not-countersigned']).toContain(result.code);
    else expect(stepOf(result).entry.seq).toBe(1);
  });
});
