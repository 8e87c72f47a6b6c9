/** How output looks: colour only where a person watches, progress only where something takes time. */

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const codes: { readonly [colour in Colour]: readonly [number, number] } = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Colours a text when standard output is a terminal and nobody asked for no colour. */
export function paint(colour: Colour, text: string): string {
  if (!process.stdout.isTTY || (process.env.NO_COLOR ?? '') !== '') return text;
  const [open, close] = codes[colour];
  return `\u001b[${open}m${text}\u001b[${close}m`;
}

/** Removes what could move the cursor or change colours: names and texts come from other people. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** Says on standard error what is going on once it has taken `afterMs`, and every five seconds from then on. */
export async function withProgress<T>(what: string, work: () => Promise<T>, afterMs = 2_000): Promise<T> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const say = () => console.error(`${what} (${seconds()} s) …`);
  let timer = setTimeout(function again() {
    say();
    timer = setTimeout(again, 5_000);
  }, afterMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
