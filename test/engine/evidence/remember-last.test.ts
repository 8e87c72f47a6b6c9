import { expect, test } from 'vitest';
import { rememberLast } from '../../../engine/evidence/remember-last.ts';

test('is asked once about the same thing, and answers about each thing its own', () => {
  let asked = 0;
  const nameOf = rememberLast(({ name }: { readonly name: string }) => {
    asked += 1;
    return name;
  });
  const things = ['a', 'b', 'c'].map((name) => ({ name }));
  for (const thing of [...things, ...things, ...things]) expect(nameOf(thing)).toBe(thing.name);
  expect(asked).toBe(3);
});

test('forgets the oldest, and then asks again', () => {
  let asked = 0;
  const numberOf = rememberLast((thing: { readonly number: number }) => {
    asked += 1;
    return thing.number;
  });
  const things = Array.from({ length: 20 }, (_, number) => ({ number }));
  for (const thing of [...things, ...things]) expect(numberOf(thing)).toBe(thing.number);
  expect(asked).toBe(40);
});

test('two things that look alike are two', () => {
  const itself = rememberLast((thing: { readonly name: string }) => ({ thing }));
  const [one, other] = [{ name: 'a' }, { name: 'a' }];
  expect(itself(one).thing).toBe(one);
  expect(itself(other).thing).toBe(other);
});
