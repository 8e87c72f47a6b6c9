/**
 * How wide a text will be, without a font: a table of widths stands in for one, so that the same file gives
 * the same picture everywhere. It decides where lines break. It must not know what the texts are about.
 */

export type Weight = 'normal' | 'bold';

/** The first of these that a machine has is what the picture is read in. */
export const fontStack = `'Noto Sans','Segoe UI','Helvetica Neue',Arial,'Liberation Sans',sans-serif`;

/**
 * Thousandths of the font size for the characters from space to tilde: of Noto Sans and of the Arial family
 * the wider one, so that a text fits whichever is there.
 */
const latin: Readonly<Record<Weight, readonly number[]>> = {
  normal: toNumbers(
    `278 278 408 646 572 889 732 225 333 333 551 584 278 333 278 372 572 572 572 572 572 572 572 572 572 572
     278 278 584 584 584 556 1015 667 667 722 730 667 611 778 741 339 500 667 556 907 760 781 667 781 722 667
     611 731 667 944 667 667 611 329 372 329 572 556 333 561 615 500 615 564 344 615 618 258 258 534 258 935
     618 605 615 615 413 500 361 618 508 786 529 510 500 380 551 380 584`,
  ),
  bold: toNumbers(
    `278 333 474 646 572 901 750 266 339 339 545 584 285 333 285 413 572 572 572 572 572 572 572 572 572 572
     333 333 584 584 584 611 975 722 722 722 740 667 611 778 765 389 556 722 611 943 813 796 667 796 722 667
     611 756 667 967 667 667 611 333 413 333 584 556 362 604 633 556 633 591 387 633 657 305 305 620 305 982
     657 619 633 633 454 556 434 657 569 856 578 569 500 394 551 394 584`,
  ),
};

/** The other letters of Vietnamese, and the signs these pictures use; the same for both weights, the wider counts. */
const others: Readonly<Record<string, number>> = {
  đ: 649,
  Đ: 740,
  ơ: 679,
  Ơ: 825,
  ư: 760,
  Ư: 885,
  '\u00a0': 278,
  '§': 556,
  '·': 285,
  '×': 584,
  '«': 615,
  '»': 615,
  '–': 556,
  '‘': 278,
  '’': 278,
  '“': 500,
  '”': 500,
};

/** As wide as the font is high: what is not in the tables, ideographs and emoji among it. */
const unknownWidth = 1100;

/** Width of one line at a font size, in the size's own unit. */
export function textWidth(text: string, size: number, weight: Weight = 'normal'): number {
  let thousandths = 0;
  for (const character of text.normalize('NFC')) thousandths += widthOf(character, weight);
  return (thousandths * size) / 1000;
}

export interface Wrapping {
  readonly size: number;
  readonly weight?: Weight;
  readonly width: number;
  /** What does not fit into so many lines ends in an ellipsis. */
  readonly most: number;
}

/** Breaks a text into lines of about the same length, none wider than asked for. */
export function wrapText(text: string, wrapping: Wrapping): readonly string[] {
  const { most, width } = wrapping;
  const lines = fill(text, wrapping, width);
  if (lines.length > most)
    return [...lines.slice(0, most - 1), elide(lines.slice(most - 1).join(' '), wrapping)];
  // As few lines as before, but as narrow as they can be: the halves of a title become alike.
  let narrow = width / 3;
  let wide = width;
  while (wide - narrow > 2) {
    const middle = (narrow + wide) / 2;
    const tried = fill(text, wrapping, middle);
    if (tried.length === lines.length && fits(tried, wrapping, middle)) wide = middle;
    else narrow = middle;
  }
  return fill(text, wrapping, wide);
}

/** Cuts a text to one line, ending in an ellipsis where something was lost. */
export function elide(text: string, { size, weight = 'normal', width }: Omit<Wrapping, 'most'>): string {
  if (textWidth(text, size, weight) <= width) return text;
  const characters = [...text.normalize('NFC')];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, weight) > width)
    characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

function fits(lines: readonly string[], { size, weight = 'normal' }: Wrapping, width: number): boolean {
  return lines.every((line) => textWidth(line, size, weight) <= width);
}

function fill(text: string, { size, weight = 'normal' }: Wrapping, width: number): string[] {
  const fitting = (one: string) => textWidth(one, size, weight) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const spaced = line === '' ? word : `${line} ${word}`;
    if (fitting(spaced)) {
      line = spaced;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const piece of piecesOf(word, fitting)) {
      if (fitting(line + piece)) line += piece;
      else {
        if (line !== '') lines.push(line);
        line = piece;
      }
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A word wider than a line may go on in the next one after a stop of its own, and at worst anywhere. */
function piecesOf(word: string, fitting: (text: string) => boolean): readonly string[] {
  if (fitting(word)) return [word];
  return word.split(/(?<=[.,;:/()|&_-])/).flatMap((piece) => (fitting(piece) ? [piece] : [...piece]));
}

function widthOf(character: string, weight: Weight): number {
  const known = others[character] ?? latin[weight][character.charCodeAt(0) - 32];
  if (known !== undefined) return known;
  const [base = '', ...marks] = character.normalize('NFD');
  if (marks.length === 0) return /\p{Mark}/u.test(base) ? 0 : unknownWidth;
  // Marks above and below take no room of their own; the horn of ơ and ư does.
  const horned = marks.includes('\u031b') ? (others[`${base}\u031b`.normalize('NFC')] ?? 0) : 0;
  return Math.max(horned, widthOf(base, weight));
}

function toNumbers(list: string): readonly number[] {
  return list.trim().split(/\s+/).map(Number);
}
