/** Which keys the entries name, and for whom: each must have been issued to that very principal. */
import type { Step } from '../step/step.ts';
import type { Problem } from '../step/verify-instance.ts';

interface Use {
  readonly instance: string;
  readonly seq: number;
}

const prefix = 'key:';

export class KeysOnRecord {
  /** By key and principal, the first entry that names them. */
  readonly #uses = new Map<string, Map<string, Use>>();
  #last = '';

  /** An entry that came; most come with the key of the one before. */
  note({ actor, authentication, instance, seq }: Step['entry']): void {
    for (const method of authentication) {
      if (!method.startsWith(prefix) || method + actor.principal === this.#last) continue;
      this.#last = method + actor.principal;
      const key = method.slice(prefix.length);
      const uses = this.#uses.get(key) ?? new Map<string, Use>();
      if (!uses.has(actor.principal)) uses.set(actor.principal, { instance, seq });
      this.#uses.set(key, uses);
    }
  }

  /** `issued` tells whom each key was issued to; it MUST have been read after the entries. */
  problems(issued: ReadonlyMap<string, string>): readonly Problem[] {
    const problems: Problem[] = [];
    for (const [key, uses] of this.#uses) {
      for (const [principal, use] of uses) {
        if (issued.get(key) === principal) continue;
        const message = `The entry says that ${principal} came with the key ${key}, which by the acts was not issued to them.`;
        problems.push({ ...use, code: 'key-unknown', message });
      }
    }
    return problems;
  }
}
