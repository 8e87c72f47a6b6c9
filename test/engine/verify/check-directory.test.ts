import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompiledProcess, Scope } from '../../../engine/definition/compiled-process.ts';
import type { Principal } from '../../../engine/oversight/directory.ts';
import { nothingElse } from '../../../engine/oversight/directory.ts';
import { excludedPeople } from '../../../engine/oversight/excluded-people.ts';
import { permits } from '../../../engine/oversight/permits.ts';
import { tallyGate } from '../../../engine/oversight/quorum.ts';
import { rosterOf } from '../../../engine/oversight/roster.ts';
import { snapshotOf } from '../../../engine/oversight/snapshot.ts';
import { checkDirectory, type Members } from '../../../engine/verify/check-directory.ts';
import { compileSmall, smallDefinition, textAt } from './support/small-definition.ts';

function principal(id: string, more: Partial<Principal> = {}): Principal {
  const kind = id.startsWith('person:') ? 'person' : id.startsWith('service:') ? 'service' : 'agent';
  return { id, kind, name: id, person: id, unit: 'unit:a', roles: [], positions: [], active: true, ...more };
}

function directoryOf(...principals: readonly Principal[]): Members {
  const units = ['unit:a', 'unit:b', 'unit:office'].map((id) => ({
    id,
    parent: null,
    title: { vi: id, en: id },
  }));
  const chief = principal('person:chief', { roles: ['chief'] });
  return {
    principals: new Map([chief, ...principals].map((one) => [one.id, one])),
    units: new Map(units.map((unit) => [unit.id, unit])),
    bodies: new Map(),
  };
}

const clerk = principal('person:clerk', { roles: ['clerk'] });
const leaders = ['person:x', 'person:y', 'person:z'].map((id) => principal(id, { roles: ['leader'] }));

function parts(gate: string, start?: string, subject = '') {
  return {
    ...(start === undefined ? {} : { start: `start: { allow: ${start} }` }),
    context: `context:
  type: object
  required: [unit, person]
  properties: { unit: { type: string }, person: { type: string } }
`,
    body: `${subject}initial: open
states:
  open: { gate: { meaning: approve, ${gate} }, on: { approved: closed, rejected: refused } }
  closed: { type: final }
  refused: { type: final }
`,
  };
}

function found(directory: Members, gate: string, start?: string, subject?: string) {
  const source = smallDefinition(parts(gate, start, subject));
  return checkDirectory(source, 'small.yaml', directory).map((finding) => ({
    ...finding,
    at: textAt(source, finding),
  }));
}

const said = (findings: ReturnType<typeof found>) =>
  findings.map(
    ({ severity, code, message }) => `${severity} ${code}: ${message.replace(/ Give more.*/, '')}`,
  );

