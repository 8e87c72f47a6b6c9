import { expect, test } from 'vitest';
import { page, prose } from './support/pages.ts';

const [english, vietnamese] = [page('README.md'), page('README.vi.md')];

test('README and its Vietnamese twin have the same headings, level by level', () => {
  const levels = (text: string) => [...text.matchAll(/^(#+) .+$/gm)].map(([, level]) => level);
  expect(levels(prose(vietnamese))).toEqual(levels(prose(english)));
});

test('README and its Vietnamese twin have the same blocks of code', () => {
  const codes = ({ blocks }: typeof english) => blocks.map(({ info, text }) => ({ info, text }));
  expect(codes(vietnamese)).toEqual(codes(english));
});

test('README and its Vietnamese twin link to the same pages, and hold the same bench table', () => {
  const links = (text: string) =>
    [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/README/.test(target ?? ''));
  expect(links(prose(vietnamese))).toEqual(links(prose(english)));
  const bench = (text: string) => /<!-- bench:start -->[\s\S]*<!-- bench:end -->/.exec(text)?.[0];
  expect(bench(english.text)).toBeDefined();
  expect(bench(vietnamese.text)).toEqual(bench(english.text));
});

test('README and its Vietnamese twin list as many things that are not there yet', () => {
  const items = (text: string) => [...text.matchAll(/^- /gm)].length;
  expect(items(vietnamese.text)).toBe(items(english.text));
});

test('README says exactly how to start, to play the story, and to test', () => {
  const commands = english.blocks.filter(({ info }) => info === 'sh').map(({ text }) => text.trim());
  expect(commands.slice(0, 3)).toEqual(['npm ci && npm start', 'npm run demo', 'npm ci && npm test']);
});
