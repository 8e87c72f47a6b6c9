/**
 * What one evaluation may spend on long texts and lists. Loops are bounded when an expression is loaded;
 * how long the texts and lists in them are is known only when it runs, so each look at one is counted.
 *
 * The counter is shared: an evaluation is synchronous and never contains another, so it is set back at
 * the beginning of each and nothing else can see it in between.
 */

/** Characters looked at. A few milliseconds' worth. */
const mostCharacters = 12_000_000;
let spent = 0;

/** Begins an evaluation. */
export function resetBudget(): void {
  spent = 0;
}

/** Reading a list converts each item, and what is then done with it looks at each again. */
const charactersPerItem = 40;

/** Counts items of a list that is read; a loop that reads a long list each time round runs out. */
export function spendItems(items: number): void {
  spendCharacters(items * charactersPerItem);
}

/** Counts characters looked at; throws when there were too many. */
export function spendCharacters(characters: number): void {
  spent += characters;
  if (spent > mostCharacters) throw new Error('it works through too much text, or too long lists too often');
}
