import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { callerIsLocal } from '../../api/caller-is-local.ts';

const from = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
  callerIsLocal({
    socket: { remoteAddress },
    headers: { host: '127.0.0.1:2727', ...headers },
  } as unknown as IncomingMessage);

test('the socket decides who is on this machine', () => {
  expect([from('127.0.0.1'), from('127.1.2.3'), from('::1'), from('::ffff:127.0.0.1')]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([from('10.0.0.1'), from('::ffff:10.0.0.1'), from('fe80::1'), from(undefined)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(callerIsLocal(undefined)).toBe(false);
});

test('a header never makes a caller local, and a forwarding header makes them a stranger', () => {
  expect(from('10.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false);
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
    expect(from('127.0.0.1', { [name]: '127.0.0.1' })).toBe(false);
  }
});

test('a name that was rebound to this machine is not this machine', () => {
  expect(from('127.0.0.1', { host: 'example.org' })).toBe(false);
  expect(from('127.0.0.1', { host: '127.0.0.1.example.org' })).toBe(false);
  expect([from('127.0.0.1', { host: 'localhost:2727' }), from('::1', { host: '[::1]:2727' })]).toEqual([
    true,
    true,
  ]);
});
