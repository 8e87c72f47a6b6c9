/**
 * Who operates an agent (P3): whoever does never decides on what it proposed, so the directory's word stands,
 * and an agent cannot name somebody else to let its real operator vote.
 */
import type { Refusal } from '../step/step.ts';
import type { Directory } from './directory.ts';

export interface AgentOperator {
  readonly kind: 'operator';
  /** The natural person, or the unit; null where neither the directory nor the agent says who. */
  readonly operator: string | null;
}

/** `stated` is what the agent says of itself; where the directory says it, it need say nothing. */
export function operatorOfAgent(
  directory: Pick<Directory, 'principals' | 'units'>,
  agent: string,
  stated: string | null,
): AgentOperator | Refusal {
  const declared = directory.principals.get(agent)?.operator ?? null;
  const personBehind = (id: string) => directory.principals.get(id)?.person ?? id;
  const known = declared === null ? null : personBehind(declared);
  if (stated === null) return { kind: 'operator', operator: known };
  const principal = directory.principals.get(stated);
  if (principal?.kind !== 'person' && !directory.units.has(stated)) {
    return refuse(
      `The operator ${stated} is neither a person nor a unit of the directory.`,
      'Name the person or the unit that operates the agent as the directory has it, or leave it out.',
    );
  }
  if (known === null || known === personBehind(stated))
    return { kind: 'operator', operator: personBehind(stated) };
  return refuse(
    `By the directory ${agent} is operated by ${declared}, not by ${stated}.`,
    'Leave the operator out, or have the directory corrected by whoever keeps it.',
  );
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
