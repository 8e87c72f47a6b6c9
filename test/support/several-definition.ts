/** Several agents propose a wording side by side; members consider them and choose one, and a leader approves that. */
import { head } from './definitions.ts';

export const severalDefinition = (
  id = 'several',
  several = '{ atLeast: 1, atMost: 3 }',
  view = '',
) => `${head(id)}
decisions: { wording: { importance: ordinary, acts: [consider] } }
context:
  type: object
  required: [topic]
  additionalProperties: false
  properties:
    topic: { type: string, maxLength: 200 }
    wording: { type: string, maxLength: 2000, decision: wording }
initial: drafting
states:
  drafting:
    propose:
      decision: wording
      agent: { role: drafting-agent }
      input: { topic: context.topic }
      output:
        type: object
        required: [text]
        additionalProperties: false
        properties: { text: { type: string, maxLength: 2000 } }
      timeout: PT10M
      several: ${several}
    onDone: considering
    onError: stuck
  stuck:
    on:
      retry: { allow: { role: officer }, target: drafting }
      stop: { allow: { role: officer }, target: closed }
  considering:
    gate:
      binds: wording
      meaning: consider
      reviewers: { role: member }
      exclude: [initiator]
      quorum: { approve: 2 }
${view}    on:
      approved: approving
      returned: drafting
      rejected: closed
  approving:
    gate: { binds: wording, meaning: approve, reviewers: { role: leader }, exclude: [initiator] }
    on:
      approved: { target: issued, assign: { wording: proposal.wording.text } }
      returned: drafting
      rejected: closed
  issued: { type: final, output: { wording: "has(context.wording) ? context.wording : ''" } }
  closed: { type: final, output: { result: "'rejected'" } }
`;
