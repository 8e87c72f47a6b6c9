import { realpath } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import { ask, madeDataFolder, newDataFolder, refusalOf, spawnEngine, startedEngine } from './engines.ts';

test('a second engine on one data folder ends at once with one sentence that names the first, which goes on', async () => {
  const folder = await madeDataFolder();
  const first = await startedEngine(folder, { url: 'http://127.0.0.1:2727' });
  const sentence = await refusalOf(folder);
  expect(sentence).toBe(
    `Another engine (process ${first.process.pid}, http://127.0.0.1:2727) already uses the data folder ${await realpath(folder)}: stop that one first, or set COUNTERSIGN_DATA to another folder.`,
  );
  expect(await ask(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.kill('SIGTERM');
});

test('where the first engine serves can be said after it has started', async () => {
  const folder = await madeDataFolder();
  const first = await startEmbedded(folder);
  expect(await refusalOf(folder)).toContain(`(process ${process.pid}) already uses`);
  await first.announce('http://127.0.0.1:4000');
  expect(await refusalOf(folder)).toContain(`(process ${process.pid}, http://127.0.0.1:4000) already uses`);
  await first.stop();
});

test('of engines that start at once on a folder that does not exist, exactly one serves and the others name it', async () => {
  const folder = await newDataFolder();
  const engines = Array.from({ length: 4 }, (_, index) =>
    spawnEngine(folder, { url: `http://127.0.0.1:400${index}` }),
  );
  const ends = await Promise.all(engines.map((engine) => engine.start));
  const winners = ends.flatMap((end, index) => (end.kind === 'started' ? [index] : []));
  expect(winners).toHaveLength(1);
  const winner = winners[0] ?? 0;
  for (const end of ends) {
    if (end.kind === 'started') expect(await ask(end.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    else
      expect(end.sentence).toMatch(
        `Another engine (process ${engines[winner]?.process.pid}, http://127.0.0.1:400${winner})`,
      );
  }
  await engines[winner]?.kill('SIGTERM');
});

test('of engines that start at once on a server left running, exactly one takes it over', async () => {
  const folder = await madeDataFolder();
  await (await startedEngine(folder)).kill('SIGKILL');
  const engines = Array.from({ length: 4 }, () => spawnEngine(folder));
  const ends = await Promise.all(engines.map((engine) => engine.start));
  expect(ends.filter((end) => end.kind === 'started')).toHaveLength(1);
});

test('a folder is free again the moment its engine stops', async () => {
  const folder = await madeDataFolder();
  for (let i = 0; i < 3; i++) {
    const database = await startEmbedded(folder);
    await database.stop();
  }
  const engine = await startedEngine(folder);
  await engine.kill('SIGTERM');
});
