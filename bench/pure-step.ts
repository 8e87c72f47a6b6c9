/**
 * Deciding alone, with nothing stored: `nextStep` (rules on who may, oversight, guard, entry, effects)
 * beside XState's bare `transition()` on the same compiled machine, the same events and the same
 * context. What lies between is what a step decides and writes down beyond changing state.
 */
import { readFile } from 'node:fs/promises';
import { type AnyMachineSnapshot, transition } from 'xstate';
import {
  type CompiledProcess,
  lintDefinition,
  nextStep,
  type Standing,
  type Stimulus,
} from '../engine/index.ts';
import type { Side } from './rounds.ts';
import { toggleFile } from './toggle-engine.ts';

/** Looking at the clock after every step would be measured too. */
const stepsBetweenLooks = 100;
/** The first thousands run uncompiled, and say nothing of how it goes on. */
const warmUpSteps = 5000;

export async function preparePureStep(): Promise<[Side, Side]> {
  const { process } = lintDefinition(await readFile(toggleFile, 'utf8'), 'toggle.yaml');
  if (process === null) throw new Error('The toggle has errors: lint it.');
  return [toSide('pure-step', flipByStep(process)), toSide('bare-transition', flipByMachine(process))];
}

function toSide(name: string, flip: () => void): Side {
  for (let more = warmUpSteps; more > 0; more--) flip();
  return {
    name,
    measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      let flips = 0;
      while (performance.now() < end) {
        for (let more = stepsBetweenLooks; more > 0; more--) flip();
        flips += stepsBetweenLooks;
      }
      return { [name]: flips / ((performance.now() - start) / 1000) };
    },
  };
}

const actor: Stimulus['actor'] = {
  principal: 'service:bench',
  kind: 'service',
  person: 'service:bench',
  unit: 'unit:office',
  roles: ['bench-runner'],
  positions: [],
};
const time = '2026-01-05T08:00:00.000Z';
const envelope = { actor, authentication: ['key'], time, request: 'bench' } as const;
const firstContext = { count: 0, note: 'a small context' };

function flipByStep(process: CompiledProcess): () => void {
  const instance = '00000000-0000-4000-8000-000000000000';
  const flip: Stimulus = { ...envelope, body: { kind: 'event', type: 'flip', data: {} } };
  const start: Stimulus = {
    ...envelope,
    body: { kind: 'start', data: firstContext, responsible: ['person:owner'] },
  };
  let standing = advance(process, instance, null, start);
  return () => {
    standing = advance(process, instance, standing, flip);
  };
}

function advance(
  process: CompiledProcess,
  instance: string,
  from: Standing | null,
  stimulus: Stimulus,
): Standing {
  const step = nextStep(process, instance, from, stimulus);
  if (step.kind === 'refusal') throw new Error(`The toggle was refused: ${step.message}`);
  return { seq: step.entry.seq, state: step.state };
}

function flipByMachine({ machine }: CompiledProcess): () => void {
  let snapshot: AnyMachineSnapshot = machine.resolveState({ value: 'idle', context: firstContext });
  const nothing = {};
  const permits = () => true;
  return () => {
    const { context } = snapshot;
    const scope = {
      context,
      event: nothing,
      initiator: nothing,
      actor: nothing,
      now: time,
      gate: nothing,
      proposal: nothing,
    };
    const event = { type: 'flip', scope, permits };
    const [next] = transition(machine, snapshot, event);
    if (next === snapshot) throw new Error('The machine took no transition.');
    snapshot = next;
  };
}
