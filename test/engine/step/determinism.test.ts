import { expect, test } from 'vitest';
import type { CompiledProcess } from '../../../engine/definition/compiled-process.ts';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { nextStep, type Standing } from '../../../engine/step/next-step.ts';
import type { Stimulus } from '../../../engine/step/stimulus.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import { compile, instance, stepOf, walk } from './support/office.ts';
import { event, start } from './support/people.ts';

/** As `walk`, with every state stored and read back before the next stimulus, and every stimulus too. */
function walkReloaded(stimuli: readonly Stimulus[], process: CompiledProcess): readonly string[] {
  let standing: Standing | null = null;
  return stimuli.map((stimulus) => {
    const loaded: Standing | null = standing;
    const step = stepOf(nextStep(process, instance, loaded, JSON.parse(canonicalJson(stimulus)) as Stimulus));
    const text = canonicalJson(step.state);
    standing = { seq: step.entry.seq, state: JSON.parse(text) as StoredState };
    return text;
  });
}

const inMemory = (stimuli: readonly Stimulus[], process: CompiledProcess) =>
  walk(stimuli, process).steps.map(({ state }) => canonicalJson(state));

test('P7: an expression that walks over members meets them in one order, from memory or from the record', () => {
  const labels = '{ type: object, maxProperties: 5, additionalProperties: { type: string, maxLength: 10 } }';
  const process = compile(`
context:
  type: object
  properties:
    labels: ${labels}
    names: { type: array, items: { type: string, maxLength: 10 }, maxItems: 20 }
start: { allow: { role: officer } }
initial: here
states:
  here:
    on:
      label:
        allow: { role: officer }
        input: { type: object, required: [labels], properties: { labels: ${labels} } }
        assign: { labels: event.labels, names: 'event.labels.map(name, name)' }
      own: { allow: { role: officer }, assign: { labels: "{'z': 'own', 'b': 'own'}" } }
      list: { allow: { role: officer }, assign: { names: 'has(context.labels) ? context.labels.map(name, name) : []' } }
      end: { allow: { role: officer }, target: ended }
  ended: { type: final }
`);
  const stimuli = [
    start({}),
    event('label', { labels: { d: '1', a: '2', c: '3' } }),
    event('own'),
    event('list'),
  ];
  const steps = walk(stimuli, process).steps.map(({ state }) => state.context.names);
  expect(steps).toEqual([undefined, ['a', 'c', 'd'], ['a', 'c', 'd'], ['b', 'z']]);
  expect(walkReloaded(stimuli, process)).toEqual(inMemory(stimuli, process));
});

test('P7: regions act in the order of the file, whatever order their names have in the stored state', () => {
  const region = (name: string) => `
      ${name}:
        initial: one
        states:
          one: { on: { go: { allow: { role: officer }, target: two, assign: { log: "(has(context.log) ? context.log : []) + ['${name}']" } } } }
          two: { on: { go: { allow: { role: officer }, target: one, assign: { log: "(has(context.log) ? context.log : []) + ['${name}']" } } } }`;
  // A process of its own for each walk: what one remembers must not help the other.
  const again = () =>
    compile(`
context: { type: object, properties: { log: { type: array, items: { type: string, maxLength: 10 }, maxItems: 20 } } }
start: { allow: { role: officer } }
initial: work
states:
  work:
    type: parallel
    on: { end: { allow: { role: officer }, target: ended } }
    states:${region('zulu')}${region('alfa')}
  ended: { type: final }
`);
  const stimuli = [start({}), event('go'), event('go'), event('go')];
  const { standing } = walk(stimuli, again());
  expect(standing.state.context.log).toEqual(['zulu', 'alfa', 'zulu', 'alfa', 'zulu', 'alfa']);
  expect(walkReloaded(stimuli, again())).toEqual(inMemory(stimuli, again()));
});
