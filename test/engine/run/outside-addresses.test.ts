import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { mayBeCalled, readNetworks } from '../../../engine/run/outside-addresses.ts';

const none = new BlockList();

test.each([
  ...['10.1.2.3', '127.0.0.1', '127.9.9.9', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...[
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::1',
    'fc00::1',
  ],
  ...[
    'fd12::1',
    'fe80::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001:db8::1',
    '3fff::1',
    '3fff:fff::1',
  ],
  ...['', 'localhost', '10.1', '0x7f000001'],
])('P9: %s is not called', (address) => {
  expect(mayBeCalled(address, none)).toBe(false);
});

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is',
  (address) => {
    expect(mayBeCalled(address, none)).toBe(true);
  },
);

test('a network that was named is called, and nothing beside it', () => {
  const named = readNetworks(['10.20.0.0/16', 'fd00:1::/32']) ?? none;
  const tried = ['10.20.3.4', 'fd00:1::5', '::ffff:10.20.0.1', '10.21.0.1', '127.0.0.1', 'fd00:2::1'];
  expect(tried.map((address) => mayBeCalled(address, named))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1'])
    expect(readNetworks([wrong])).toBeNull();
});
