import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, getInitialMicrosteps, getMicrosteps } from 'xstate';
import {
  type CompiledProcess,
  ExpressionError,
  type MachineEvent,
  type Scope,
} from '../../../engine/definition/compiled-process.ts';
import { compileSmall } from '../verify/support/small-definition.ts';

type Microstep = readonly [
  AnyMachineSnapshot,
  readonly { readonly type: string; readonly params: Record<string, unknown> }[],
];

/** Drives a machine as the step does, without any of its rules. */
class Run {
  readonly process: CompiledProcess;
  snapshot: AnyMachineSnapshot;
  actions: Microstep[1] = [];

  constructor(process: CompiledProcess, data: Scope['context'] = {}) {
    this.process = process;
    this.snapshot = this.#last(getInitialMicrosteps(process.machine, eventOf('xstate.init', data)));
  }

  send(type: string, given: Partial<Scope> = {}, permits: MachineEvent['permits'] = () => true): this {
    const event = eventOf(type, this.snapshot.context, given, permits);
    this.snapshot = this.#last(getMicrosteps(this.process.machine, this.snapshot, event));
    return this;
  }

  get value() {
    return this.snapshot.value;
  }

  get taken(): readonly unknown[] {
    return this.actions.filter(({ type }) => type === 'countersign.taken').map(({ params }) => params.id);
  }

  #last(microsteps: unknown): AnyMachineSnapshot {
    const steps = microsteps as readonly Microstep[];
    this.actions = steps.flatMap(([, actions]) => actions);
    const last = steps.at(-1);
    if (last === undefined) throw new Error('no microstep');
    return last[0];
  }
}

function eventOf(
  type: string,
  context: Scope['context'],
  given: Partial<Scope> = {},
  permits: MachineEvent['permits'] = () => true,
): MachineEvent {
  return {
    type,
    permits,
    scope: {
      context,
      event: {},
      initiator: { principal: 'person:a', person: 'person:a', unit: null },
      actor: {
        principal: 'person:b',
        kind: 'person',
        person: 'person:b',
        unit: null,
        roles: [],
        positions: [],
      },
      now: '2026-01-01T00:00:00.000Z',
      gate: {},
      proposal: {},
      ...given,
    },
  };
}

const run = (body: string, data?: Scope['context']) => new Run(compileSmall({ body }), data);
const allow = 'allow: { role: clerk }';

describe('candidates of an event', () => {
  const body = `initial: a
states:
  a:
    on:
      go:
        - { target: b, ${allow}, input: { type: object, required: [n], properties: { n: { type: integer } } }, guard: event.n > 2, assign: { count: event.n } }
        - { target: c, allow: { role: chief } }
  b: { type: final, output: { count: context.count } }
  c: { type: final }
`;

  test('are asked in order: who, then what, then whether', () => {
    const asked: string[] = [];
    const permits: MachineEvent['permits'] = (rule) => {
      asked.push(JSON.stringify(rule));
      return true;
    };
    expect(run(body).send('go', { event: { n: 3 } }, permits).value).toBe('b');
    expect(asked).toEqual(['{"role":"clerk"}']);
    expect(run(body).send('go', { event: { n: 2 } }).value).toBe('a');
    expect(run(body).send('go', { event: { n: 'x' } }).value).toBe('a');
    expect(run(body).send('go', { event: {} }).value).toBe('c');
    expect(run(body).send('go', { event: { n: 3 } }, () => false).value).toBe('a');
  });

  test('P9: without "allow" are open to nobody, whatever the permission says of no rule', () => {
    const open = run('initial: a\nstates: { a: { on: { go: b } }, b: { type: final } }');
    const rules: unknown[] = [];
    open.send('go', {}, (rule) => {
      rules.push(rule);
      return rule !== undefined;
    });
    expect(rules).toEqual([undefined]);
    expect(open.value).toBe('a');
  });

  test('carry their id first, and their assignments see the context as it was', () => {
    const both = run(
      `initial: a\nstates: { a: { on: { go: { target: b, ${allow}, assign: { count: 5, note: "has(context.count) ? 'set' : 'unset'" } } } }, b: { type: final } }`,
    ).send('go');
    expect(both.taken).toEqual(['a:event.go:0']);
    expect(both.actions[0]).toMatchObject({ type: 'countersign.taken' });
    expect(both.snapshot.context).toEqual({ count: 5, note: 'unset' });
  });

  test('take no data where they declare none', () => {
    const plain = `initial: a\nstates: { a: { on: { go: { target: b, ${allow} } } }, b: { type: final } }`;
    expect(run(plain).send('go', { event: { surprise: 1 } }).value).toBe('a');
    expect(run(plain).send('go').value).toBe('b');
  });
});

