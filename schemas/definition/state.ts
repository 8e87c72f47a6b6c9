/** A state of the process, with the states inside it. */
import Type, { type Static } from 'typebox';
import { Actions } from './action.ts';
import { Gate } from './gate.ts';
import { Compensate, Invoke } from './invoke.ts';
import { Operator } from './operator.ts';
import { Propose } from './propose.ts';
import { closed, DURATION, EVENT_NAME, LegalBasis, NAME, Title, Value, WORKING_DAYS } from './text.ts';
import { EventTransitions, PlainTransitions, Target } from './transition.ts';

export const stateFields = {
  id: Type.Optional(Type.String({ pattern: NAME, description: 'A name for #id targets.' })),
  type: Type.Optional(
    Type.Union([
      Type.Literal('atomic'),
      Type.Literal('compound'),
      Type.Literal('parallel'),
      Type.Literal('final'),
      Type.Literal('history'),
    ]),
  ),
  title: Type.Optional(Title),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  legalBasis: Type.Optional(LegalBasis),
  initial: Type.Optional(Type.String({ pattern: NAME })),
  history: Type.Optional(Type.Union([Type.Literal('shallow'), Type.Literal('deep')])),
  target: Type.Optional(
    Type.String({ description: 'For a history state: where to go when there is no history.' }),
  ),
  entry: Type.Optional(Actions),
  exit: Type.Optional(Actions),
  on: Type.Optional(
    Type.Record(Type.String({ pattern: `${EVENT_NAME}|^\\*$` }), Type.Union([Target, EventTransitions]), {
      ...closed,
      description:
        'Events and what they cause. In a state with a gate: also its outcomes approved, rejected, returned.',
    }),
  ),
  always: Type.Optional(PlainTransitions),
  after: Type.Optional(
    Type.Record(Type.String({ pattern: `${DURATION}|${WORKING_DAYS}` }), PlainTransitions, {
      ...closed,
      description: 'What happens when the state has lasted this long: P3D, PT10M, or "3 working days".',
    }),
  ),
  onDone: Type.Optional(PlainTransitions),
  onError: Type.Optional(PlainTransitions),
  propose: Type.Optional(Propose),
  gate: Type.Optional(Gate),
  invoke: Type.Optional(Invoke),
  compensate: Type.Optional(Compensate),
  operator: Type.Optional(Operator),
  output: Type.Optional(
    Type.Record(Type.String({ pattern: NAME }), Value, {
      ...closed,
      description: 'What a final state answers.',
    }),
  ),
};

const stateRef = Type.Unsafe<State>({ $ref: '#/$defs/State' });
export const stateMap = Type.Record(Type.String({ pattern: NAME }), stateRef, {
  ...closed,
  minProperties: 1,
});
const flatState = Type.Object(stateFields, closed);

/** A state, with states inside it where it is compound or parallel. */
export interface State extends Static<typeof flatState> {
  states?: Record<string, State>;
}
export const StateSchema = Type.Object({ ...stateFields, states: Type.Optional(stateMap) }, closed);