describe('a gate whose quorum no set of people can reach', () => {
  test('is an error at its quorum, and says how many there are', () => {
    const [finding] = found(
      directoryOf(clerk, ...leaders),
      'reviewers: { role: leader }, quorum: { approve: 4 }',
    );
    expect(finding).toMatchObject({ severity: 'error', code: 'gate-unsatisfiable' });
    expect(finding?.message).toContain('4 must approve, and only 3 of the directory can');
    expect(finding?.at).toMatch(/^quorum/);
    expect(
      found(directoryOf(clerk, ...leaders), 'reviewers: { role: leader }, quorum: { approve: 3 }'),
    ).toEqual([]);
  });

  test('P3: counts one person once, and nobody who is no longer active', () => {
    const twice = leaders.map((one) => ({ ...one, person: 'person:x' }));
    expect(
      found(directoryOf(clerk, ...twice), 'reviewers: { role: leader }, quorum: { approve: 2 }'),
    ).toHaveLength(1);
    const left = leaders.map((one, index) => ({ ...one, active: index === 0 }));
    expect(
      found(directoryOf(clerk, ...left), 'reviewers: { role: leader }, quorum: { approve: 2 }'),
    ).toHaveLength(1);
  });

  test('P3: whoever is excluded is a member without a vote', () => {
    const gate = 'reviewers: { role: leader }, exclude: [initiator], quorum: { approve: all, of: members }';
    expect(said(found(directoryOf(...leaders), gate, '{ role: leader }'))).toEqual([
      'error gate-unsatisfiable: This gate can never be approved: 3 must approve, and only 2 of the directory can.',
    ]);
    expect(found(directoryOf(clerk, ...leaders), gate)).toEqual([]);
  });

  test('is a warning where it depends on who starts the case', () => {
    const gate = 'reviewers: { role: leader }, exclude: [initiator]';
    const [one] = leaders;
    const alone = directoryOf(clerk, ...(one === undefined ? [] : [one]));
    expect(said(found(alone, gate, '[{ role: clerk }, { role: leader }]'))).toEqual([
      'warning gate-unsatisfiable: Where "person:x" starts the case, this gate cannot be approved: 1 must approve, and nobody of the directory can.',
    ]);
    const units = directoryOf(
      { ...clerk, unit: 'unit:b' },
      principal('person:clerk-a', { roles: ['clerk'] }),
      ...leaders,
    );
    expect(said(found(units, 'reviewers: { role: leader, unit: initiator.unit }'))).toEqual([
      'warning gate-unsatisfiable: Where "person:clerk" starts the case, this gate cannot be approved: 1 must approve, and nobody of the directory can.',
    ]);
  });

  test('P3: is a warning where it depends on whom the case is about', () => {
    const gate = 'reviewers: { role: leader }, quorum: { approve: all, of: members }';
    const directory = directoryOf(clerk, ...leaders);
    expect(said(found(directory, gate, undefined, 'subject: context.person\n'))).toEqual([
      'warning gate-unsatisfiable: Where the case is about "person:x", this gate cannot be approved: 3 must approve, and only 2 of the directory can.',
    ]);
    const own = found(directoryOf(...leaders), gate, '{ role: leader }', 'subject: initiator.person\n');
    expect(said(own)).toHaveLength(1);
    expect(own[0]?.severity).toBe('error');
  });

  test('is not told where the data of the case may make it satisfiable', () => {
    const directory = directoryOf(clerk, ...leaders);
    const gate = (rest: string) => `reviewers: { ${rest} }, quorum: { approve: 3 }`;
    expect(found(directory, gate('role: leader, unit: context.unit'))).toEqual([]);
    expect(found(directory, gate("role: leader, expression: 'actor.person != context.person'"))).toEqual([]);
    expect(found(directory, gate('role: chief, unit: context.unit'))).toHaveLength(1);
    expect(found(directory, gate("role: leader, expression: 'actor.person != initiator.person'"))).toEqual(
      [],
    );
    expect(
      found(directory, gate("role: leader, expression: 'actor.person == initiator.person'")),
    ).toHaveLength(1);
  });
});

test('names that nobody in the directory has are told wherever they stand, with the nearest that somebody has', () => {
  const directory = directoryOf(clerk, ...leaders.map((one) => ({ ...one, positions: ['head'] })));
  const gate =
    "reviewers: [{ role: leader }, { role: leder }, { position: [head, haed] }, { unit: 'unit:c', role: leader }]";
  const findings = found(directory, gate, "[{ role: clerk }, { principal: 'service:clerk' }]");
  expect(findings.map(({ code, severity, at }) => [code, severity, at.slice(0, 5)])).toEqual([
    ['unknown-principal', 'warning', "'serv"],
    ['unknown-role', 'warning', 'leder'],
    ['unknown-position', 'warning', 'haed]'],
    ['unknown-unit', 'warning', "'unit"],
  ]);
  expect(findings[1]?.message).toContain('Did you mean "leader"?');
  const closed = smallDefinition({ body: 'initial: a\nstates: { a: { type: final } }' });
  expect(checkDirectory(closed.replace('role: chief', 'role: cheif'), 's', directory)).toHaveLength(1);
});

test('a definition with errors is not held against anybody', () => {
  const broken = smallDefinition({ body: 'initial: b\nstates: { a: { type: final } }' });
  expect(checkDirectory(broken, 'small.yaml', directoryOf())).toEqual([]);
  expect(checkDirectory('{{{', 'small.yaml', directoryOf())).toEqual([]);
});

