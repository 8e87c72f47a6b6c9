/** A small process with everything a step may meet, and a walk through it for tests. */
import type { CompiledProcess } from '../../../../engine/definition/compiled-process.ts';
import { nextStep, type Standing } from '../../../../engine/step/next-step.ts';
import type { Refusal, Step } from '../../../../engine/step/step.ts';
import type { Stimulus } from '../../../../engine/step/stimulus.ts';
import { lintDefinition } from '../../../../engine/verify/lint-definition.ts';

const head = `
version: 1.0.0
title: { vi: Thử nghiệm, en: A test }
owner: unit:office
responsible: { role: chief }
securityLevel: 1
classification: normal
`;

/** Compiles the rest of a definition: what is left out is the same in every test. */
export function compile(rest: string): CompiledProcess {
  const { process, findings } = lintDefinition(`id: test${head}${rest}`, 'test.yaml');
  if (process === null)
    throw new Error(findings.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return process;
}

export const officeProcess = compile(`
decisions:
  summary: { importance: ordinary }
  post: { personnel: true }
context:
  type: object
  additionalProperties: false
  properties:
    text: { type: string, maxLength: 100 }
    about: { type: string, maxLength: 100 }
    remarks: { type: string, maxLength: 1000 }
    late: { type: boolean }
    cleared: { type: ['string', 'null'], maxLength: 10 }
    count: { type: integer }
    list: { type: array, items: { type: string, maxLength: 10 }, maxItems: 10 }
    summary: { type: string, maxLength: 200, decision: summary }
    post: { type: string, maxLength: 200, decision: post }
subject: "has(context.about) ? context.about : ''"
start: { allow: { role: officer } }
initial: drafting
states:
  drafting:
    on:
      edit:
        allow: { role: officer, unit: initiator.unit }
        input: &text { type: object, required: [text], properties: { text: { type: string, maxLength: 500 } } }
        assign: { text: event.text }
      clear: { allow: { role: officer }, assign: { cleared: null } }
      submit:
        - { allow: { role: chief }, target: checking }
        - { allow: { role: officer }, guard: has(context.text), target: proposing }
      check: { allow: { role: officer }, target: checking }
      appoint: { allow: { role: officer }, target: nominating }
      locked: null
      stay: { allow: { role: officer } }
      fail: { allow: { role: officer }, assign: { text: 'has(context.list) ? context.list[5] : [""][1]' } }
      fail-guard: { allow: { role: officer }, guard: '[true][1]', target: closed }
    after: { PT1M: { assign: { late: true } } }
  checking:
    gate:
      meaning: consider
      reviewers: { role: leader }
      quorum: { approve: 2 }
      exclude: [initiator]
    on:
      approved: issued
      returned: { target: drafting, assign: { remarks: gate.remarks } }
      rejected: closed
      edit: { allow: { role: officer }, input: *text, assign: { text: event.text } }
      touch: { allow: { role: officer } }
      again: { allow: { role: officer }, target: checking, reenter: true }
    after: { PT1S: { guard: has(context.late), target: closed } }
  proposing:
    propose:
      decision: summary
      agent: { role: drafter }
      input: { text: "has(context.text) ? context.text : ''" }
      timeout: PT5S
      output: &output
        type: object
        required: [summary]
        additionalProperties: false
        properties: { summary: { type: string, maxLength: 200 }, note: { type: string, maxLength: 200 } }
    onDone: approving
    onError: drafting
    on: { cancel: { allow: { role: officer }, target: drafting } }
  approving:
    gate: { binds: summary, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { assign: { summary: proposal.summary.summary }, target: issued }
      returned: closed
      rejected: closed
      touch: { allow: { role: officer }, input: *text, assign: { text: event.text } }
    after: { PT3S: { assign: { late: true } } }
  nominating:
    propose: { decision: post, agent: { role: drafter }, output: *output, timeout: PT5S }
    onDone: considering
    onError: closed
  considering:
    gate: { binds: post, meaning: consider, reviewers: { role: leader } }
    on: { approved: appraising, returned: nominating, rejected: closed }
  appraising:
    gate: { binds: post, meaning: appraise, reviewers: { role: leader } }
    on: { approved: voting, returned: considering, rejected: closed }
  voting:
    gate:
      binds: post
      meaning: approve
      reviewers: { role: leader }
      quorum: { approve: more-than-half, of: members }
    on:
      approved: { assign: { post: proposal.post.summary }, target: issued }
      rejected: closed
  issued: { type: final, output: { summary: "has(context.summary) ? context.summary : ''" } }
  closed: { type: final, output: { result: "'rejected'" } }
`);
export const instance = 'case-1';

export interface Walk {
  readonly standing: Standing;
  readonly steps: readonly Step[];
}

export type Move = Stimulus | ((at: Standing) => Stimulus);

/** Goes on only by steps: a refusal is an error of the test. */
export function walk(moves: readonly Move[], process: CompiledProcess = officeProcess): Walk {
  let standing: Standing | null = null;
  const steps: Step[] = [];
  for (const given of moves) {
    const stimulus: Stimulus = typeof given === 'function' ? given(stand(standing)) : given;
    const result: Step | Refusal = nextStep(process, instance, standing, stimulus);
    if (result.kind === 'refusal') throw new Error(`${result.code}: ${result.message}`);
    steps.push(result);
    standing = { seq: result.entry.seq, state: result.state };
  }
  return { standing: stand(standing), steps };
}

function stand(standing: Standing | null): Standing {
  if (standing === null) throw new Error('Nothing has started.');
  return standing;
}

/** The answer to one more stimulus. */
export function next(
  standing: Standing | null,
  stimulus: Stimulus,
  process: CompiledProcess = officeProcess,
): Step | Refusal {
  return nextStep(process, instance, standing, stimulus);
}

export function stepOf(result: Step | Refusal): Step {
  if (result.kind === 'refusal') throw new Error(`${result.code}: ${result.message}`);
  return result;
}

/** The refusal's code, or `step`. */
export function codeOf(result: Step | Refusal): string {
  return result.kind === 'refusal' ? result.code : 'step';
}
