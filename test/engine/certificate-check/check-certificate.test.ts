import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../engine/certificate-check/check-certificate.ts';
import { copiesProposal, readsProposal } from '../../../engine/certificate-check/expression-text.ts';
import { endingsWithoutSuccess } from '../../../engine/oversight/endings-without-success.ts';
import type { AnalysisGraph } from '../../../engine/verify/analysis-graph.ts';
import { writeCertificate } from '../../../engine/verify/certificate.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { analyse } from '../verify/support/analyse.ts';
import { everyFact } from '../verify/support/every-fact.ts';
import { randomDefinition, randomWorkDefinition } from '../verify/support/random-definition.ts';
import { smallDefinition } from '../verify/support/small-definition.ts';

const shipped = new URL('../../../processes/', import.meta.url);
const sources = readdirSync(shipped)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .map((name) => readFileSync(new URL(name, shipped), 'utf8'));

interface Written {
  definition: string;
  rules: number;
  facts: { [states: string]: { [kind: string]: string[] } };
  waiting: { [states: string]: string[] };
}

/** Where the process goes on once a proposal of the kind is approved, and before it asks for another. */
function afterApproval({ edges }: AnalysisGraph, kind: string, { facts }: Written): readonly string[] {
  const undecided = (key: string) => facts[key]?.[kind] !== undefined;
  const cleared = [...edges.values()]
    .flat()
    .filter(
      ({ from, to, transition }) =>
        transition?.cause.kind === 'outcome' &&
        transition.cause.outcome === 'approved' &&
        undecided(from?.key ?? '') &&
        !undecided(to.key),
    );
  const after = new Set(cleared.map(({ to }) => to.key));
  for (const key of after)
    for (const { to } of edges.get(key) ?? []) if (!undecided(to.key)) after.add(to.key);
  return [...after].filter((key) => (edges.get(key) ?? []).some(({ to }) => !undecided(to.key)));
}

describe('the certificate of every shipped process', () => {
  for (const source of sources) {
    const { process, certificate } = lintDefinition(source, 'shipped.yaml');
    if (process === null || certificate === null) throw new Error('refused');
    const written = () => JSON.parse(certificate) as Written;
    const judge = (changed: Written) => checkCertificate(process, JSON.stringify(changed));

    test(`P2: proves ${process.definition.id}, and no longer when any one fact is taken from it`, () => {
      expect(checkCertificate(process, certificate)).toBeNull();
      for (const [states, byKind] of Object.entries(written().facts)) {
        const forgetful = written();
        delete forgetful.facts[states];
        expect(judge(forgetful), states).toContain(`forgets that "${states}" may be reached`);
        for (const [kind, statuses] of Object.entries(byKind)) {
          for (const status of statuses) {
            const changed = written();
            const left = statuses.filter((one) => one !== status);
            const facts = changed.facts[states] ?? {};
            if (left.length > 0) facts[kind] = left;
            else delete facts[kind];
            expect(judge(changed), `${kind} ${states} ${status}`).toContain('does not say');
          }
        }
      }
    });

    test(`P2: does not prove ${process.definition.id} once an undecided proposal is slipped past its last gate`, () => {
      const { graph } = analyse(source);
      for (const kind of process.decisions.keys()) {
        const states = afterApproval(graph, kind, written());
        expect(states.length).toBeGreaterThan(0);
        for (const key of states) {
          const changed = written();
          changed.facts[key] = { ...changed.facts[key], [kind]: ['live'] };
          expect(judge(changed), `${kind} ${key}`).not.toBeNull();
        }
      }
    });

    test(`P2: does not prove ${process.definition.id} under another hash, other rules, or for other kinds`, () => {
      expect(judge({ ...written(), definition: 'a'.repeat(64) })).toContain('another definition');
      expect(judge({ ...written(), rules: 1 })).toContain('other rules');
      expect(judge({ ...written(), facts: {} })).toContain('forgets');
      expect(judge({ ...written(), facts: { ...written().facts, more: {} } })).toContain('no states');
      const [first = ''] = Object.keys(written().facts);
      const other = { ...written().facts, [first]: { more: ['live'] } };
      expect(judge({ ...written(), facts: other })).toContain('no kind of decision');
      expect(judge({ ...written(), waiting: {} })).toContain('forgets');
      expect(judge({ ...written(), extra: 1 } as Written)).toContain('form');
      for (const text of ['', 'null', '[]', '{}', '{"facts":', certificate.slice(1)])
        expect(checkCertificate(process, text)).toContain('form');
    });
  }

  test('P2: of one process proves no other', () => {
    const results = sources.map((source) => lintDefinition(source, 'shipped.yaml'));
    for (const { process } of results) {
      for (const { process: other, certificate } of results) {
        if (process === null || certificate === null || other === process) continue;
        expect(checkCertificate(process, certificate)).toContain('another definition');
        const renamed = JSON.stringify({ ...JSON.parse(certificate), definition: process.hash });
        expect(checkCertificate(process, renamed)).not.toBeNull();
      }
    }
  });
});

