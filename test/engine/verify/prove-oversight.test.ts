import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences, smallDefinition } from './support/small-definition.ts';

const decisions = `decisions:
  choice: {}
  other: { importance: ordinary }
`;
const context = `context:
  type: object
  properties:
    note: { type: string }
    flag: { type: boolean }
    choice: { type: object, decision: choice }
    summary: { type: string, decision: choice }
    other: { type: object, decision: other }
`;
const good = smallDefinition({
  decisions,
  context,
  body: `initial: asking
on:
  withdraw: { target: .withdrawn, allow: { initiator: true } }
states:
  asking:
    propose:
      decision: choice
      agent: { role: agent }
      output: { type: object, required: [summary], properties: { summary: { type: string } } }
      timeout: PT10M
    onDone: considering
    onError: by-hand
  considering:
    gate: { binds: choice, meaning: consider, reviewers: { role: officer } }
    on:
      approved: appraising
      returned: asking-again
      rejected: closed
    after: { P3D: appraising-late }
  appraising:
    gate: { binds: choice, meaning: appraise, reviewers: { role: officer } }
    on: { approved: approving, rejected: closed }
  appraising-late:
    gate: { binds: choice, meaning: appraise, reviewers: { role: chief } }
    on: { approved: asking-again, rejected: closed }
  asking-again:
    propose:
      decision: choice
      agent: { role: agent }
      output: { type: object, required: [summary], properties: { summary: { type: string } } }
      timeout: PT10M
    onDone: considering
    onError: closed
  approving:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: acting, assign: { choice: proposal.choice, summary: proposal.choice.summary } }
      returned: considering
      rejected: closed
  acting:
    on: { finish: { target: done, allow: { role: clerk } } }
  by-hand:
    on: { finish: { target: done, allow: { role: clerk } } }
  done: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
  withdrawn: { type: final, output: { result: "'withdrawn'" } }
`,
});

/** The definition with one piece of text exchanged for another; the piece must be there. */
function changed(from: string | RegExp, to: string, source = good): string {
  const result = source.replace(from, to);
  if (result === source) throw new Error(`Nothing matches ${from}.`);
  return result;
}

function expectRefused(source: string, ...parts: readonly (string | RegExp)[]): void {
  const { process, certificate, findings } = lintDefinition(source, 'small.yaml');
  const refusals = findings.filter(({ code }) => code === 'oversight-not-proven');
  expect(refusals, sentences(findings)).not.toHaveLength(0);
  expect(process).toBeNull();
  expect(certificate).toBeNull();
  for (const part of parts) expect(sentences(refusals)).toMatch(part);
}

function expectProven(source: string): void {
  const { process, findings } = lintDefinition(source, 'small.yaml');
  expect(process, sentences(findings)).not.toBeNull();
}

test('P2: where more is undecided in more places than can be followed, nothing is proven', () => {
  const kinds = Array.from({ length: 120 }, (_, index) => index);
  const { findings, certificate } = lintDefinition(
    smallDefinition({
      decisions: `decisions: { ${kinds.map((kind) => `k${kind}: { importance: ordinary }`).join(', ')} }`,
      context: 'context: { type: object, properties: { note: { type: string } } }',
      body: `initial: ask0
states:
${kinds.map((kind) => `  ask${kind}: { propose: { decision: k${kind}, agent: { role: a }, timeout: PT1M, output: { type: object, properties: {} } }, onDone: ${kind === kinds.length - 1 ? 's0' : `ask${kind + 1}`}, onError: end }`).join('\n')}
${Array.from({ length: 1500 }, (_, state) => `  s${state}: { on: { ${['go', 'on', 'by'].map((event) => `${event}: { target: s${(state + 1) % 1500}, allow: { role: clerk } }`).join(', ')} } }`).join('\n')}
  end: { type: final, output: { result: "'rejected'" } }
`,
    }),
    'large.yaml',
  );
  expect(certificate).toBeNull();
  expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { code: 'oversight-not-proven', message: expect.stringContaining('Too many kinds of decision') },
  ]);
});

