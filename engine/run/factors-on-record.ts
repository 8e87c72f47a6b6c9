/** Which factors the decisions on the record name, and for whom: each must have been enrolled by that very principal. */
import { methodOf } from '../oversight/assurance.ts';
import type { ShownOnRecord } from '../step/instance-trial.ts';
import type { Step } from '../step/step.ts';
import type { Problem } from '../step/verify-instance.ts';
import type { EnrolledFactor } from './administration-problems.ts';

interface Use {
  readonly instance: string;
  readonly seq: number;
  readonly shown: ShownOnRecord;
}

export class FactorsOnRecord {
  readonly #uses: Use[] = [];

  note({ instance, seq }: Step['entry'], shown: ShownOnRecord): void {
    this.#uses.push({ instance, seq, shown });
  }

  /** `enrolled` tells what each factor is, by the acts; it MUST have been read after the entries. */
  problems(enrolled: ReadonlyMap<string, EnrolledFactor>): readonly Problem[] {
    return this.#uses.flatMap(({ instance, seq, shown }): Problem[] => {
      const { factor, principal } = shown;
      const act = enrolled.get(factor.id);
      if (act?.principal !== principal || act.kind !== factor.kind) {
        const message = `The entry says that ${principal} showed ${methodOf(factor)}, which by the acts they did not enrol.`;
        return [{ instance, seq, code: 'factor-unknown', message }];
      }
      return [];
    });
  }
}
