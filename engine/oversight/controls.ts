/**
 * The stop switch: which control stands in the way of a step, and who may set or lift one. Pure; the shell hands
 * it the controls that stand, and what it says is said again by the database when the step is committed.
 *
 * A control only ever keeps something from happening. Nothing that it holds back is decided by it (P4).
 */
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import { memberOf } from '../evidence/member-of.ts';
import { activeStates } from '../step/active-states.ts';
import type { StimulusBody } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { ActorSnapshot } from './directory.ts';

/**
 * What a control is for. One of a decision kind reaches an instance from when a proposal of the kind is asked for
 * until it ends; one of an AI step as long as the instance is in that state; one of an agent every instance that
 * holds a proposal of its.
 */
export type ControlScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'process'; readonly process: string }
  | { readonly kind: 'decision'; readonly process: string; readonly decision: string }
  | { readonly kind: 'step'; readonly process: string; readonly state: string }
  | { readonly kind: 'agent'; readonly agent: string }
  | { readonly kind: 'instance'; readonly instance: string };

export const controlModes = ['paused', 'stopped'] as const;
/** Paused: no request is handed to an AI, and no proposal taken. Stopped: nothing moves at all. */
export type ControlMode = (typeof controlModes)[number];

/** One that stands: it was set, and is not lifted. */
export interface Control {
  readonly id: string;
  readonly scope: ControlScope;
  readonly mode: ControlMode;
  readonly reason: string;
  /** Principal id. */
  readonly setBy: string;
  /** ISO 8601. */
  readonly setAt: string;
}

/** The role that may set and lift every control. */
export const controllerRole = 'controller';

export interface Attempt {
  readonly process: string;
  readonly instance: string;
  /** Before the step; null for a start. */
  readonly state: StoredState | null;
  /** `state` is that of a proposal. */
  readonly body: { readonly kind: StimulusBody['kind']; readonly state?: string };
  readonly actor: Pick<ActorSnapshot, 'principal'>;
}

/** The first control that keeps this from happening; null when none does. */
export function controlInTheWay(controls: readonly Control[], attempt: Attempt): Control | null {
  const request = requestOf(attempt);
  return (
    controls.find(
      ({ mode, scope }) =>
        (request !== null && concerns(scope, request)) || (mode === 'stopped' && reaches(scope, attempt)),
    ) ?? null
  );
}

/** A request for a proposal, and the agent that would answer it. */
export interface RequestToAgent {
  readonly process: string;
  /** Null: of any instance. */
  readonly instance: string | null;
  readonly state: string;
  readonly decision: string | null;
  readonly agent: string;
}

/** The first control that keeps such requests from being handed out, as far as no instance is looked at. */
export function controlOfRequests(controls: readonly Control[], request: RequestToAgent): Control | null {
  return controls.find(({ scope }) => concerns(scope, request)) ?? null;
}

/** The control that keeps everything from this agent; null when none does. */
export function controlOfAgent(controls: readonly Control[], agent: string): Control | null {
  return (
    controls.find(
      ({ scope }) => scope.kind === 'everything' || (scope.kind === 'agent' && scope.agent === agent),
    ) ?? null
  );
}

function requestOf({ process, instance, state, body, actor }: Attempt): RequestToAgent | null {
  if (body.kind !== 'proposal' || body.state === undefined) return null;
  const decision = memberOf(state?.requests ?? {}, body.state)?.decision ?? null;
  return { process, instance, state: body.state, decision, agent: actor.principal };
}

/** Whether a proposal falls under the scope by itself, wherever its instance stands. Pause and stop are one here. */
function concerns(
  scope: ControlScope,
  { process, instance, state, decision, agent }: RequestToAgent,
): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'process':
      return scope.process === process;
    case 'decision':
      return scope.process === process && scope.decision === decision;
    case 'step':
      return scope.process === process && scope.state === state;
    case 'agent':
      return scope.agent === agent;
    case 'instance':
      return scope.instance === instance;
  }
}

/** Whether the instance stands within the scope. */
function reaches(scope: ControlScope, { process, instance, state }: Attempt): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'process':
      return scope.process === process;
    case 'instance':
      return scope.instance === instance;
    case 'decision':
      return scope.process === process && state !== null && asksFor(state, scope.decision);
    case 'step':
      return scope.process === process && state !== null && activeStates(state.value).includes(scope.state);
    case 'agent':
      return state !== null && comesFrom(state).includes(scope.agent);
  }
}

function asksFor({ candidates, requests, proposals }: StoredState, decision: string): boolean {
  return (
    Object.hasOwn(proposals, decision) ||
    Object.hasOwn(candidates ?? {}, decision) ||
    Object.values(requests).some((one) => one.decision === decision)
  );
}

/** The agents whose proposals are decided on, or wait for others beside them. Who was passed over is none. */
function comesFrom({ candidates, requests, proposals }: StoredState): readonly string[] {
  const waiting = Object.values(requests).flatMap((one) => one.candidates ?? []);
  return [...Object.values(proposals), ...Object.values(candidates ?? {}).flat(), ...waiting].map(
    ({ proposer }) => proposer,
  );
}

export interface Standing {
  readonly code: ProblemCode;
  readonly message: string;
  readonly next: string;
}

/** Who stopped what, why, and how it is lifted. */
export function explainControl({ id, mode, scope, reason, setBy, setAt }: Control): Standing {
  return {
    code: mode,
    message: `${sentenceStart(describeScope(scope))} is ${mode}: ${setBy} did so at ${setAt}, because: ${reason}`,
    next: `It goes on once two people have lifted the control ${id}: one asks for it, and another confirms.`,
  };
}

export function describeScope(scope: ControlScope): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything';
    case 'process':
      return `the process ${scope.process}`;
    case 'decision':
      return `the decision ${scope.decision} of ${scope.process}`;
    case 'step':
      return `the AI step ${scope.state} of ${scope.process}`;
    case 'agent':
      return `what comes from ${scope.agent}`;
    case 'instance':
      return `the instance ${scope.instance}`;
  }
}

const sentenceStart = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/**
 * Whether a person may set and lift controls of a scope: controllers always; whoever answers for a process
 * (Article 27.2b) for that process. `answering` are the roles, and `responsible` the people, that do.
 */
export function mayControl(
  { kind, roles, person }: Pick<ActorSnapshot, 'kind' | 'roles' | 'person'>,
  answering: readonly string[],
  responsible: readonly string[] = [],
): boolean {
  if (kind !== 'person') return false;
  return (
    roles.includes(controllerRole) ||
    answering.some((role) => roles.includes(role)) ||
    responsible.includes(person)
  );
}
