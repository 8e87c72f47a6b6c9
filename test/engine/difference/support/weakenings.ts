/** Ways to weaken a definition: each finds every place where it can be done, and does it there. */
import { parse, stringify } from 'yaml';

export type Loose = Record<string, unknown>;

export interface Mutant {
  /** What was done, and where. */
  readonly name: string;
  /** The code that must be told. */
  readonly code: string;
  readonly source: string;
}

/** The definition as plain data in which nothing is shared. */
export function toData(source: string): Loose {
  return JSON.parse(JSON.stringify(parse(source))) as Loose;
}

export function toSource(data: Loose): string {
  return stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 });
}

export function at(data: unknown, ...path: readonly string[]): Loose {
  let found: unknown = data;
  for (const name of path) found = isMap(found) ? found[name] : undefined;
  return isMap(found) ? found : {};
}

export function isMap(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Operator {
  readonly name: string;
  readonly code: string;
  /** Does it to a state where it can be done; false where it cannot. */
  readonly toState?: (state: Loose, name: string, states: Loose) => boolean;
  readonly toProcess?: (process: Loose) => boolean;
}

const stranger = { role: 'archivist-of-nowhere' };

function gateOf(state: Loose): Loose | null {
  return isMap(state.gate) ? state.gate : null;
}

function approvedTarget(state: Loose): string | null {
  const { target } = at(state, 'on', 'approved');
  return gateOf(state) !== null && typeof target === 'string' ? target : null;
}

function withGate(change: (gate: Loose) => boolean): (state: Loose) => boolean {
  return (state) => {
    const gate = gateOf(state);
    return gate !== null && change(gate);
  };
}

function retarget(outcome: string): (state: Loose) => boolean {
  return (state) => {
    const target = approvedTarget(state);
    const transition = at(state, 'on', outcome);
    if (target === null || transition.target === undefined) return false;
    transition.target = target;
    return true;
  };
}

function addToList(holder: Loose, member: string): boolean {
  const old = holder[member];
  if (old === undefined) return false;
  holder[member] = [...(Array.isArray(old) ? old : [old]), stranger];
  return true;
}

function firstEvent(state: Loose): Loose | null {
  if (gateOf(state) !== null) return null;
  return Object.values(at(state, 'on')).filter(isMap)[0] ?? null;
}

export const operators: readonly Operator[] = [
  {
    name: 'a vote becomes one approval',
    code: 'quorum-lowered',
    toState: withGate((gate) => {
      if (gate.quorum === undefined) return false;
      delete gate.quorum;
      return true;
    }),
  },
  {
    name: 'the initiator is no longer excluded',
    code: 'exclusion-dropped',
    toState: withGate((gate) => {
      if (!Array.isArray(gate.exclude)) return false;
      gate.exclude = gate.exclude.filter((one) => one !== 'initiator');
      return true;
    }),
  },
  {
    name: 'reviewers are shown the proposal before they are heard',
    code: 'independent-view-dropped',
    toState: withGate((gate) => {
      if (gate.independentView !== true) return false;
      delete gate.independentView;
      return true;
    }),
  },
  {
    name: 'a role is added to the reviewers of one approval',
    code: 'reviewers-widened',
    toState: withGate((gate) => gate.quorum === undefined && addToList(gate, 'reviewers')),
  },
  {
    name: 'a role is added to those who vote',
    code: 'electorate-changed',
    toState: withGate((gate) => gate.quorum !== undefined && addToList(gate, 'reviewers')),
  },
  {
    name: 'a condition on reviewers is dropped',
    code: 'reviewers-widened',
    toState: withGate((gate) => {
      const reviewers = gate.reviewers;
      if (!isMap(reviewers) || reviewers.expression === undefined) return false;
      delete reviewers.expression;
      return true;
    }),
  },
  {
    name: 'a condition on reviewers becomes another one',
    code: 'reviewers-changed',
    toState: withGate((gate) => {
      if (!isMap(gate.reviewers) || gate.reviewers.expression === undefined) return false;
      gate.reviewers.expression = 'true';
      return true;
    }),
  },
  {
    name: 'another act is recorded',
    code: 'meaning-changed',
    toState: withGate((gate) => {
      gate.meaning = gate.meaning === 'appraise' ? 'consider' : 'appraise';
      return true;
    }),
  },
  {
    name: 'the gate binds nothing',
    code: 'binding-removed',
    toState: withGate((gate) => {
      const bound = gate.binds !== undefined;
      delete gate.binds;
      return bound;
    }),
  },
  { name: 'a rejection leads on', code: 'gate-bypassed', toState: retarget('rejected') },
  { name: 'a return leads on', code: 'gate-bypassed', toState: retarget('returned') },
  {
    name: 'time leads on',
    code: 'gate-bypassed',
    toState: (state) => {
      const target = approvedTarget(state);
      if (target === null) return false;
      state.after = { PT1H: { target } };
      return true;
    },
  },
  {
    name: 'a new state leads on',
    code: 'gate-bypassed',
    toState: (state, _name, states) => {
      const target = approvedTarget(state);
      if (target === null) return false;
      states.aside = { always: target };
      at(state, 'on').aside = { allow: { role: 'clerk' }, target: 'aside' };
      return true;
    },
  },
  {
    name: 'a new gate that anybody decides leads on',
    code: 'gate-bypassed',
    toState: (state, _name, states) => {
      const target = approvedTarget(state);
      if (target === null) return false;
      states.aside = { gate: { meaning: 'approve', reviewers: stranger }, on: { approved: target } };
      at(state, 'on').aside = { allow: { role: 'clerk' }, target: 'aside' };
      return true;
    },
  },
  {
    name: 'what led to the gate leads past it',
    code: 'gate-bypassed',
    toState: (state, name, states) => {
      const target = approvedTarget(state);
      const before = Object.values(states).find(
        (other) => isMap(other) && at(other, 'onDone').target === name,
      );
      if (target === null || !isMap(before)) return false;
      at(before, 'onDone').target = target;
      return true;
    },
  },
  {
    name: 'the gate gives way to an event',
    code: 'gate-removed',
    toState: (state) => {
      const gated = gateOf(state) !== null;
      delete state.gate;
      return gated;
    },
  },
  {
    name: 'reviewers can no longer reject',
    code: 'outcome-removed',
    toState: (state) => {
      const on = at(state, 'on');
      const had = gateOf(state) !== null && on.rejected !== undefined;
      delete on.rejected;
      return had;
    },
  },
  {
    name: 'another agent may propose',
    code: 'agent-widened',
    toState: (state) => addToList(at(state, 'propose'), 'agent'),
  },
  {
    name: 'the agent sees more',
    code: 'agent-sees-more',
    toState: (state) => {
      if (!isMap(state.propose)) return false;
      state.propose.input = { ...at(state, 'propose', 'input'), more: 'initiator.person' };
      return true;
    },
  },
  {
    name: 'more people may send an event',
    code: 'allow-widened',
    toState: (state) => addToList(firstEvent(state) ?? {}, 'allow'),
  },
  {
    name: 'an event no longer asks for its data',
    code: 'input-optional',
    toState: (state) => {
      const event = Object.values(at(state, 'on')).find(
        (one) => isMap(one) && at(one, 'input').required !== undefined,
      );
      delete at(event, 'input').required;
      return event !== undefined;
    },
  },
  {
    name: 'a forbidden event is permitted',
    code: 'event-permitted',
    toState: (state) => {
      const forbidden = Object.entries(at(state, 'on')).find(([, one]) => one === null)?.[0];
      if (forbidden !== undefined) delete at(state, 'on')[forbidden];
      return forbidden !== undefined;
    },
  },
  {
    name: 'what is remembered of who worked on it is dropped',
    code: 'assignment-changed',
    toState: (state) => {
      const edit = at(state, 'on', 'edit', 'assign');
      const had = edit.drafters !== undefined;
      delete edit.drafters;
      return had;
    },
  },
  {
    name: 'more people may start',
    code: 'start-widened',
    toProcess: (process) => addToList(at(process, 'start'), 'allow'),
  },
  {
    name: 'a decision becomes ordinary',
    code: 'importance-lowered',
    toProcess: (process) => {
      const decision = at(Object.values(at(process, 'decisions'))[0]);
      const was = decision.importance !== 'ordinary';
      delete decision.personnel;
      decision.importance = 'ordinary';
      return was;
    },
  },
  {
    name: 'an act is no longer needed',
    code: 'importance-lowered',
    toProcess: (process) => {
      const decision = at(Object.values(at(process, 'decisions'))[0]);
      const was = decision.importance === 'ordinary' && decision.acts !== undefined;
      delete decision.acts;
      return was;
    },
  },
  {
    name: 'a decision is no longer on a person',
    code: 'personnel-dropped',
    toProcess: (process) => {
      const decision = at(Object.values(at(process, 'decisions'))[0]);
      const was = decision.personnel === true;
      delete decision.personnel;
      return was;
    },
  },
  {
    name: 'a field is no longer protected',
    code: 'field-unprotected',
    toProcess: (process) => {
      const field = Object.values(at(process, 'context', 'properties')).find(
        (one) => isMap(one) && one.decision,
      );
      delete at(field).decision;
      return true;
    },
  },
  {
    name: 'the case is about nobody',
    code: 'subject-removed',
    toProcess: (process) => {
      const had = process.subject !== undefined;
      delete process.subject;
      return had;
    },
  },
  {
    name: 'the security level is lowered',
    code: 'security-level-lowered',
    toProcess: (process) => {
      process.securityLevel = 1;
      return true;
    },
  },
  {
    name: 'more secrecy may be carried',
    code: 'classification-raised',
    toProcess: (process) => {
      process.classification = 'secret';
      return true;
    },
  },
];

/** Every mutant of a definition that an operator makes. */
export function weaken(source: string, { name, code, toState, toProcess }: Operator): readonly Mutant[] {
  const names = Object.keys(at(toData(source), 'states'));
  const tries = toState === undefined ? [null] : names;
  return tries.flatMap((place) => {
    const data = toData(source);
    const states = at(data, 'states');
    const done = place === null ? toProcess?.(data) : toState?.(at(states, place), place, states);
    return done === true
      ? [{ name: `${name}${place === null ? '' : ` (${place})`}`, code, source: toSource(data) }]
      : [];
  });
}
