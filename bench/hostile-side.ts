/** How long definitions that nobody means well with are looked at before they are refused. */
import { lintDefinition } from '../engine/index.ts';
import { hostileTexts } from './hostile-texts.ts';
import type { Side } from './rounds.ts';

/** Milliseconds for the slowest of them. */
export function toHostileSide(): Side {
  return {
    name: 'refuse-hostile-text',
    measure: () => ({
      'refuse-hostile-text': Math.max(...hostileTexts.map(([, text]) => refusalTimeMs(text))),
    }),
  };
}

function refusalTimeMs(text: string): number {
  const start = performance.now();
  const { process: accepted } = lintDefinition(text, 'hostile.yaml');
  if (accepted !== null) throw new Error(`A hostile text was accepted: ${text.slice(0, 60)}`);
  return performance.now() - start;
}
