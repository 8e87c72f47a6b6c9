/**
 * Writes process definitions of any size, to see how lint and its proof grow. Blocks of five states
 * follow one another: an agent proposes, people consider, appraise and approve, an event applies the
 * rest; each block may also go back to its own beginning, so that there are cycles to follow. Where no
 * agent answers, another is asked: nothing gets past the gates.
 */
const statesPerBlock = 5;

/** A definition with as many states as asked, rounded to whole blocks, and one final state. */
export function generateDefinition(states: number): string {
  const blocks = Math.max(1, Math.round(states / statesPerBlock));
  const names = Array.from({ length: blocks }, (_, block) => String(block + 1));
  return [
    head(states),
    'decisions:',
    ...names.map((block) => `  choice-${block}: { importance: important }`),
    'context:',
    '  type: object',
    '  additionalProperties: false',
    '  required: [count]',
    '  properties:',
    '    count: { type: integer, minimum: 0 }',
    ...names.map(
      (block) => `    choice${block}: { type: string, maxLength: 200, decision: choice-${block} }`,
    ),
    'start: { allow: { role: officer }, input: { type: object, required: [count], properties: { count: { type: integer } } } }',
    'initial: proposing-1',
    'states:',
    ...names.map((block, index) => toBlock(block, names[index + 1])),
    '  ended: { type: final }',
    '',
  ].join('\n');
}

function head(states: number): string {
  return `id: generated-${states}
version: 1.0.0
title: { vi: Quy trình sinh tự động, en: Generated process }
owner: unit:office
responsible: { role: chief }
securityLevel: 1
classification: normal`;
}

function toBlock(block: string, following: string | undefined): string {
  const next = following === undefined ? 'ended' : `proposing-${following}`;
  const proposal = `proposal['choice-${block}'].choice${block}`;
  return `  proposing-${block}:
    propose:
      decision: choice-${block}
      agent: { role: drafting-agent }
      output: { type: object, additionalProperties: false, required: [choice${block}], properties: { choice${block}: { type: string } } }
      timeout: PT10M
    onDone: considering-${block}
    onError: { target: proposing-${block}, reenter: true }
  considering-${block}:
    gate: { binds: choice-${block}, meaning: consider, reviewers: { role: officer } }
    on:
      approved: { target: appraising-${block} }
      returned: { target: proposing-${block} }
      rejected: { target: proposing-${block} }
  appraising-${block}:
    gate: { binds: choice-${block}, meaning: appraise, reviewers: { role: appraiser } }
    on:
      approved: { target: approving-${block} }
      returned: { target: considering-${block} }
      rejected: { target: proposing-${block} }
  approving-${block}:
    gate: { binds: choice-${block}, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: applying-${block}, assign: { choice${block}: "${proposal}" } }
      returned: { target: considering-${block} }
      rejected: { target: proposing-${block} }
  applying-${block}:
    on:
      apply: { allow: { role: officer }, guard: context.count < 1000000, assign: { count: context.count + 1 }, target: ${next} }
      again: { allow: { role: officer }, target: proposing-${block} }`;
}