describe('wildcards and forbidden events', () => {
  const body = `initial: a
on: { stop: { target: .end, ${allow} } }
states:
  a:
    on:
      stop: null
      "*": { target: b, ${allow} }
    after: { PT1M: c }
  b: { on: { "*": null } }
  c: { on: { "*": null }, after: { PT1M: end } }
  end: { type: final }
`;

  test('a wildcard takes what nothing else takes', () => {
    expect(run(body).send('anything').value).toBe('b');
    expect(run(body).send('stop').value).toBe('a');
    expect(run(body).send('anything').send('stop').value).toBe('b');
  });

  test('P4: a wildcard never takes what the engine itself sends, and forbids none of it', () => {
    for (const type of [
      'countersign.outcome.a.approved',
      'countersign.proposed.a',
      'xstate.done.state.small.a',
      'xstate.after.PT9M.small.a',
    ]) {
      expect(run(body).send(type).value).toBe('a');
    }
    expect(run(body).send('xstate.after.PT1M.small.a').value).toBe('c');
    expect(run(body).send('xstate.after.PT1M.small.a').send('xstate.after.PT1M.small.c').value).toBe('end');
  });
});

describe('states of every kind', () => {
  test('nested, parallel, final with output, onDone with the scope of the event before', () => {
    const both = run(`initial: work
states:
  work:
    type: parallel
    onDone: { target: end, guard: "now.getFullYear() == 2026", assign: { note: initiator.person } }
    states:
      one: { initial: a, states: { a: { on: { left: { target: b, ${allow} } } }, b: { type: final } } }
      two: { initial: a, states: { a: { on: { right: { target: b, ${allow} } } }, b: { type: final } } }
  end: { type: final, output: { by: context.note, at: now } }
`);
    expect(both.value).toEqual({ work: { one: 'a', two: 'a' } });
    both.send('left').send('right');
    expect(both.snapshot.status).toBe('done');
    expect(both.snapshot.output).toEqual({ by: 'person:a', at: '2026-01-01T00:00:00.000Z' });
    expect(both.taken).toEqual(['work.two.a:event.right:0', 'work:done:0']);
  });

  test('shallow and deep history, and their default', () => {
    const body = (kind: string) => `initial: out
states:
  out: { on: { in: { target: box.back, ${allow} } } }
  box:
    initial: one
    on: { leave: { target: out, ${allow} } }
    states:
      one: { on: { next: { target: two, ${allow} } } }
      two: { initial: x, states: { x: { on: { next: { target: y, ${allow} } } }, y: { on: { end: { target: "#end", ${allow} } } } } }
      back: { type: history, history: ${kind} }
  end: { id: end, type: final }
`;
    const through = (kind: string) =>
      run(body(kind)).send('in').send('next').send('next').send('leave').send('in').value;
    expect(run(body('shallow')).send('in').value).toEqual({ box: 'one' });
    expect(through('shallow')).toEqual({ box: { two: 'x' } });
    expect(through('deep')).toEqual({ box: { two: 'y' } });
  });

  test('entry and exit assign, always follows, and the marks of gates come and go', () => {
    const gate = run(`initial: a
states:
  a: { exit: { assign: { note: "'left'" } }, on: { go: { target: b, ${allow} } } }
  b: { entry: [{ assign: { count: 1 } }, { assign: { count: "has(context.count) ? context.count + 1 : 0" } }], always: { target: g, guard: has(context.count) && context.count == 2 } }
  g: { gate: { meaning: consider, reviewers: { role: chief } }, on: { approved: end, rejected: no, returned: a } }
  end: { type: final }
  no: { type: final }
`).send('go');
    expect(gate.value).toBe('g');
    expect(gate.snapshot.context).toEqual({ note: 'left', count: 2 });
    expect(gate.actions).toContainEqual(
      expect.objectContaining({ type: 'countersign.entered', params: { state: 'g' } }),
    );
    gate.send('countersign.outcome.g.returned');
    expect(gate.value).toBe('a');
    expect(gate.taken).toEqual(['g:outcome.returned:0']);
    expect(gate.actions).toContainEqual(
      expect.objectContaining({ type: 'countersign.left', params: { state: 'g' } }),
    );
  });

  test('a gate takes its outcomes from the engine alone, never as events from outside', () => {
    const gate = run(`initial: g
states:
  g: { gate: { meaning: consider, reviewers: { role: chief } }, on: { approved: end, rejected: no } }
  end: { type: final }
  no: { type: final }
`);
    expect(gate.send('approved').value).toBe('g');
    expect(gate.process.events).toEqual([]);
    expect(gate.send('countersign.outcome.g.approved').snapshot.status).toBe('done');
  });

  test('a proposal leads on by onDone and its failure by onError', () => {
    const parts = {
      decisions: 'decisions: { k: { importance: ordinary } }',
      body: `initial: p
states:
  p:
    propose: { decision: k, agent: { role: agent }, timeout: PT1M, input: { n: 1 }, output: { type: object, properties: { x: { type: integer } } } }
    onDone: g
    onError: end
  g: { gate: { binds: k, meaning: approve, reviewers: { role: chief } }, on: { approved: { target: end, assign: { count: gate.approvals } }, rejected: no } }
  end: { type: final, output: { result: "'failed'" } }
  no: { type: final, output: { result: "'rejected'" } }
`,
    };
    const asked = new Run(compileSmall(parts));
    expect(asked.process.proposes.get('p')).toMatchObject({ timeoutMs: 60_000, state: 'p' });
    expect(asked.process.proposes.get('p')?.output({ x: 'no' })).not.toEqual([]);
    expect(asked.send('countersign.proposed.p').value).toBe('g');
    asked.send('countersign.outcome.g.approved', {
      gate: { outcome: 'approved', remarks: '', approvals: 2 },
    });
    expect(asked.snapshot.context).toEqual({ count: 2 });
    expect(new Run(compileSmall(parts)).send('countersign.failed.p').snapshot.status).toBe('done');
  });

  test('timers are raised with their delay and cancelled on leaving', () => {
    const timed = run(
      `initial: a\nstates: { a: { on: { go: { target: b, ${allow} } }, after: { P1DT2H: b } }, b: { type: final } }`,
    );
    expect(timed.actions).toContainEqual(
      expect.objectContaining({
        type: 'xstate.raise',
        params: expect.objectContaining({ id: 'xstate.after.P1DT2H.small.a', delay: 93_600_000 }),
      }),
    );
    expect(timed.process.candidates.get('a')?.has('xstate.after.P1DT2H.small.a')).toBe(true);
    timed.send('go');
    expect(timed.actions).toContainEqual(
      expect.objectContaining({ type: 'xstate.cancel', params: { sendId: 'xstate.after.P1DT2H.small.a' } }),
    );
  });

  test('targets: sibling, child, path, id, and the root', () => {
    const body = (target: string) => `initial: a
states:
  a: { on: { go: { target: "${target}", ${allow} } }, initial: x, states: { x: { on: { end: { target: "#end", ${allow} } } }, y: { id: why, initial: z, states: { z: { type: final }, w: { type: final } } } } }
  b: { initial: c, states: { c: { type: final }, d: { type: final } } }
  end: { id: end, type: final }
`;
    const reach = (target: string) => run(body(target)).send('go').value;
    expect(reach('b')).toEqual({ b: 'c' });
    expect(reach('b.d')).toEqual({ b: 'd' });
    expect(reach('.y')).toEqual({ a: { y: 'z' } });
    expect(reach('.y.w')).toEqual({ a: { y: 'w' } });
    expect(reach('#why')).toEqual({ a: { y: 'z' } });
    expect(reach('#why.w')).toEqual({ a: { y: 'w' } });
    expect(reach('#small.b.d')).toEqual({ b: 'd' });
  });
});

