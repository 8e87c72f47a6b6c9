/**
 * Forgets answers to requests with an Idempotency-Key once they are older than their lifetime. It goes through
 * their table slice by slice, and rests when it is through: never on the main path, and never in a hurry.
 */
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from './clock.ts';

const hourMs = 3_600_000;

export class AnswerSweep {
  readonly #ledger: Pick<Ledger, 'forgetAnswers'>;
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  /** Where the next slice begins; null while it rests. */
  #next: number | null = 0;
  #beganMs: number;

  constructor(ledger: Pick<Ledger, 'forgetAnswers'>, clock: Clock, lifetimeMs: number) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
    this.#beganMs = clock.now();
  }

  /** The next slice, if there is one to look at now. Answers how many were forgotten. */
  async sweep(): Promise<number> {
    const nowMs = this.#clock.now();
    if (this.#next === null) {
      if (nowMs - this.#beganMs < hourMs) return 0;
      this.#next = 0;
    }
    if (this.#next === 0) this.#beganMs = nowMs;
    const before = new Date(nowMs - this.#lifetimeMs).toISOString();
    const { next, forgotten } = await this.#ledger.forgetAnswers(this.#next, before);
    this.#next = next;
    return forgotten;
  }
}
