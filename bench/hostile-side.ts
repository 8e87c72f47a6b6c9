/** How long definitions that nobody means well with are looked at before they are refused. */
import { lintDefinition } from '../engine/index.ts';
import { hostileTexts } from './hostile-texts.ts';
import type { Side } from './rounds.ts';

/** Milliseconds for the slowest of them; each is refused at least once, the first time aside. */
export function toHostileSide(): Side {
  return {
    name: 'refuse-hostile-text',
    measure: () => ({
      'refuse-hostile-text': Math.max(...hostileTexts.map(([, text]) => refusalTimeMs(text))),
    }),
  };
}

/** The best of three: what a collection of garbage or another program adds is not what the text costs. */
function refusalTimeMs(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const { process: accepted } = lintDefinition(text, 'hostile.yaml');
    if (accepted !== null) throw new Error(`A hostile text was accepted: ${text.slice(0, 60)}`);
    return performance.now() - start;
  });
  return Math.min(...times);
}
