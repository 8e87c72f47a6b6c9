/** What a browser makes of the pictures. Needs Chromium: at CHROMIUM, or where the system puts it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cleanText } from '../../../engine/picture/clean-text.ts';
import { drawPicture } from '../../../engine/picture/draw-picture.ts';
import { fontStack, textWidth } from '../../../engine/picture/text-width.ts';
import { layOutGraph } from '../../../engine/run/lay-out-graph.ts';
import { compile, everything, root, smallWithTitle } from './support/pictured.ts';

// Laying out takes seconds, and longer where other tests run beside it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let browser: Browser;
let page: Page;
const folder = mkdtempSync(join(tmpdir(), 'countersign-pictures-'));

beforeAll(async () => {
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (executablePath === undefined) {
    throw new Error(
      'The browser tests need Chromium: install it (apt-get install chromium), or name it in CHROMIUM.',
    );
  }
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
  page = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openPicture(svg: string): Promise<void> {
  const file = join(folder, 'picture.svg');
  writeFileSync(file, svg);
  await page.goto(pathToFileURL(file).href);
}

async function drawIn(source: string, language: 'vi' | 'en'): Promise<string> {
  const definition = compile(source);
  return drawPicture(definition, await layOutGraph(definition, { language }));
}

test('the pictures open as SVG images, and no text leaves the page or the box it is in', async () => {
  // Those in the docs are current, as another test sees to.
  const pictures = readdirSync(join(root, 'docs/pictures')).filter((name) => name.endsWith('.svg'));
  expect(pictures.length).toBeGreaterThan(2);
  for (const svg of [
    ...pictures.map((name) => readFileSync(join(root, 'docs/pictures', name), 'utf8')),
    await drawIn(everything, 'vi'),
  ]) {
    await openPicture(svg);
    expect(await page.evaluate('document.contentType')).toBe('image/svg+xml');
    expect(await page.evaluate('document.querySelectorAll("parsererror").length')).toBe(0);
    expect(await page.evaluate(textsOutside)).toEqual([]);
  }
});

/** Texts that reach beyond the first rectangle before them that holds their beginning. */
const textsOutside = `(() => {
  const wrong = [];
  const page = document.documentElement.getBoundingClientRect();
  for (const text of document.querySelectorAll('text')) {
    const own = text.getBoundingClientRect();
    if (own.left < page.left || own.right > page.right || own.bottom > page.bottom) wrong.push('page: ' + text.textContent);
    const frame = text.closest('g')?.querySelector('rect');
    if (!frame) continue;
    const around = frame.getBoundingClientRect();
    const begins = own.left >= around.left && own.left <= around.right && own.top >= around.top - 2 && own.top <= around.bottom;
    if (begins && own.right > around.right + 1) wrong.push(text.textContent);
  }
  return wrong;
})()`;

test('no text is wider in the fonts of this machine than the table says', async () => {
  const texts = [
    'Người có thẩm quyền ký quyết định',
    'Ủy viên Ban Thường vụ · quá nửa tổng số thành viên',
    'Sau 3 ngày: Đánh dấu quá hạn xem xét',
    'The quick brown fox jumps over the lazy dog, 0123456789',
    'ƯƠNG ĐƠN VỊ ĐƯỢC',
  ];
  await page.goto('about:blank');
  for (const weight of ['normal', 'bold'] as const) {
    for (const family of [fontStack, "'Liberation Sans',Arial,sans-serif"]) {
      const measured = (await page.evaluate(
        `(() => { const context = document.createElement('canvas').getContext('2d');
           context.font = ${JSON.stringify(`${weight === 'bold' ? 700 : 400} 100px ${family}`)};
           return ${JSON.stringify(texts)}.map((text) => context.measureText(text).width); })()`,
      )) as number[];
      for (const [index, text] of texts.entries()) {
        expect(measured[index], text).toBeLessThanOrEqual(textWidth(text, 100, weight) + 1);
      }
    }
  }
});

const hostile = [
  '</title><script>alert(1)</script>',
  '"><image href="https://example.org/x.png"/>',
  ']]><!--&bogus;&#0;<?xml version="1.0"?>',
  "' onload='alert(1)",
  '<style>*{display:none}</style>',
  '\u202eesrever \u2066hidden\u2069',
  'W'.repeat(300),
  'a\u0301'.repeat(100),
  '漢字 عربى 🙂 ﷽',
];

test('titles that attack stay text: no element, no attribute and no request comes of them', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const generated = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }), {
    numRuns: 8,
    seed: 379,
  });
  // Some of what is generated no YAML file can hold; those are refused before they are drawn.
  const titles = [...hostile, ...generated.filter((title) => cleanText(title) !== '' && isReadable(title))];
  expect(titles.length).toBeGreaterThan(hostile.length);
  // Several in one picture: laying out takes far longer than drawing.
  const pictures = Map.groupBy(titles, (title) => titles.indexOf(title) % 4);
  for (const [title = '', ...others] of pictures.values()) {
    const source = others.reduce(addState, smallWithTitle(title));
    await openPicture(await drawIn(source, 'en'));
    const found = (await page.evaluate(`(() => {
      const all = [...document.querySelectorAll('*')];
      return {
        wrong: all.filter((one) => one.namespaceURI !== 'http://www.w3.org/2000/svg' ||
          ['script', 'image', 'foreignObject', 'a', 'use', 'parsererror'].includes(one.localName) ||
          [...one.attributes].some(({ name }) => name.startsWith('on') || name.includes('href'))).length,
        title: document.querySelector('title').textContent,
        styles: document.querySelectorAll('style').length,
      };
    })()`)) as { wrong: number; title: string; styles: number };
    expect(found).toEqual({ wrong: 0, title: cleanText(title), styles: 1 });
    for (const other of others) expect(source).toContain(JSON.stringify(other));
  }
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
});

/** One more state on the way, with that title on it and on the event that leads there. */
function addState(source: string, title: string, index: number): string {
  const both = JSON.stringify({ vi: title, en: title });
  const state = `more${index}`;
  return source
    .replace('target: last }', () => `target: ${state} }`)
    .replace(
      '  last: ',
      () =>
        `  ${state}:\n    title: ${both}\n    on: { go: { title: ${both}, allow: { role: officer }, target: last } }\n  last: `,
    );
}

function isReadable(title: string): boolean {
  try {
    compile(smallWithTitle(title));
    return true;
  } catch {
    return false;
  }
}
