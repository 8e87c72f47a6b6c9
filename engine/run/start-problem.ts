/** What keeps the engine from starting, in whole sentences for whoever starts it. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
  /** The message explains itself: no stack is wanted beside it. */
  readonly explained = true;
}
