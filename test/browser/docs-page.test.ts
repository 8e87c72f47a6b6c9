/** The pages in a real browser. Needs Chromium: at CHROMIUM, or where the system puts it. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../api/create-app.ts';
import { type Serving, serve } from '../../api/serve.ts';
import { handEngine, secret } from '../api/support/hand-engine.ts';

let browser: Browser;
let server: Serving;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
  server = await serve(createApp(handEngine().engine), { host: '127.0.0.1', port: 0, graceMs: 500 });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

function findBrowser(): string {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium: install it (apt-get install chromium), or name it in CHROMIUM.',
  );
}

/** A page whose every complaint, and every request to elsewhere, is kept. */
async function openPage(path: string, width: number, colorScheme: 'light' | 'dark' = 'light') {
  const page = await browser.newPage({ viewport: { width, height: 850 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  await page.goto(server.url + path);
  return { page, complaints };
}

const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

for (const path of ['/', '/docs', '/problems/stale']) {
  for (const [width, scheme] of [
    [360, 'light'],
    [1280, 'dark'],
  ] as const) {
    test(`${path} shows without complaint, ${width} wide and ${scheme}`, async () => {
      const { page, complaints } = await openPage(path, width, scheme);
      expect(await page.locator('main').isVisible()).toBe(true);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.close();
    }, 60_000);
  }
}

test('the documentation is searched as one types', async () => {
  const { page, complaints } = await openPage('/docs', 1280);
  await page.keyboard.press('/');
  await page.keyboard.type('reason verdict');
  expect(await page.locator('.operation:visible').count()).toBeLessThan(4);
  expect(await page.locator('#decide').isVisible()).toBe(true);
  await page.fill('#find', 'nothing is called xyzzy');
  expect(await page.locator('#nothing').isVisible()).toBe(true);
  await page.fill('#find', '');
  expect(await page.locator('.operation:visible').count()).toBeGreaterThan(15);
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);

test('a request is tried with the reader’s own key, which is kept nowhere', async () => {
  const { page, complaints } = await openPage('/docs#readMe', 360);
  await page.fill('#key', secret);
  await page.click('#readMe .try > summary');
  await page.click('#readMe .try button');
  await page.waitForSelector('#readMe output pre');
  expect(await page.locator('#readMe output').textContent()).toContain('Trần Thị Lan');
  const kept = await page.evaluate(
    'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
  );
  expect(kept).toBe('{}');

  await page.click('#decide .try > summary');
  await page.click('#decide .try button');
  expect(await page.locator('#decide output').textContent()).toContain('Fill in instance first.');
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);

test('the documentation reads whole without its script', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/docs`);
  expect(await page.locator('.operation:visible').count()).toBeGreaterThan(15);
  expect(await page.locator('#find').isVisible()).toBe(false);
  await context.close();
}, 60_000);
