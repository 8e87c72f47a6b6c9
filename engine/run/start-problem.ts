/** What keeps the engine from starting, in whole sentences for whoever starts it. */
export class StartProblem extends Error {
  override readonly name: string = 'StartProblem';
}

/** The directory file that a setting names cannot be used. */
export class DirectoryProblem extends StartProblem {
  override readonly name = 'DirectoryProblem';
}
