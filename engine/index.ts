/** The engine's face: the only engine file that the API, the command line and the bench import. */
export type * from './run/engine-contract.ts';
export { scopes } from './run/engine-contract.ts';
