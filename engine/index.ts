/** The engine's face: the only engine file that the API, the command line and the bench import. */
export type * from './run/engine-contract.ts';
export { scopes } from './run/engine-contract.ts';
export { canonicalJson } from './evidence/canonical-json.ts';
export type { InstanceSummary, StoredDefinition, StoredKey } from './ledger/ledger.ts';
export type { Principal } from './oversight/directory.ts';
export type { Considered, Refusal } from './step/step.ts';
export type { ProposalSubmission, Verdict } from './step/stimulus.ts';
export type { HeldProposal } from './step/stored-state.ts';
