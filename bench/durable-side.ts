/** Durable transitions in process: events through the engine's own door, each answered when it is on disk. */
import type { Side } from './rounds.ts';
import type { ToggleEngine } from './toggle-engine.ts';

/** So many events under way at any time, each on an instance that no other event is on. */
export function toDurableSide(
  { engine, caller, instances }: ToggleEngine,
  concurrency: number,
  name = 'durable-transitions',
): Side {
  return {
    name,
    async measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      let steps = 0;
      async function flipInTurn(lane: number): Promise<void> {
        for (let at = lane; performance.now() < end; at += concurrency) {
          const instance = instances[at % instances.length] ?? '';
          const answer = await engine.postEvent(
            caller,
            { instance, type: 'flip', data: {}, seen: null },
            null,
          );
          if (answer.kind === 'refusal') throw new Error(`A flip was refused: ${answer.message}`);
          steps++;
        }
      }
      await Promise.all(Array.from({ length: concurrency }, (_, lane) => flipInTurn(lane)));
      return { [name]: steps / ((performance.now() - start) / 1000) };
    },
  };
}
