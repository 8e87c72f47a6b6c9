import { expect, test } from 'vitest';
import { measureInRounds, type Side } from '../../bench/rounds.ts';

function sideThatLogs(name: string, log: string[], values: number[]): Side {
  return {
    name,
    measure(seconds) {
      log.push(`${name} ${seconds}`);
      return { [name]: values.shift() ?? 0 };
    },
  };
}

test('sides take turns, every other round in reverse, and share the time among their rounds', async () => {
  const log: string[] = [];
  const sides = [sideThatLogs('a', log, [1, 2, 3]), sideThatLogs('b', log, [4, 5, 6])];
  const values = await measureInRounds(sides, { rounds: 3, seconds: 6, progress: () => {} });
  expect(log).toEqual(['a 2', 'b 2', 'b 2', 'a 2', 'a 2', 'b 2']);
  expect([...values]).toEqual([
    ['a', [1, 2, 3]],
    ['b', [4, 5, 6]],
  ]);
});

test('each round is announced, so that nobody waits in silence', async () => {
  const said: string[] = [];
  await measureInRounds([sideThatLogs('a', [], [1, 1])], {
    rounds: 2,
    seconds: 1,
    progress: (sentence) => said.push(sentence),
  });
  expect(said).toEqual(['round 1 of 2: a', 'round 2 of 2: a']);
});

test.each([Number.NaN, 0, Number.POSITIVE_INFINITY])(
  'a round that found %d is an error, not a result',
  async (value) => {
    await expect(
      measureInRounds([sideThatLogs('a', [], [value])], { rounds: 1, seconds: 1, progress: () => {} }),
    ).rejects.toThrow('a measured nothing in round 1.');
  },
);

test('a signal ends it before the next side, even where no side ever waits', async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const interrupting: Side = {
    name: 'a',
    measure() {
      setImmediate(() => controller.abort(new Error('stopped')));
      return { a: 1 };
    },
  };
  const work = measureInRounds([interrupting, sideThatLogs('b', log, [1])], {
    rounds: 1,
    seconds: 1,
    progress: () => {},
    signal: controller.signal,
  });
  await expect(work).rejects.toThrow('stopped');
  expect(log).toEqual([]);
});
