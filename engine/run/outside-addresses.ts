/**
 * Which addresses may be called from here. An address in the directory is an outsider's chance to have this server ask
 * something inside its own network, so nothing private is, unless whoever runs the server named its network. Pure.
 */
import { BlockList, isIP } from 'node:net';

/** Networks as `10.20.0.0/16`; null where one of them is none. */
export function readNetworks(texts: readonly string[]): BlockList | null {
  const networks = new BlockList();
  for (const text of texts) {
    const [address = '', prefix = '', ...rest] = text.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return null;
    if (Number(prefix) > (version === 4 ? 32 : 128)) return null;
    networks.addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
  }
  return networks;
}

/** Whether the address is that of a host on the public network, or in one of the networks that were named. */
export function mayBeCalled(address: string, named: BlockList): boolean {
  const plain = unmapped(address);
  const version = isIP(plain);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return named.check(plain, family) || !inside[family].check(plain, family);
}

/** An IPv4 address may come in the clothes of an IPv6 one. */
function unmapped(address: string): string {
  const [, dotted] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return dotted ?? address;
}

/** One list each: a list takes an IPv4 address for the IPv6 one that it is written as, too. */
const inside = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  inside.ipv4.addSubnet(network, prefix, 'ipv4');
// Of IPv6 only what is given out for hosts on the public network, less what leads back to IPv4.
for (const [network, prefix] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  inside.ipv6.addSubnet(network, prefix, 'ipv6');