describe.each([
  ['what runs', randomDefinition, 10],
  // Most of these are refused, for work goes on while a proposal is undecided.
  ['tasks, messages, document actions, overdue gates and operators', randomWorkDefinition, 3],
] as const)('the certificates of random definitions with %s', (_what, definitions, fewest) => {
  test('P2: hold when the proof holds, and fall with any fact, state or waiting announcement that is changed', () => {
    let proven = 0;
    let weakenings = 0;
    const written = (certificate: string) => JSON.parse(certificate) as Written;
    assertFixedAndNew(
      fc.property(definitions, fc.nat(), fc.nat(), (source, pick, other) => {
        const { graph, facts, process } = analyse(source);
        if (facts === null) return;
        proven += 1;
        const certificate = writeCertificate(process.hash, facts, graph);
        expect(checkCertificate(process, certificate), source).toBeNull();
        const chosen = (from: object, number: number) =>
          Object.keys(from)[number % Object.keys(from).length] ?? '';

        const undecided = Object.entries(written(certificate).facts).flatMap(([key, { choice: live }]) =>
          live === undefined ? [] : [key],
        );
        const states = undecided[pick % undecided.length] ?? '';

        const weakened = written(certificate);
        const choice = weakened.facts[states] ?? {};
        const statuses = choice.choice ?? [];
        statuses.splice(other % statuses.length, 1);
        if (statuses.length === 0) delete choice.choice;
        if (undecided.length > 0) {
          weakenings += 1;
          expect(checkCertificate(process, JSON.stringify(weakened))).toContain('does not say');
        }

        const missing = written(certificate);
        delete missing.facts[chosen(missing.facts, pick)];
        expect(checkCertificate(process, JSON.stringify(missing))).toContain('forgets');

        const forgetful = written(certificate);
        if (Object.keys(forgetful.waiting).length > 0) {
          delete forgetful.waiting[chosen(forgetful.waiting, pick)];
          expect(checkCertificate(process, JSON.stringify(forgetful))).toContain('forgets');
        }

        for (const status of ['decided', 'approved', 'absent', 'live:', 'live:approve+consider']) {
          const odd = written(certificate);
          const there = odd.facts[chosen(odd.facts, pick)] ?? {};
          there.choice = [...(there.choice ?? []), status];
          expect(checkCertificate(process, JSON.stringify(odd))).toContain('nothing that');
        }
      }),
      { numRuns: 200 },
    );
    expect(proven).toBeGreaterThan(10);
    expect(weakenings).toBeGreaterThan(fewest);
  });

  test('P2: no facts at all, not even all that are true, certify a definition that the proof refuses', () => {
    let refused = 0;
    assertFixedAndNew(
      fc.property(definitions, (source) => {
        const analysis = analyse(source);
        if (analysis.facts !== null || !analysis.graph.complete) return;
        refused += 1;
        const certificate = writeCertificate(analysis.process.hash, everyFact(analysis), analysis.graph);
        expect(checkCertificate(analysis.process, certificate), source).toMatch(/undecided|something else/);
      }),
      { numRuns: 80 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

test('a definition without decisions needs no facts', () => {
  const source = smallDefinition({
    body: 'initial: open\nstates:\n  open: { on: { go: { target: done, allow: { role: clerk } } } }\n  done: { type: final }\n',
  });
  const { process, certificate } = lintDefinition(source, 'small.yaml');
  if (process === null || certificate === null) throw new Error('refused');
  expect(checkCertificate(process, certificate)).toBeNull();
  expect(checkCertificate(process, certificate.replace(/"definition":"./, '"definition":"x'))).not.toBeNull();
});

test('P2: no certificate proves a definition in which a decision takes something else than was proposed', () => {
  const taking = (value: string) =>
    analyse(
      smallDefinition({
        decisions: 'decisions: { choice: { importance: ordinary } }',
        context: 'context: { type: object, properties: { choice: { type: string, decision: choice } } }',
        body: `initial: asking
states:
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, required: [a], properties: { a: { type: string } } } }
    onDone: deciding
    onError: ended
  deciding:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
    on: { approved: done, rejected: ended }
  done: { type: final, entry: { assign: { choice: ${JSON.stringify(value)} } } }
  ended: { type: final, output: { result: "'rejected'" } }
`,
      }),
    );
  for (const [value, verdict] of [
    ['proposal.choice.a', null],
    ["proposal.choice.a + '!'", 'takes something else'],
    ["'mine'", 'takes something else'],
  ] as const) {
    const analysis = taking(value);
    const certificate = writeCertificate(analysis.process.hash, everyFact(analysis), analysis.graph);
    const doubt = checkCertificate(analysis.process, certificate);
    if (verdict === null) expect(doubt, value).toBeNull();
    else expect(doubt, value).toContain(verdict);
    expect(analysis.facts !== null, value).toBe(verdict === null);
  }
});

test('P2: the checker knows the same endings without success as the rest', () => {
  for (const result of [...endingsWithoutSuccess, 'issued', 'ended', 'reject']) {
    const source = smallDefinition({
      decisions: 'decisions: { choice: { importance: ordinary } }',
      context: 'context: { type: object, properties: { choice: { type: object, decision: choice } } }',
      body: `initial: asking
states:
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: {} } }
    onDone: deciding
    onError: ended
  deciding:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
    on: { approved: { target: done, assign: { choice: proposal.choice } }, rejected: ended }
  done: { type: final }
  ended: { type: final, output: { result: "'${result}'" } }
`,
    });
    const analysis = analyse(source);
    const certificate = writeCertificate(analysis.process.hash, everyFact(analysis), analysis.graph);
    const accepted = checkCertificate(analysis.process, certificate) === null;
    expect(accepted, result).toBe(endingsWithoutSuccess.includes(result));
    expect(analysis.facts !== null, result).toBe(accepted);
  }
});

test('P2: what reads a proposal is seen in the text, and in doubt everything does', () => {
  const reads = ['proposal.k', 'has(proposal.k.x)', "'a' + proposal.k.x", 'proposal["k"].x', "proposal['k']"];
  const mayRead = ['proposal', 'proposal[context.x]', 'size(proposal)', "'''it's''' + proposal.k + '''x'''"];
  const doubtful = [
    "r'\\' + proposal.k + '\\'",
    "x // don't\n + proposal.k + 'x'",
    '"\\"" + proposal.k + "\\""',
  ];
  for (const text of [...reads, ...mayRead, ...doubtful]) expect(readsProposal(text, 'k'), text).toBe(true);
  const others = ['proposal.other', 'context.proposal.k', "'proposal.k'", '"our proposal"', 'proposals.k'];
  for (const text of [...others, 'proposal["other"].k', 'k'])
    expect(readsProposal(text, 'k'), text).toBe(false);
});

test('P2: a copy is the proposal, or one member of it, and nothing more', () => {
  const copies = ['proposal.k', ' proposal.k.x ', 'proposal["k"]', "proposal.k['a-b']", 'proposal.k[0]'];
  for (const text of copies) expect(copiesProposal(text, 'k'), text).toBe(true);
  const others = [
    'proposal.k.x.y',
    'proposal.k + proposal.k',
    'proposal.other',
    'proposal',
    "proposal.k.x + ''",
  ];
  for (const text of [...others, 'context.k', "'proposal.k'", 'proposal.k.x()', 'proposal[context.k]'])
    expect(copiesProposal(text, 'k'), text).toBe(false);
});
