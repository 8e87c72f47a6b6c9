/**
 * Who operates an agent (P3): whoever does never decides on what it proposed, so the directory's word stands,
 * and an agent cannot name somebody else to let its real operator vote.
 */
import type { Refusal } from '../step/step.ts';
import type { Directory } from './directory.ts';

export interface AgentOperator {
  readonly kind: 'operator';
  /** The natural person, or the unit; null where the directory does not say. */
  readonly operator: string | null;
}

type Known = Pick<Directory, 'principals' | 'units'>;

/**
 * `stated` is what the agent says of itself, and it need say nothing. Where the directory names nobody it may name
 * nobody either: whoever it named would be kept from the gate, and a unit is all its people; and another agent of
 * theirs would not be heard.
 */
export function operatorOfAgent(
  directory: Known,
  agent: string,
  stated: string | null,
): AgentOperator | Refusal {
  const known = knownOperator(directory, agent);
  if (stated === null || (known !== null && known === personBehind(directory, stated)))
    return { kind: 'operator', operator: known };
  if (known === null) {
    return refuse(
      `The directory does not say who operates ${agent}, and an agent cannot say so of itself.`,
      'Leave the operator out, or have whoever keeps the directory name it there.',
    );
  }
  return refuse(
    `By the directory ${agent} is operated by ${known}, not by ${stated}.`,
    'Leave the operator out, or have the directory corrected by whoever keeps it.',
  );
}

/** The natural person, or the unit; null where the directory names neither. */
export function knownOperator(directory: Known, agent: string): string | null {
  const declared = directory.principals.get(agent)?.operator ?? null;
  return declared === null ? null : personBehind(directory, declared);
}

/** Whether they are the same, or the one is in the other: a unit that operates is all its people, as at a gate. */
export function isSameOperator(directory: Known, one: string, other: string): boolean {
  return one === other || isOf(directory, one, other) || isOf(directory, other, one);
}

const personBehind = (directory: Known, id: string) => directory.principals.get(id)?.person ?? id;

/** Whether this person has an account in the unit, or this unit lies in it. */
function isOf({ principals, units }: Known, one: string, unit: string): boolean {
  if (!units.has(unit)) return false;
  const accounts = [...principals.values()].filter(({ person }) => person === one);
  const from = units.has(one) ? [one] : accounts.map((account) => account.unit);
  return from.some((start) => {
    for (let at: string | null = start, depth = 0; at !== null && depth < 100; depth += 1) {
      if (at === unit) return true;
      at = units.get(at)?.parent ?? null;
    }
    return false;
  });
}

function refuse(message: string, next: string): Refusal {
  return {
    kind: 'refusal',
    code: 'bad-input',
    message,
    next,
    considered: [],
    issues: [{ at: '/proposal/operator', message }],
  };
}
