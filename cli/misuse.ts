/** What the person at the terminal got wrong, in one sentence with what to do. Ends with exit code 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** What did not work, in one sentence with what to do. Ends with exit code 1, without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
