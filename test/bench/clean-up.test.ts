import { expect, test } from 'vitest';
import { type AtEnd, Interrupted, withCleanUp } from '../../bench/clean-up.ts';

test('what was started last is ended first, and the answer comes after', async () => {
  const ended: string[] = [];
  const answer = await withCleanUp(async (atEnd) => {
    atEnd(() => void ended.push('first'));
    atEnd(async () => void ended.push('second'));
    return 'done';
  });
  expect(answer).toBe('done');
  expect(ended).toEqual(['second', 'first']);
});

test('an error ends everything too, and is handed on', async () => {
  const ended: string[] = [];
  const work = withCleanUp(async (atEnd) => {
    atEnd(() => void ended.push('ended'));
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
  expect(ended).toEqual(['ended']);
});

test('a signal cuts the work short and ends everything', async () => {
  const ended: string[] = [];
  const before = process.listenerCount('SIGINT');
  const work = withCleanUp(async (atEnd) => {
    atEnd(() => void ended.push('ended'));
    process.emit('SIGINT', 'SIGINT');
    return new Promise<never>(() => {});
  });
  await expect(work).rejects.toBeInstanceOf(Interrupted);
  expect(ended).toEqual(['ended']);
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('what is started after the end is ended at once', async () => {
  const ended: string[] = [];
  let late: AtEnd = () => {};
  await withCleanUp(async (atEnd) => {
    late = atEnd;
  });
  late(() => ended.push('late'));
  expect(ended).toEqual(['late']);
});

test('the work is told of the signal, so that it can stop by itself', async () => {
  let told: AbortSignal | null = null;
  const work = withCleanUp(async (_atEnd, signal) => {
    told = signal;
    process.emit('SIGTERM', 'SIGTERM');
    return new Promise<never>(() => {});
  });
  await expect(work).rejects.toThrow('Stopped by SIGTERM.');
  expect(told).toMatchObject({ aborted: true });
});