test('P3: agrees with the engine, for every starter, on random directories and gates', () => {
  const unit = fc.constantFrom('unit:a', 'unit:b');
  const person = fc.record({
    unit,
    roles: fc.subarray(['clerk', 'leader']),
    positions: fc.subarray(['head']),
    active: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
    second: fc.boolean(),
  });
  const selector = fc.constantFrom(
    '{ role: leader }',
    '{ position: head }',
    '{ role: leader, unit: initiator.unit }',
    "{ role: leader, unit: 'unit:a' }",
    '[{ role: leader, position: head }, { initiator: true }]',
    "{ expression: 'actor.unit != initiator.unit' }",
    "{ role: clerk, expression: 'actor.person != initiator.person' }",
  );
  const quorum = fc.constantFrom('1', '2', '3', 'more-than-half', 'two-thirds', 'all');
  const counts = { error: 0, warning: 0, none: 0 };
  fc.assert(
    fc.property(
      fc.array(person, { minLength: 1, maxLength: 6 }),
      selector,
      quorum,
      fc.boolean(),
      fc.boolean(),
      (people, reviewers, approve, exclude, about) => {
        const members = people.map(({ second, ...one }, index) =>
          principal(`person:p${index}`, { ...one, ...(second && index > 0 ? { person: 'person:p0' } : {}) }),
        );
        const directory = directoryOf(...members);
        const of = /\d/.test(approve) ? '' : ', of: members';
        const gate = `reviewers: ${reviewers}${exclude ? ', exclude: [initiator]' : ''}, quorum: { approve: ${approve}${of} }`;
        const given = parts(gate, undefined, about ? 'subject: initiator.person\n' : '');
        const process = compileSmall(given);
        const outcomes = startersOf(process, directory).map((starter) =>
          isApproved(process, directory, starter),
        );
        const expected = outcomes.every(Boolean) ? 'none' : outcomes.some(Boolean) ? 'warning' : 'error';
        counts[expected] += 1;
        const findings = checkDirectory(smallDefinition(given), 'small.yaml', directory);
        const severities = findings.flatMap(({ code, severity }) =>
          code === 'gate-unsatisfiable' ? [severity] : [],
        );
        expect(severities).toEqual(expected === 'none' ? [] : [expected]);
      },
    ),
    { numRuns: 400, seed: 7 },
  );
  expect(Math.min(counts.error, counts.warning, counts.none)).toBeGreaterThan(12);
});

const anyTime = '2026-01-01T00:00:00.000Z';

function startersOf(process: CompiledProcess, members: Members): readonly Principal[] {
  return [...members.principals.values()].filter(
    (one) =>
      one.active &&
      permits(process.definition.start.allow, snapshotOf(one, members, anyTime), scopeOf(one), process),
  );
}

/** Whether the gate comes to an approval when all who may decide approve: by the rules that run. */
function isApproved(process: CompiledProcess, members: Members, starter: Principal): boolean {
  const gate = process.gates.get('open');
  if (gate === undefined) throw new Error('There is no gate.');
  const scope = scopeOf(starter);
  const roster = rosterOf(process, 'open', { ...nothingElse, version: 1, ...members }, scope);
  const behind = Object.fromEntries([...members.principals.values()].map(({ id, person }) => [id, person]));
  const initiator = { principal: starter.id, person: starter.person, unit: starter.unit };
  const excluded = new Set(excludedPeople(process, gate, { initiator, proposals: {} }, scope, behind).keys());
  const votes = roster.map((person) => ({ person, verdict: 'approve' as const }));
  const handles = new Set(['approved', 'rejected'] as const);
  const electorate = { roster, excluded, handles, ofAllMembers: false };
  return tallyGate(gate.gate, votes, electorate).outcome === 'approved';
}

function scopeOf({ id, person, unit }: Principal): Scope {
  return {
    context: {},
    event: {},
    initiator: { principal: id, person, unit },
    actor: {},
    now: '2026-01-01T00:00:00.000Z',
    gate: {},
    proposal: {},
  };
}
