import { expect, test } from 'vitest';
import {
  type ActorSnapshot,
  type Directory,
  nothingElse,
  type Principal,
} from '../../../engine/oversight/directory.ts';
import { explainAllow } from '../../../engine/oversight/explain-allow.ts';
import { mayRead } from '../../../engine/oversight/may-read.ts';
import { permits } from '../../../engine/oversight/permits.ts';
import { rosterOf } from '../../../engine/oversight/roster.ts';
import { snapshotOf } from '../../../engine/oversight/snapshot.ts';
import { rosterScope } from '../../../engine/step/scope.ts';
import type { Allow } from '../../../schemas/process-definition.ts';
import { compile, walk } from '../step/support/office.ts';
import { agent, engine, officer, person, service, start } from '../step/support/people.ts';

const rules: readonly Allow[] = [
  { role: 'leader' },
  { role: ['leader', 'deputy'] },
  { role: 'leader', unit: 'unit:office' },
  { unit: 'initiator.unit' },
  { position: 'secretary' },
  { principal: ['person:ann', 'person:bo'] },
  { initiator: true },
  { expression: "actor.person != initiator.person && actor.kind == 'person'" },
  [{ role: 'leader', position: 'head' }, { principal: 'service:mail' }],
];
const process = compile(`
context: { type: object, properties: { drafters: { type: array, items: { type: string, maxLength: 100 }, maxItems: 10 } } }
start: { allow: { role: officer } }
initial: here
states:
  here:
    on:
${rules.map((allow, index) => `      e${index}: { allow: ${JSON.stringify(allow)}, target: there }`).join('\n')}
  there:
    gate:
      meaning: approve
      reviewers:
        - { role: leader, expression: '!has(context.drafters) || !(actor.person in context.drafters)' }
        - { role: chief }
    on: { approved: end, rejected: no }
  end: { type: final }
  no: { type: final }
`);
const { state } = walk([start({})], process).standing;
const at = '2026-01-05T08:00:00.000Z';
const allowed = (rule: Allow | undefined, actor: ActorSnapshot) =>
  permits(rule, actor, rosterScope(state, actor, at), process);
const ann = { ...person('ann', 'leader'), positions: ['secretary'] };

test('P9: without a rule nobody is allowed, and an empty rule allows nobody', () => {
  expect(allowed(undefined, ann)).toBe(false);
  expect(allowed([], ann)).toBe(false);
  expect(allowed({} as Allow, ann)).toBe(false);
});

test('P9: Countersign itself matches no rule', () => {
  expect(allowed({ initiator: true }, { ...engine, person: officer.person, roles: ['leader'] })).toBe(false);
});

test('every condition of a selector must hold, and any value of a list is enough', () => {
  expect(allowed({ role: ['deputy', 'leader'] }, ann)).toBe(true);
  expect(allowed({ role: 'leader', position: 'secretary' }, ann)).toBe(true);
  expect(allowed({ role: 'leader', position: 'head' }, ann)).toBe(false);
  expect(allowed({ principal: ['person:bo', 'person:ann'] }, ann)).toBe(true);
});

test('any selector of several is enough', () => {
  const several: Allow = [{ role: 'leader', position: 'head' }, { principal: 'service:mail' }];
  expect(allowed(several, service)).toBe(true);
  expect(allowed(several, ann)).toBe(false);
});

test('a unit is a literal or an expression, and who has no unit is in none', () => {
  expect(allowed({ role: 'leader', unit: 'unit:office' }, ann)).toBe(true);
  expect(allowed({ role: 'leader', unit: 'unit:office' }, { ...ann, unit: 'unit:archive' })).toBe(false);
  expect(allowed({ unit: 'initiator.unit' }, ann)).toBe(true);
  const nowhere = { ...state, initiator: { ...state.initiator, unit: null } };
  const stray = { ...ann, unit: null };
  expect(permits({ unit: 'initiator.unit' }, stray, rosterScope(nowhere, stray, at), process)).toBe(false);
});

test('the initiator is the person who started, under whatever account', () => {
  expect(allowed({ initiator: true }, { ...officer, principal: 'person:officer-2' })).toBe(true);
  expect(allowed({ initiator: true }, ann)).toBe(false);
});

test('an expression decides only by a plain true', () => {
  const rule: Allow = { expression: "actor.person != initiator.person && actor.kind == 'person'" };
  expect(allowed(rule, ann)).toBe(true);
  expect(allowed(rule, officer)).toBe(false);
  expect(allowed(rule, service)).toBe(false);
});

