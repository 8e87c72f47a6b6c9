/** What somebody may do with an instance, by which rule, and who could. */
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import type { Title } from '../../schemas/process-definition.ts';
import type { Principal } from '../oversight/directory.ts';
import type { Considered } from '../step/step.ts';

/** What one principal may do with one instance, and why. */
export interface Why {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly principal: Pick<
    Principal,
    'id' | 'kind' | 'name' | 'person' | 'unit' | 'roles' | 'positions' | 'active'
  >;
  readonly answers: readonly WhyAnswer[];
}

export interface WhyAnswer {
  readonly kind: 'event' | 'gate' | 'proposal';
  /** The event, or the state of the gate or of the request. */
  readonly name: string;
  readonly title: Title | null;
  readonly allowed: boolean;
  readonly code: ProblemCode | null;
  /** Whom the definition allows it, in words. */
  readonly rule: string;
  readonly why: string;
  readonly next: string | null;
  /** What would have to be otherwise, a sentence each. */
  readonly missing: readonly string[];
  readonly considered: readonly Considered[];
  /** Others who could do it at this instant. */
  readonly who: readonly Who[];
  /** Whether there may be more than those named. */
  readonly moreMayFollow: boolean;
}

export interface Who {
  readonly principal: string;
  readonly name: string;
}
