import { expect, test } from 'vitest';
import { openCookie } from '../../../api/sign-in/cookies.ts';

const secure = openCookie('countersign', 'https://countersign.example');

test('over TLS a cookie is bound to this host, sent over TLS only, and hidden from scripts', () => {
  expect(secure.set('value')).toBe('__Host-countersign=value; Path=/; HttpOnly; SameSite=Lax; Secure');
  expect(secure.set('value', 600)).toMatch(/; Secure; Max-Age=600$/);
  expect(secure.clear()).toBe('__Host-countersign=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0');
});

test.each<[string | null, string | null]>([
  ['__Host-countersign=a', 'a'],
  ['other=b; __Host-countersign=a; countersign=c', 'a'],
  ['__Host-countersign=a; __Host-countersign=a', 'a'],
  ['__Host-countersign=a; __Host-countersign=b', null],
  ['countersign=a', null],
  ['x__Host-countersign=a', null],
  ['__Host-countersign=', null],
  ['__Host-countersign', null],
  [`__Host-countersign=${'a'.repeat(5000)}`, null],
  [null, null],
])('of %j it reads %j', (header, value) => {
  expect(secure.read(header)).toBe(value);
});