describe('what cannot be evaluated', () => {
  const failing = (where: string) => `initial: a
states:
  a: { on: { go: ${where} } }
  b: { on: { set: { assign: { count: 1, note: "'x'" }, ${allow} } }, type: atomic, always: { target: c, guard: "false" } }
  c: { type: final }
`;
  const cases = {
    'a guard': `{ target: b, ${allow}, guard: "has(context.count) ? context.count > 0 : [0][1] > 0" }`,
    'a value': `{ target: b, ${allow}, assign: { note: "['x'][1]" } }`,
    'a rule': '{ target: b, allow: { expression: "[0][1] > 0" } }',
  };
  for (const [what, transition] of Object.entries(cases)) {
    test(`${what} throws ExpressionError through XState, with its place`, () => {
      const one = run(failing(transition));
      const permits: MachineEvent['permits'] = (rule, scope) => {
        const [selector] = [rule ?? []].flat();
        if (selector?.expression === undefined) return true;
        return one.process.selectorExpressions.get(selector.expression)?.evaluate(scope) === true;
      };
      let error: unknown;
      try {
        one.send('go', {}, permits);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(ExpressionError);
      expect((error as ExpressionError).expression.position).toMatchObject({ line: 17 });
      expect((error as Error).message).toMatch(/^line 17: .*index/);
    });
  }

  test('does not stop a later event that can be', () => {
    const one = run(
      failing(`{ target: b, ${allow}, guard: "has(context.count) ? context.count > 0 : [0][1] > 0" }`),
      { count: 1 },
    );
    expect(one.send('go').value).toBe('b');
  });
});

test('events lists what comes from outside', () => {
  const { process } = run(`initial: a
states:
  a: { on: { z: { target: b, ${allow} }, "*": { target: b, ${allow} }, gone: null } }
  b: { on: { m: { target: c, ${allow} } } }
  c: { type: final }
`);
  expect(process.events).toEqual(['m', 'z']);
});
