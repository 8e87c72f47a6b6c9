/** A process with everything a statechart has: nesting, regions, both kinds of history, and steps by themselves. */
import { compile } from './office.ts';

export const chart = compile(`
context:
  type: object
  additionalProperties: false
  properties:
    count: { type: integer }
    log: { type: array, items: { type: string, maxLength: 40 }, maxItems: 50 }
start: { allow: { role: officer } }
initial: work
on:
  pause: { allow: { role: officer }, target: .paused }
states:
  work:
    initial: both
    entry: { assign: { log: "(has(context.log) ? context.log : []) + ['work']" } }
    states:
      shallow: { type: history, history: shallow }
      deep: { type: history, history: deep }
      both:
        type: parallel
        onDone: { target: '#count', assign: { log: "(has(context.log) ? context.log : []) + ['done']" } }
        states:
          writing:
            initial: outline
            states:
              outline: { on: { next: { allow: { role: officer }, target: text } } }
              text:
                initial: first
                on: { next: { allow: { role: officer }, target: written } }
                states:
                  first: { on: { more: { allow: { role: officer }, target: second } } }
                  second: { after: { PT1M: first } }
              written: { type: final }
          asking:
            initial: open
            states:
              open:
                gate: { meaning: consider, reviewers: { role: leader } }
                on: { approved: answered, rejected: open, next: null }
              answered: { type: final }
  paused:
    on:
      resume: { allow: { role: officer }, target: work.deep }
      resume-shallow: { allow: { role: officer }, target: work.shallow }
      restart: { allow: { role: officer }, target: work }
  counting:
    id: count
    entry: { assign: { count: 'has(context.count) ? context.count + 1 : 1' } }
    always:
      - { guard: 'has(context.count) && context.count < 3', target: counting, reenter: true }
      - { target: finished }
  finished: { type: final, output: { count: 'has(context.count) ? context.count : 0' } }
`);