describe('P2: the oversight proof', () => {
  test('P2: a process whose proposals pass all three acts is proven', () => {
    expectProven(good);
  });

  test('P2: onDone past the gates is refused, with the way there', () => {
    expectRefused(changed('onDone: considering', 'onDone: acting'), 'asking -onDone-> acting -finish-> done');
  });

  test('P2: the finding stands at the edge that ends in success', () => {
    const source = changed('onDone: considering', 'onDone: acting');
    const { findings } = lintDefinition(source, 'small.yaml');
    const lines = source.split('\n');
    const line =
      lines.findIndex((text, index) => text.includes('finish:') && lines[index - 1]?.includes('acting:')) + 1;
    expect(findings).toContainEqual(expect.objectContaining({ code: 'oversight-not-proven', line }));
  });

  for (const outcome of ['rejected', 'returned']) {
    test(`P2: "${outcome}" to where approval leads is refused`, () => {
      const source = changed(
        new RegExp(`(approving:\\n    gate:.*\\n    on:\\n[^]*?)${outcome}: \\w+`),
        `$1${outcome}: acting`,
      );
      expectRefused(source, `-${outcome}-> acting`);
    });
  }

  test('P4: a timeout to where approval leads is refused', () => {
    expectRefused(
      changed('after: { P3D: appraising-late }', 'after: { P3D: acting }'),
      '-after P3D-> acting',
    );
  });

  test('P2: an agent that fails while an earlier proposal is still undecided does not put that one aside', () => {
    expectRefused(
      changed('onError: closed', 'onError: by-hand'),
      'asking-again -onError-> by-hand -finish-> done',
    );
  });

  for (const act of ['consider', 'appraise']) {
    test(`P2: an important decision without the act "${act}" is refused`, () => {
      const source =
        act === 'consider'
          ? changed(/onDone: considering/g, 'onDone: appraising')
          : changed('approved: appraising\n', 'approved: approving\n');
      expectRefused(source, '"choice" is assigned', '-approved-> acting');
    });
  }

  test('P2: an ordinary decision needs only its approval', () => {
    const source = changed('choice: {}', 'choice: { importance: ordinary }');
    expectProven(changed(/onDone: considering/g, 'onDone: approving', source));
  });

  test('P2: a personnel decision needs a collective vote, whatever its importance says', () => {
    const personnel = changed('choice: {}', 'choice: { importance: ordinary, personnel: true }');
    expectRefused(personnel, '"choice" is assigned');
    const vote = 'reviewers: { role: leader }, quorum: { approve: more-than-half, of: members }';
    const voted = changed('reviewers: { role: leader }', vote, personnel);
    expectProven(voted);
    expectRefused(
      changed('quorum: { approve: more-than-half, of: members }', 'quorum: { approve: 3 }', voted),
    );
    expectRefused(changed(/onDone: considering/g, 'onDone: approving', voted));
  });

  test('P2: a gate that does not bind the kind clears nothing', () => {
    expectRefused(changed('gate: { binds: choice, meaning: approve', 'gate: { meaning: approve'));
    expectRefused(
      changed('gate: { binds: choice, meaning: approve', 'gate: { binds: other, meaning: approve'),
    );
  });

  test('P2: a new proposal starts again with no acts', () => {
    // What "appraising-late" appraised was the proposal before: the one asked for after it has no acts yet.
    const source = changed(
      'onDone: considering\n    onError: closed',
      'onDone: approving\n    onError: closed',
    );
    expectRefused(source, 'asking-again -onDone-> approving -approved-> acting');
  });

  test('P2: acts recorded on one proposal do not count for the next', () => {
    const edits: readonly (readonly [string, string])[] = [
      ['approved: asking-again, rejected: closed', 'approved: considering, rejected: closed'],
      ['returned: asking-again\n', 'returned: closed\n'],
      ['returned: considering', 'returned: asking-again'],
      ['onDone: considering\n    onError: closed', 'onDone: approving\n    onError: closed'],
    ];
    const source = edits.reduce((text, [from, to]) => changed(from, to, text), good);
    expectRefused(source, '-returned-> asking-again -onDone-> approving -approved-> acting');
    expectProven(edits.slice(0, 3).reduce((text, [from, to]) => changed(from, to, text), good));
  });

  test('P2: a proposal that no candidate of onDone takes is live all the same', () => {
    const guarded = changed(
      'onDone: considering\n    onError: by-hand',
      'onDone: { target: considering, guard: has(context.flag) }\n    on: { skip: { target: acting, allow: { role: clerk } } }\n    onError: by-hand',
    );
    expectRefused(guarded, 'asking -proposal-> asking -skip-> acting -finish-> done');
    expectProven(changed('guard: has(context.flag)', 'reenter: true', guarded));
  });

  test('P2: a proposal may not be read while it is undecided: assign, guard, output, entry, another agent', () => {
    const read = 'proposal.choice.summary';
    expectRefused(
      changed('approved: appraising', `approved: { target: appraising, assign: { note: ${read} } }`),
      'reads proposal.choice',
    );
    expectRefused(
      changed(
        'approved: appraising',
        `approved: [{ target: appraising, guard: "${read} == 'x'" }, { target: appraising }]`,
      ),
      'a guard reads',
    );
    expectRefused(
      changed('output: { result: "\'rejected\'" }', `output: { result: "'rejected'", why: ${read} }`),
      'an output reads',
    );
    expectRefused(
      changed('  appraising:\n', `  appraising:\n    entry: { assign: { note: ${read} } }\n`),
      'the value for "note"',
    );
    expectRefused(
      changed('  considering:\n', `  considering:\n    exit: { assign: { note: ${read} } }\n`),
      'the value for "note"',
    );
    expectRefused(
      changed('  appraising:\n', `  appraising:\n    entry: { assign: { flag: "has(proposal.choice)" } }\n`),
      'reads',
    );
  });

  test('P2: the same agent may be shown the proposal it is asked to better, another may not', () => {
    const withInput = (kind: string) =>
      `decision: ${kind}\n      input: { earlier: proposal.choice.summary }\n      agent: { role: agent }`;
    expectProven(changed('decision: choice\n      agent: { role: agent }', withInput('choice')));
    const second = `second:
    propose:
      ${withInput('other')}
      output: { type: object, properties: { x: { type: string } } }
      timeout: PT1M
    onDone: closed
    onError: closed
  acting:`;
    const source = changed('acting:', second);
    expectRefused(
      changed('approved: appraising\n', 'approved: second\n', source),
      "an agent's input reads proposal.choice",
    );
  });

  test('P2: a field of a decision takes the proposal or one member of it, and nothing made from it', () => {
    expectRefused(
      changed('summary: proposal.choice.summary', `summary: "proposal.choice.summary + '!'"`),
      'takes only what was approved',
    );
    expectRefused(
      changed('summary: proposal.choice.summary', `summary: "'mine'"`),
      'takes only what was approved',
    );
    expectRefused(
      changed('summary: proposal.choice.summary', 'summary: "has(context.note) ? context.note : \'\'"'),
      'takes only what was approved',
    );
  });

  test('P2: a field of a decision may be written later, once the kind is approved, but not after a new proposal', () => {
    const later = changed('  acting:\n', '  acting:\n    entry: { assign: { choice: proposal.choice } }\n');
    expectProven(later);
    expectRefused(changed('by-hand:\n', 'by-hand:\n    entry: { assign: { summary: "\'by hand\'" } }\n'));
    const again = changed(
      '    on: { finish: { target: done, allow: { role: clerk } } }\n  by-hand',
      '    on: { again: { target: asking-again, allow: { role: clerk } }, finish: { target: done, allow: { role: clerk } } }\n  by-hand',
      later,
    );
    expectProven(again);
    expectRefused(changed('onDone: considering', 'onDone: acting', again), '"choice" is assigned');
  });

  test('P2: a final state ends in success unless its output says otherwise', () => {
    expectRefused(
      changed('closed: { type: final, output: { result: "\'rejected\'" } }', 'closed: { type: final }'),
      'ends in success',
    );
    expectRefused(changed('result: "\'withdrawn\'"', 'result: "\'issued\'"'), '-withdraw-> withdrawn');
    expectRefused(changed('result: "\'rejected\'"', "result: \"'rejec' + 'ted'\""), 'ends in success');
  });

  test('P2: an always, a wildcard and an inherited transition are ways too', () => {
    expectRefused(
      changed(
        '  appraising:\n',
        '  appraising:\n    always: { target: acting, guard: "has(context.flag)" }\n',
      ),
      '-always-> acting',
    );
    expectRefused(
      changed('on:\n  withdraw:', 'on:\n  "*": { target: .acting, allow: { role: clerk } }\n  withdraw:'),
      /-\*-> acting/,
    );
    expectRefused(
      changed('on:\n  withdraw:', 'on:\n  skip: { target: .acting, allow: { role: chief } }\n  withdraw:'),
      '-skip-> acting',
    );
  });

  test('P2: an event forbidden in every state where a proposal is live is no way', () => {
    const skip = changed(
      'on:\n  withdraw:',
      'on:\n  skip: { target: .acting, allow: { role: chief } }\n  withdraw:',
    );
    const forbidden = [
      'considering',
      'appraising',
      'appraising-late',
      'approving',
      'asking',
      'asking-again',
    ].reduce(
      (source, state) =>
        source.replace(new RegExp(`(\n  ${state}:\n[^]*?)\n    (on:( \\{)?|onDone)`), (_all, before, key) =>
          key === 'onDone'
            ? `${before}\n    on: { skip: null }\n    onDone`
            : key === 'on:'
              ? `${before}\n    on:\n      skip: null`
              : `${before}\n    on: { skip: null,`,
        ),
      skip,
    );
    expectProven(forbidden);
  });

  test('P2: a live proposal in one region is live in all, and history may restore any child', () => {
    const regions = (other: string) =>
      smallDefinition({
        decisions: 'decisions: { choice: { importance: ordinary } }',
        context:
          'context: { type: object, properties: { note: { type: string }, choice: { type: object, decision: choice } } }',
        body: `initial: both
states:
  both:
    type: parallel
    onDone: done
    states:
      a:
        initial: asking
        states:
          asking:
            propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, required: [x], properties: { x: { type: string } } } }
            onDone: approving
            onError: idle
          approving:
            gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
            on: { approved: { target: idle, assign: { choice: proposal.choice } }, rejected: "#over" }
          idle: { type: final }
      b:
        initial: waiting
        states:
          waiting: { on: { go: { target: ready, allow: { role: clerk } } } }
          ready: { ${other} }
  done: { type: final }
  over: { id: over, type: final, output: { result: "'rejected'" } }
`,
      });
    expectProven(regions('type: final'));
    expectRefused(
      regions(
        'entry: { assign: { note: proposal.choice.x } }, on: { go: { target: waiting, allow: { role: clerk } } }',
      ),
      'both.b.waiting -go->',
    );
    expectRefused(
      regions('on: { skip: { target: "#small.done", allow: { role: clerk } } }'),
      'ends in success',
    );
  });

  test('P2: what history may restore counts, for shallow and for deep', () => {
    const withHistory = (history: string) =>
      changed(
        'acting:\n',
        `work:
    initial: one
    states:
      one: { on: { stop: { target: "#small.acting", allow: { role: clerk } } } }
      two: { entry: { assign: { choice: proposal.choice } }, on: { stop: { target: "#small.acting", allow: { role: clerk } } } }
      back: { type: history, history: ${history} }
  acting:\n`,
        changed('returned: asking-again', 'returned: work.back'),
      );
    expectRefused(withHistory('shallow'), 'work.two');
    expectRefused(withHistory('deep'), 'work.two');
  });

  test('P2: too many combinations to look at are not proven, and there is an answer', () => {
    const region = (name: string) =>
      `      ${name}:\n        initial: s0\n        states:\n${Array.from({ length: 12 }, (_, index) => `          s${index}: { on: { go: { target: s${(index + 1) % 12}, allow: { role: clerk } } } }\n`).join('')}`;
    const source = smallDefinition({
      decisions: 'decisions: { choice: {} }',
      body: `initial: wide\nstates:\n  wide:\n    type: parallel\n    states:\n${['a', 'b', 'c', 'd', 'e'].map(region).join('')}`,
    });
    expectRefused(source, 'too many combinations');
  });
});
