/** What keeps an instance from being migrated: everything that was found, and the refusal it comes to. */
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import { refuse } from './refuse.ts';
import type { Refusal } from './step.ts';

export class Blockers {
  readonly #found: { readonly code: ProblemCode; readonly at: string; readonly message: string }[] = [];

  get count(): number {
    return this.#found.length;
  }

  /** `at` names the state, field or kind of decision it is about. `message` is one or more whole sentences. */
  add(code: ProblemCode, at: string, message: string): void {
    this.#found.push({ code, at, message });
  }

  /** The first of them speaks; `issues` has all. Null when there are none. */
  refusal(): Refusal | null {
    const [first] = this.#found;
    if (first === undefined) return null;
    return refuse(
      first.code,
      first.message,
      'The instance stays as it is. Change the map or the definition, and try again.',
      { issues: this.#found.map(({ at, message }) => ({ at, message })) },
    );
  }
}
