/**
 * The factors that decisions on the record name: each must have been enrolled by that very principal, and each
 * signature must be of the key that was enrolled, over that very decision. Nothing but the record and the acts is asked.
 */
import type { StoredFactor } from '../ledger/factors.ts';
import { methodOf } from '../oversight/assurance.ts';
import type { ShownOnRecord } from '../step/instance-trial.ts';
import type { Step } from '../step/step.ts';
import type { Problem } from '../step/verify-instance.ts';
import type { EnrolledFactor } from './administration-problems.ts';
import { type CertificateDetail, certificateProblem } from './check-certificate-signature.ts';
import { type PasskeyDetail, passkeyProblem } from './check-passkey.ts';

interface Use {
  readonly instance: string;
  readonly seq: number;
  readonly principal: string;
  readonly method: string;
  readonly id: string;
  readonly kind: string;
  /** What its signature was judged by so far; null when it has yet to be. */
  readonly judgedBy: string | null;
  /** Kept only while it has yet to be judged: a record may hold many. */
  readonly shown: ShownOnRecord | null;
  readonly time: string;
  readonly why: string | null;
}

export class FactorsOnRecord {
  readonly #known: ReadonlyMap<string, string>;
  readonly #uses: Use[] = [];

  /** Factors as they are stored. A signature is judged by them at once; whether they are right, the acts tell later. */
  constructor(stored: readonly StoredFactor[] = []) {
    this.#known = new Map(stored.map(({ id, detail }) => [id, detail]));
  }

  note({ instance, seq, time }: Step['entry'], shown: ShownOnRecord): void {
    const { factor, principal } = shown;
    const detail = this.#known.get(factor.id) ?? null;
    this.#uses.push({
      ...{ instance, seq, principal, time, id: factor.id, kind: factor.kind, method: methodOf(factor) },
      judgedBy: detail,
      shown: detail === null ? shown : null,
      why: detail === null ? null : signatureProblem(detail, shown, time),
    });
  }

  /** `enrolled` tells what each factor is, by the acts; it MUST have been read after the entries. */
  problems(enrolled: ReadonlyMap<string, EnrolledFactor>): readonly Problem[] {
    return this.#uses.flatMap((use): Problem[] => {
      const { instance, seq, principal, method } = use;
      const act = enrolled.get(use.id);
      if (act?.principal !== principal || act.kind !== use.kind) {
        const message = `The entry says that ${principal} showed ${method}, which by the acts they did not enrol.`;
        return [{ instance, seq, code: 'factor-unknown', message }];
      }
      const why = use.shown === null ? otherKey(use, act) : signatureProblem(act.detail, use.shown, use.time);
      if (why === null) return [];
      const message = `The signature of ${principal} by ${method} does not hold, because ${why}.`;
      return [{ instance, seq, code: 'signature-wrong', message }];
    });
  }
}

function otherKey({ why, judgedBy }: Use, { detail }: EnrolledFactor): string | null {
  return why ?? (judgedBy === detail ? null : 'another key is stored than was enrolled');
}

/** Null where it holds, or where nothing was signed. */
function signatureProblem(detail: string, { factor, statement }: ShownOnRecord, time: string): string | null {
  if (factor.kind === 'otp' || statement === null) return null;
  try {
    const parsed: unknown = JSON.parse(detail);
    return factor.kind === 'passkey'
      ? passkeyProblem(parsed as PasskeyDetail, statement, factor)
      : certificateProblem(parsed as CertificateDetail, statement, factor, time);
  } catch {
    return 'what was enrolled is no key';
  }
}
