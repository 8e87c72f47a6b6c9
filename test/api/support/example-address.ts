/** A route's address with every parameter filled in: the compiler asks for each that there is. */
import type { PathParameter } from '../../../api/route.ts';

const examples: { readonly [name in PathParameter]: string } = {
  hash: '0'.repeat(64),
  instance: '0193e7a8-0000-7000-8000-000000000001',
  state: 'approving',
  opened: '3',
  key: 'key',
  request: '0193e7a8-0000-7000-8000-000000000001.1.drafting',
  control: 'control',
  factor: 'factor',
  session: 'session-1',
  entry: 'x',
};

export function exampleAddress(
  path: string,
  given: { readonly [name in PathParameter]?: string } = {},
): string {
  const values: { readonly [name: string]: string } = { ...examples, ...given };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