const principals: Principal[] = [
  ...['bo', 'ann', 'cai'].map((name) => ({ ...toPrincipal(person(name, 'leader')) })),
  { ...toPrincipal(person('gone', 'leader')), active: false },
  { ...toPrincipal(person('ann-2', 'leader')), person: 'person:ann' },
  toPrincipal({ ...service, roles: ['leader'] }),
  toPrincipal({ ...agent, roles: ['leader'] }),
  toPrincipal(person('dan', 'chief')),
  toPrincipal(person('eve', 'clerk')),
];
const directory: Directory = {
  version: 1,
  principals: new Map(principals.map((one) => [one.id, one])),
  ...nothingElse,
  units: new Map(),
};

function toPrincipal({ principal, kind, person: of, unit, roles, positions }: ActorSnapshot): Principal {
  return {
    id: principal,
    kind: kind === 'engine' ? 'service' : kind,
    name: principal,
    person: of,
    unit,
    roles,
    positions,
    active: true,
  };
}

test('P3: the roster holds active people, each once, sorted; no service and no agent', () => {
  expect(rosterOf(process, 'there', directory, rosterScope(state, ann, at))).toEqual([
    'person:ann',
    'person:bo',
    'person:cai',
    'person:dan',
  ]);
});

test('the roster asks each member for themselves, not for whoever asks', () => {
  const drafted = { ...state, context: { drafters: ['person:bo', 'person:dan'] } };
  expect(rosterOf(process, 'there', directory, rosterScope(drafted, ann, at))).toEqual([
    'person:ann',
    'person:cai',
    'person:dan',
  ]);
});

test('P9: an instance is read by its initiator, those responsible, who has a part in it, and auditors', () => {
  const reads = (actor: ActorSnapshot) => mayRead(process, actor, state);
  expect(reads(person('guest'))).toBe(false);
  expect(reads(person('guest', 'clerk'))).toBe(false);
  expect(reads({ ...person('officer'), roles: [] })).toBe(true);
  expect(reads(person('chief'))).toBe(true);
  expect(reads(person('x', 'deputy'))).toBe(true);
  expect(reads(person('x', 'chief'))).toBe(true);
  expect(reads({ ...person('x'), positions: ['secretary'] })).toBe(true);
  expect(reads({ ...service, roles: [] })).toBe(true);
  expect(reads(person('x', 'auditor'))).toBe(true);
});

test('P9: what a unit keeps to itself is not read by another, whatever roles they have there', () => {
  const inside = compile(`
context: { type: object, properties: {} }
start: { allow: { role: x } }
initial: here
states:
  here: { on: { go: { target: there, allow: { role: officer, unit: initiator.unit } } } }
  there: { on: { end: { target: end, allow: [{ role: clerk, unit: 'unit:records' }, { role: guest, initiator: true }] } } }
  end: { type: final }
`);
  const unitOf = (role: string, unit: string | null) => ({ ...person('x', role), unit });
  const reads = (actor: ActorSnapshot) => mayRead(inside, actor, state);
  expect(state.initiator.unit).toBe('unit:office');
  expect(reads(unitOf('officer', 'unit:office'))).toBe(true);
  expect(reads(unitOf('officer', 'unit:other'))).toBe(false);
  expect(reads(unitOf('officer', null))).toBe(false);
  expect(reads(unitOf('clerk', 'unit:records'))).toBe(true);
  expect(reads(unitOf('clerk', 'unit:office'))).toBe(false);
  // Whoever may only start one, or act in their own, has no part in those of others.
  expect(reads(unitOf('x', 'unit:office'))).toBe(false);
  expect(reads(unitOf('guest', 'unit:office'))).toBe(false);
});

test.each([
  [undefined, 'nobody'],
  [{ role: 'leader' }, 'role leader'],
  [{ role: ['leader', 'deputy'], unit: 'initiator.unit' }, "role leader or deputy in the initiator's unit"],
  [{ unit: 'unit:office' }, 'anyone in unit:office'],
  [{ unit: 'context.unit', position: 'head' }, 'position head in the unit that context.unit gives'],
  [{ initiator: true }, 'whoever started the instance'],
  [[{ role: 'leader' }, { principal: 'person:ann' }], 'role leader, or person:ann'],
  [{ role: 'leader', expression: 'has(context.late)' }, 'role leader where has(context.late)'],
] as [Allow | undefined, string][])('a rule is put into words: %j', (allow, words) => {
  expect(explainAllow(allow)).toBe(words);
});

test('a principal of the directory is kept in the record without its name', () => {
  expect(snapshotOf(toPrincipal(ann), directory, at)).toEqual(ann);
});
