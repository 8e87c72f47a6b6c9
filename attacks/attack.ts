/** What an attack is: what is tried, the answer that is stated for it, and the answer that came. */
import type { Range } from './range.ts';

export interface Attack {
  /** A sentence: who tries what. */
  readonly name: string;
  /** HTTP status and problem code, joined by a blank; or, for a race or a crowd, what must come of it. */
  readonly stated: string;
  /** Plays it and says what came, in the same form. Throws where something moved that must not. */
  play(range: Range): Promise<string>;
}

export interface Played {
  readonly attack: Attack;
  /** The answer, or what went wrong while it was played. */
  readonly answer: string;
  readonly asStated: boolean;
}

/** Plays one; whatever goes wrong is an answer that was not stated. */
export async function playAttack(attack: Attack, range: Range): Promise<Played> {
  try {
    const answer = await attack.play(range);
    return { attack, answer, asStated: answer === attack.stated };
  } catch (error) {
    return { attack, answer: error instanceof Error ? error.message : String(error), asStated: false };
  }
}
