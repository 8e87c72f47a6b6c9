/** Small definitions for tests, each the least that shows what it is for. */

/** What every definition begins with; officers start it. */
export const head = (id: string) => `
id: ${id}
version: 1.0.0
title: { vi: Thử, en: Test }
owner: unit:office
responsible: { role: head }
securityLevel: 1
classification: normal
start: { allow: { role: officer } }
`;

/** A counter that steps as long as it is below its limit, and can be finished. */
export const counterDefinition = `${head('counter')}
context:
  type: object
  required: [limit]
  additionalProperties: false
  properties:
    limit: { type: integer, minimum: 0, maximum: 1000000 }
    count: { type: integer, minimum: 0, maximum: 1000000 }
index: [limit]
initial: counting
states:
  counting:
    on:
      step:
        allow: { role: officer }
        guard: 'has(context.count) ? context.count < context.limit : context.limit > 0'
        assign: { count: 'has(context.count) ? context.count + 1 : 1' }
        target: counting
      finish: { allow: { role: officer }, target: finished }
  finished: { type: final, output: { limit: context.limit } }
`;

/** An agent proposes a text; a leader approves it, and only then is it in the context. */
export const proposalDefinition = `${head('proposal')}
decisions: { wording: { importance: ordinary } }
context:
  type: object
  required: [topic]
  additionalProperties: false
  properties:
    topic: { type: string, maxLength: 200 }
    wording: { type: string, maxLength: 2000, decision: wording }
    remarks: { type: string, maxLength: 2000 }
index: [topic]
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
    onDone: approving
    onError: stuck
  stuck:
    on:
      retry: { allow: { role: officer }, target: drafting }
      stop: { allow: { role: officer }, target: closed }
  approving:
    gate:
      binds: wording
      meaning: approve
      reviewers: { role: leader }
      exclude: [initiator]
    on:
      approved: { target: issued, assign: { wording: proposal.wording.text } }
      returned: { target: drafting, assign: { remarks: gate.remarks } }
      rejected: closed
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;

/** Five members vote; more than half of all of them must approve. */
export const voteDefinition = `${head('vote')}
context:
  type: object
  required: [question]
  additionalProperties: false
  properties: { question: { type: string, maxLength: 200 } }
initial: voting
states:
  voting:
    gate:
      meaning: approve
      reviewers: { role: member }
      quorum: { approve: more-than-half, of: members }
    on:
      approved: carried
      rejected: lost
  carried: { type: final, output: { result: "'carried'" } }
  lost: { type: final, output: { result: "'lost'" } }
`;

/** The same vote in secret, with three days' time; an officer may put another question meanwhile. */
export const secretVoteDefinition = `${head('secret-vote')}
context:
  type: object
  required: [question]
  additionalProperties: false
  properties: { question: { type: string, maxLength: 200 }, remarks: { type: string, maxLength: 2000 } }
initial: voting
states:
  voting:
    gate:
      meaning: approve
      reviewers: { role: member }
      exclude: [initiator]
      quorum: { approve: more-than-half, of: members }
      ballot: secret
      due: P3D
    on:
      approved: { target: carried, assign: { remarks: gate.remarks } }
      rejected: { target: lost, assign: { remarks: gate.remarks } }
      returned: { target: asking, assign: { remarks: gate.remarks } }
      ask: { allow: { role: officer }, input: &input { type: object, required: [question], additionalProperties: false, properties: { question: { type: string, maxLength: 200 } } }, assign: { question: event.question } }
  asking:
    on:
      ask: { allow: { role: officer }, input: *input, target: voting, assign: { question: event.question } }
  carried: { type: final, output: { result: "'carried'" } }
  lost: { type: final, output: { result: "'rejected'" } }
`;

/** An appointment that an agent drafts, a leader considers, the head appraises, and the members vote on in secret. */
export const secretAppointmentDefinition = `${head('secret-appointment')}
decisions: { appointment: { importance: important, personnel: true } }
subject: context.candidate
context:
  type: object
  required: [candidate]
  additionalProperties: false
  properties:
    candidate: { type: string, maxLength: 100 }
    remarks: { type: string, maxLength: 2000 }
    appointment: { type: object, decision: appointment }
initial: drafting
states:
  drafting:
    propose:
      decision: appointment
      agent: { role: drafting-agent }
      output: { type: object, required: [text], additionalProperties: false, properties: { text: { type: string, maxLength: 2000 } } }
      timeout: PT10M
    onDone: considering
    onError: closed
  considering:
    gate: { binds: appointment, meaning: consider, reviewers: { role: leader } }
    on: { approved: appraising, returned: drafting, rejected: closed }
  appraising:
    gate: { binds: appointment, meaning: appraise, reviewers: { role: head } }
    on: { approved: voting, returned: drafting, rejected: closed }
  voting:
    gate:
      binds: appointment
      meaning: approve
      reviewers: { role: member }
      exclude: [initiator]
      quorum: { approve: more-than-half, of: members }
      ballot: secret
      assurance: otp
      due: { workingDays: 5 }
      onOverdue: { remind: P1D }
    on:
      approved: { target: appointed, assign: { appointment: proposal.appointment } }
      returned: { target: drafting, assign: { remarks: gate.remarks } }
      rejected: { target: closed, assign: { remarks: gate.remarks } }
  appointed: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;

/** Waits two hours, then moves on by itself. */
export const waitDefinition = `${head('wait')}
context: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 100 } } }
initial: waiting
states:
  waiting:
    after: { PT2H: late }
    on:
      note: { allow: { role: officer }, target: noted }
  noted: { type: final }
  late: { type: final }
`;

/** A gate whose reviewers cannot be told until a board is chosen: until then the selector asks for an item that is not there. */
export const brokenReviewersDefinition = `${head('broken-reviewers')}
context:
  type: object
  additionalProperties: false
  properties: { board: { type: string, maxLength: 50 } }
initial: deciding
states:
  deciding:
    gate:
      meaning: approve
      reviewers: { role: leader, expression: "(has(context.board) ? context.board : ['none'][1]) == actor.unit" }
    on:
      approved: finished
      rejected: dropped
      returned: setting
  setting:
    on:
      choose:
        allow: { role: officer }
        input: { type: object, required: [board], properties: { board: { type: string, maxLength: 50 } } }
        assign: { board: event.board }
        target: deciding
  finished: { type: final }
  dropped: { type: final, output: { result: "'rejected'" } }
`;

/** While the leader looks at the proposal, an officer may still change where it is sent; time may only mark it. */
export const redirectDefinition = `${head('redirect')}
decisions: { wording: { importance: ordinary } }
context:
  type: object
  required: [recipient]
  additionalProperties: false
  properties:
    recipient: { type: string, maxLength: 200 }
    overdue: { type: boolean }
    wording: { type: string, maxLength: 2000, decision: wording }
initial: drafting
states:
  drafting:
    propose:
      decision: wording
      agent: { role: drafting-agent }
      output:
        type: object
        required: [text]
        additionalProperties: false
        properties: { text: { type: string, maxLength: 2000 } }
      timeout: PT10M
    onDone: approving
    onError: closed
  approving:
    gate: { binds: wording, meaning: approve, reviewers: { role: leader } }
    on:
      approved: { target: sent, assign: { wording: proposal.wording.text } }
      rejected: closed
      redirect:
        allow: { role: officer }
        input:
          type: object
          required: [recipient]
          properties: { recipient: { type: string, maxLength: 200 } }
        assign: { recipient: event.recipient }
    after: { PT1H: { assign: { overdue: true } } }
  sent: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`;
