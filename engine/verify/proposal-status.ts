/**
 * What can be said of the latest proposal of one kind: there is none, it is approved, or it is live with
 * some of the acts of Article 4.7 on it. And how an edge changes that. Ten cases, numbered for sets of bits.
 */
import type { Decision, Gate, Meaning } from '../../schemas/process-definition.ts';
import { demandedActs, mayApprove } from '../oversight/demanded-acts.ts';
import type { AnalysisEdge } from './analysis-graph.ts';

export type ProposalStatus = number;

export const absent: ProposalStatus = 0;
export const approved: ProposalStatus = 1;
/** Live without an act; each act adds its bit. */
const live: ProposalStatus = 2;
export const statusCount = 10;

const actBits: Readonly<Record<Meaning, number>> = { consider: 1, appraise: 2, approve: 4 };

export function isLive(status: ProposalStatus): boolean {
  return status >= live;
}

/** What the proposal's status is once the edge's event has come, before anything follows from it. */
export function statusAfter(
  status: ProposalStatus,
  kind: string,
  decision: Decision | undefined,
  edge: AnalysisEdge,
): ProposalStatus {
  if (edge.proposed?.definition.propose?.decision === kind) return live;
  const { transition } = edge;
  const gate = transition?.source.definition.gate;
  const isApproval = transition?.cause.kind === 'outcome' && transition.cause.outcome === 'approved';
  if (!isApproval || gate?.binds !== kind || !isLive(status)) return status;
  return recordAct(status, decision, gate);
}

/** A live proposal is approved by an approving gate once every act its kind demands is on it. */
function recordAct(status: ProposalStatus, decision: Decision | undefined, gate: Gate): ProposalStatus {
  const acts = (status - live) | actBits[gate.meaning];
  const complete = demandedActs(decision).every((act) => (acts & actBits[act]) !== 0);
  return complete && mayApprove(decision, gate) ? approved : live + acts;
}

/** As the certificate and messages write it: absent, approved, live, live:consider+appraise. */
export function statusText(status: ProposalStatus): string {
  if (status === absent) return 'absent';
  if (status === approved) return 'approved';
  const acts = Object.entries(actBits).filter(([, bit]) => ((status - live) & bit) !== 0);
  return acts.length === 0 ? 'live' : `live:${acts.map(([act]) => act).join('+')}`;
}

/** The statuses in a set of bits. */
export function statusesIn(bits: number): ProposalStatus[] {
  return Array.from({ length: statusCount }, (_, status) => status).filter(
    (status) => (bits & (1 << status)) !== 0,
  );
}
