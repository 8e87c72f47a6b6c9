import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../engine/certificate-check/check-certificate.ts';
import { copiesProposal, readsProposal } from '../../../engine/certificate-check/expression-text.ts';
import { endingsWithoutSuccess } from '../../../engine/oversight/endings-without-success.ts';
import { writeCertificate } from '../../../engine/verify/certificate.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { statusAfter } from '../../../engine/verify/proposal-status.ts';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { analyse } from '../verify/support/analyse.ts';
import { randomDefinition } from '../verify/support/random-definition.ts';
import { smallDefinition } from '../verify/support/small-definition.ts';

const shipped = new URL('../../../processes/', import.meta.url);
const sources = readdirSync(shipped)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .map((name) => readFileSync(new URL(name, shipped), 'utf8'));

interface Written {
  definition: string;
  rules: number;
  facts: { [kind: string]: { [states: string]: string[] } };
  waiting: { [states: string]: string[] };
}

/** Everything that reaches a proposal of "choice", found by plain iteration and whatever its effects. */
function everyFact({
  model,
  graph,
}: ReturnType<typeof analyse>): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const facts = new Map<string, number>([[graph.start.to.key, 1]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [key, edges] of graph.edges) {
      for (const edge of edges) {
        for (let status = 0; status < 10; status += 1) {
          if (((facts.get(key) ?? 0) & (1 << status)) === 0) continue;
          const next = 1 << statusAfter(status, 'choice', model.decisions.get('choice'), edge);
          const known = facts.get(edge.to.key) ?? 0;
          if ((known & next) !== 0) continue;
          facts.set(edge.to.key, known | next);
          changed = true;
        }
      }
    }
  }
  return new Map([['choice', facts]]);
}

describe('the certificate of every shipped process', () => {
  for (const source of sources) {
    const { process, certificate } = lintDefinition(source, 'shipped.yaml');
    if (process === null || certificate === null) throw new Error('refused');
    const written = () => JSON.parse(certificate) as Written;
    const judge = (changed: Written) => checkCertificate(process, JSON.stringify(changed));

    test(`P2: proves ${process.definition.id}, and no longer when any one fact is taken from it`, () => {
      expect(checkCertificate(process, certificate)).toBeNull();
      for (const [kind, byStates] of Object.entries(written().facts)) {
        for (const [states, statuses] of Object.entries(byStates)) {
          for (const status of statuses) {
            const changed = written();
            const left = statuses.filter((one) => one !== status);
            const facts = changed.facts[kind] ?? {};
            if (left.length > 0) facts[states] = left;
            else delete facts[states];
            expect(judge(changed), `${kind} ${states} ${status}`).not.toBeNull();
          }
        }
      }
    });

    test(`P2: does not prove ${process.definition.id} once an undecided proposal is slipped past its last gate`, () => {
      for (const [kind, byStates] of Object.entries(written().facts)) {
        for (const [states, statuses] of Object.entries(byStates)) {
          if (!statuses.every((status) => status === 'approved') || states === 'archived') continue;
          const changed = written();
          const facts = changed.facts[kind] ?? {};
          facts[states] = [...statuses, 'live'];
          expect(judge(changed), `${kind} ${states}`).not.toBeNull();
        }
      }
    });

    test(`P2: does not prove ${process.definition.id} under another hash, other rules, or for other kinds`, () => {
      expect(judge({ ...written(), definition: 'a'.repeat(64) })).toContain('another definition');
      expect(judge({ ...written(), rules: 1 })).toContain('other rules');
      expect(judge({ ...written(), facts: {} })).toContain('kinds of decision');
      expect(judge({ ...written(), facts: { ...written().facts, more: {} } })).toContain('kinds of decision');
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

describe('the certificates of random definitions', () => {
  test('P2: hold when the proof holds, and fall with any fact, state or waiting announcement that is changed', () => {
    let proven = 0;
    assertFixedAndNew(
      fc.property(randomDefinition, fc.nat(), fc.nat(), (source, pick, other) => {
        const { graph, facts, process } = analyse(source);
        if (facts === null) return;
        proven += 1;
        const certificate = writeCertificate(process.hash, facts, graph);
        expect(checkCertificate(process, certificate), source).toBeNull();
        const chosen = (from: object, number: number) =>
          Object.keys(from)[number % Object.keys(from).length] ?? '';

        const weakened = JSON.parse(certificate) as Written;
        const choice = weakened.facts.choice ?? {};
        const states = chosen(choice, pick);
        const statuses = choice[states] ?? [];
        statuses.splice(other % statuses.length, 1);
        if (statuses.length === 0) delete choice[states];
        expect(checkCertificate(process, JSON.stringify(weakened))).not.toBeNull();

        const missing = JSON.parse(certificate) as Written;
        delete missing.facts.choice?.[states];
        expect(checkCertificate(process, JSON.stringify(missing))).not.toBeNull();

        const forgetful = JSON.parse(certificate) as Written;
        if (Object.keys(forgetful.waiting).length > 0) {
          delete forgetful.waiting[chosen(forgetful.waiting, pick)];
          expect(checkCertificate(process, JSON.stringify(forgetful))).toContain('forgets');
        }

        const odd = JSON.parse(certificate) as Written;
        odd.facts.choice?.[states]?.push('decided');
        expect(checkCertificate(process, JSON.stringify(odd))).not.toBeNull();
      }),
      { numRuns: 80 },
    );
    expect(proven).toBeGreaterThan(10);
  });

  test('P2: no facts at all, not even all that are true, certify a definition that the proof refuses', () => {
    let refused = 0;
    assertFixedAndNew(
      fc.property(randomDefinition, (source) => {
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
