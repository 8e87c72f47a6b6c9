/** Tells the story of the demonstration, line by line, as it happens. It must not know the story. */
import { paint, plain } from '../terminal.ts';

export interface Told {
  /** Who acts, and what kind of principal. */
  readonly who: string;
  readonly what: string;
}

export class Narrator {
  #step = 0;

  chapter(title: string): void {
    console.log(`\n${paint('bold', plain(title))}`);
  }

  say(sentence: string): void {
    console.log(`      ${paint('dim', plain(sentence))}`);
  }

  /** A step that is on the record: where it led, and the hash of its entry. */
  step({ who, what }: Told, where: string, entry: string): void {
    this.#step += 1;
    console.log(`${String(this.#step).padStart(4)}  ${paint('cyan', plain(who))} ${plain(what)}`);
    console.log(
      `      ${paint('green', '→')} ${plain(where)}   ${paint('dim', `entry ${entry.slice(0, 16)}`)}`,
    );
  }

  /** An attempt that was refused, and what the server said. */
  refused({ who, what }: Told, code: string, sentences: string): void {
    console.log(`   ${paint('red', '✗')}  ${paint('cyan', plain(who))} ${plain(what)}`);
    console.log(`      ${paint('red', 'refused')} ${plain(code)}: ${plain(sentences)}`);
  }

  get steps(): number {
    return this.#step;
  }
}
