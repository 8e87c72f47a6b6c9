import { expect, test } from 'vitest';
import { problemCodes } from '../../../schemas/problem-codes.ts';
import { testApp } from '../support/caller.ts';

test.each(['/', '/docs', '/problems/stale'])(
  '%s is a page that takes nothing from elsewhere and nothing inline',
  async (path) => {
    const response = await testApp().send('GET', path, { anonymous: true });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const page = await response.text();
    expect(page).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle="|\son\w+="/);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '');
    expect(addresses.filter((address) => !/^(\/|#|data:image\/svg)/.test(address))).toEqual([]);
  },
);

test('every address a page names is served', async () => {
  const { send } = testApp();
  for (const path of ['/', '/docs', '/problems/stale']) {
    const page = await (await send('GET', path)).text();
    const addresses = [...page.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, address]) => address ?? '');
    for (const address of new Set(addresses))
      expect([address, (await send('GET', address)).status]).toEqual([address, 200]);
    const ids = new Set([...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  }
});

test('every problem leads to a page that explains it', async () => {
  const { send } = testApp();
  for (const code of problemCodes) {
    const page = await (await send('GET', `/problems/${code}`, { anonymous: true })).text();
    expect(page).toContain(`<code>${code}</code>`);
  }
});

test('the first page speaks both languages', async () => {
  const page = await (await testApp().send('GET', '/')).text();
  expect(page).toContain('<section lang="vi">');
  expect(page).toContain('<section lang="en">');
  expect(page).toContain('npm run demo');
});
