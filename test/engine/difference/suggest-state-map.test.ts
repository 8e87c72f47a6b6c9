import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStateMap, writeStateMap } from '../../../engine/difference/state-map-file.ts';
import { type SuggestedMap, suggestStateMap } from '../../../engine/difference/suggest-state-map.ts';

const processes = join(import.meta.dirname, '../../../processes');
const personnel = readFileSync(join(processes, 'personnel-appointment.yaml'), 'utf8');

const head = `id: test
version: 1.0.0
title: { vi: Thử nghiệm, en: A test }
owner: unit:office
responsible: { role: chief }
securityLevel: 1
classification: normal
decisions: { post: { importance: ordinary } }
context: { type: object, properties: { post: { type: string, maxLength: 9, decision: post } } }
start: { allow: { role: officer } }
initial: drafting
`;
const text = `${head}states:
  drafting: { on: { go: { allow: { role: officer }, target: asking }, both: { allow: { role: officer }, target: parts } } }
  asking:
    propose: { decision: post, agent: { role: drafter }, output: { type: object }, timeout: PT1M }
    onDone: deciding
    onError: drafting
  deciding:
    gate: { binds: post, meaning: approve, reviewers: { role: leader } }
    on: { approved: filed, rejected: closed }
  parts:
    type: parallel
    onDone: filed
    states:
      left: { initial: one, states: { one: { on: { next: { allow: { role: officer }, target: two } } }, two: { type: final } } }
      right: { initial: open, states: { open: { on: { end: { allow: { role: officer }, target: ended } } }, ended: { type: final } } }
  passing: { always: filed }
  filed: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;
const changed = (...changes: readonly (readonly [string, string])[]) =>
  changes.reduce((made, [part, other]) => {
    if (!made.includes(part)) throw new Error(`There is no ${part}.`);
    return made.replaceAll(part, other);
  }, text);

function suggest(after: string, before = text): SuggestedMap & { readonly kind: 'suggested' } {
  const suggested = suggestStateMap({ source: before, file: 'a.yaml' }, { source: after, file: 'b.yaml' });
  if (suggested.kind === 'refused') throw new Error(JSON.stringify(suggested.findings));
  return suggested;
}
const mapOf = (after: string) =>
  Object.fromEntries(suggest(after).states.map(({ state, goesTo }) => [state, goesTo]));

test('where every state keeps its name there is nothing to say', () => {
  expect(suggest(text)).toEqual({ kind: 'suggested', states: [], newParts: [] });
  expect(suggest(personnel.replace('more-than-half', 'two-thirds'), personnel).states).toEqual([]);
});

test('a renamed state is found again, and what is inside it goes with it', () => {
  expect(mapOf(changed(['drafting', 'writing']))).toEqual({ drafting: 'writing' });
  expect(mapOf(changed(['parts', 'pieces']))).toEqual({ parts: 'pieces' });
  expect(mapOf(changed(['right:', 'east:'], ['open', 'unlocked']))).toEqual({
    'parts.right': 'parts.east',
    'parts.right.open': 'parts.east.unlocked',
  });
});

test('the only gate on the same kind of decision takes the place of one that is gone', () => {
  const after = changed(
    ['deciding', 'committee'],
    ['meaning: approve, reviewers: { role: leader }', 'meaning: approve, reviewers: { role: member }'],
  );
  expect(mapOf(after)).toEqual({ deciding: 'committee' });
});

test('what is gone without a likeness is left blank, with what it might be', () => {
  const after = changed(
    [
      'drafting: { on: { go: { allow: { role: officer }, target: asking }, both',
      'beginning: { on: { start: { allow: { role: officer }, target: asking }, both',
    ],
    ['initial: drafting', 'initial: beginning'],
    ['onError: drafting', 'onError: beginning'],
  );
  const { states } = suggest(after);
  expect(states).toEqual([
    { state: 'drafting', goesTo: null, why: expect.stringContaining('Perhaps "beginning"') },
  ]);
});

test('a state of the same name that became something else is left blank', () => {
  const after = changed([
    'passing: { always: filed }',
    'passing: { always: filed }\n  other: { on: { go: { allow: { role: officer }, target: filed } } }',
  ]).replace(
    '{ on: { go: { allow: { role: officer }, target: asking }, both: { allow: { role: officer }, target: parts } } }',
    '{ gate: { meaning: consider, reviewers: { role: leader } }, on: { approved: asking, rejected: parts } }',
  );
  expect(suggest(after).states).toEqual([
    {
      state: 'drafting',
      goesTo: null,
      why: 'It was an ordinary state, and "drafting" is a gate: say whether cases go there.',
    },
  ]);
});

test('a new part of a parallel state is named: who is in the state needs a place in it', () => {
  const after = changed([
    '      right: {',
    '      middle: { initial: m, states: { m: { on: { x: { allow: { role: officer }, target: n } } }, n: { type: final } } }\n      right: {',
  ]);
  expect(suggest(after)).toEqual({ kind: 'suggested', states: [], newParts: ['parts.middle'] });
});

test('what is written is read again, hashes and blanks and names that YAML takes for something else', () => {
  const hashes = { from: '1'.repeat(64), to: `${'2'.repeat(60)}e777` };
  const suggested = {
    kind: 'suggested' as const,
    states: [
      { state: 'a.b', goesTo: 'c', why: 'Because.' },
      { state: 'null', goesTo: 'true', why: 'Because.' },
      { state: 'gone', goesTo: null, why: 'It is gone.' },
    ],
    newParts: ['p.q'],
  };
  const written = writeStateMap(suggested, hashes);
  expect(readStateMap(written, 'map.yaml')).toEqual({
    kind: 'read',
    content: { ...hashes, states: { 'a.b': 'c', null: 'true', gone: null } },
  });
  expect(readStateMap(writeStateMap({ ...suggested, states: [] }, hashes), 'map.yaml')).toEqual({
    kind: 'read',
    content: { ...hashes, states: {} },
  });
});

test('what is no map, and what is no definition, is told with its place', () => {
  expect(readStateMap('states: { a: 1 }', 'map.yaml')).toMatchObject({
    kind: 'refused',
    findings: [{ file: 'map.yaml', line: 1 }],
  });
  expect(readStateMap('- a', 'map.yaml')).toMatchObject({ kind: 'refused' });
  const refused = suggestStateMap({ source: 'a: 1', file: 'a.yaml' }, { source: text, file: 'b.yaml' });
  expect(refused).toMatchObject({ kind: 'refused' });
});
