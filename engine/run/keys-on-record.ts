/** Which keys and sessions the entries name, and for whom: each must have been issued to that very principal. */
import type { Step } from '../step/step.ts';
import type { Problem } from '../step/verify-instance.ts';

interface Use {
  readonly instance: string;
  readonly seq: number;
}

const prefixes = ['key:', 'session:'];

export class KeysOnRecord {
  /** By key or session, as it is named, and principal: the first entry that names them. */
  readonly #uses = new Map<string, Map<string, Use>>();
  #last = '';

  /** An entry that came; most come with the key of the one before. */
  note({ actor, authentication, instance, seq }: Step['entry']): void {
    for (const method of authentication) {
      if (method + actor.principal === this.#last) continue;
      if (!prefixes.some((prefix) => method.startsWith(prefix))) continue;
      this.#last = method + actor.principal;
      const uses = this.#uses.get(method) ?? new Map<string, Use>();
      if (!uses.has(actor.principal)) uses.set(actor.principal, { instance, seq });
      this.#uses.set(method, uses);
    }
  }

  /** `issued` tells whom each was issued to, as entries name it; it MUST have been read after the entries. */
  problems(issued: ReadonlyMap<string, string>): readonly Problem[] {
    const problems: Problem[] = [];
    for (const [method, uses] of this.#uses) {
      for (const [principal, use] of uses) {
        if (issued.get(method) === principal) continue;
        const [what, id] = [method.slice(0, method.indexOf(':')), method.slice(method.indexOf(':') + 1)];
        const message = `The entry says that ${principal} came with the ${what} ${id}, which by the acts was not issued to them.`;
        problems.push({ ...use, code: 'key-unknown', message });
      }
    }
    return problems;
  }
}
