import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { folder, shippedPictures } from '../../docs/write-pictures.ts';

// Laying out takes seconds, and longer where other tests run beside it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

test('the pictures of the processes that come along are current; run "npm run pictures" if not', async () => {
  const pictures = await shippedPictures();
  expect(readdirSync(folder).filter((name) => name.endsWith('.svg'))).toEqual(
    [...pictures.keys()].toSorted(),
  );
  for (const [name, svg] of pictures) {
    expect(readFileSync(join(folder, name), 'utf8') === svg, `${name} is current`).toBe(true);
  }
});
