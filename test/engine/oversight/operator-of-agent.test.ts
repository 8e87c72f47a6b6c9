import { expect, test } from 'vitest';
import { isSameOperator, operatorOfAgent } from '../../../engine/oversight/operator-of-agent.ts';
import { people, units } from '../../support/test-people.ts';

const directory = {
  principals: new Map(people.map((one) => [one.id, one])),
  units: new Map(units.map((one) => [one.id, one])),
};
const free = (stated: string | null) => operatorOfAgent(directory, 'agent:drafter', stated);
const bound = (stated: string | null) => operatorOfAgent(directory, 'agent:second', stated);

test('P3: an agent names as its operator whom the directory names, by whatever account', () => {
  for (const stated of [null, 'person:leader', 'person:leader-second-account'])
    expect(bound(stated)).toEqual({ kind: 'operator', operator: 'person:leader' });
  for (const stated of ['person:head', 'unit:office', 'person:nobody'])
    expect(bound(stated)).toMatchObject({ kind: 'refusal', code: 'bad-input' });
});

test('P3: whatever account of the operator is named, it is the natural person', () => {
  const declared = { ...directory, principals: new Map(directory.principals) };
  const second = people.find(({ id }) => id === 'agent:second');
  if (second === undefined) throw new Error('There is no such agent.');
  declared.principals.set(second.id, { ...second, operator: 'person:leader-second-account' });
  expect(operatorOfAgent(declared, second.id, null)).toEqual({ kind: 'operator', operator: 'person:leader' });
});

test('P3: where the directory names nobody, an agent names nobody either', () => {
  expect(free(null)).toEqual({ kind: 'operator', operator: null });
  for (const stated of ['person:leader', 'unit:office', 'person:nobody', 'agent:drafter', ' person:leader'])
    expect(free(stated)).toMatchObject({ kind: 'refusal', code: 'bad-input' });
});

test('a unit that operates is all its people, and all units in it', () => {
  const within = { id: 'unit:within', parent: 'unit:office', title: { vi: 'Tổ', en: 'Team' } };
  const larger = { ...directory, units: new Map([...directory.units, [within.id, within]]) };
  const isSame = (one: string, other: string) => [
    isSameOperator(larger, one, other),
    isSameOperator(larger, other, one),
  ];
  expect(isSame('person:leader', 'person:leader')).toEqual([true, true]);
  expect(isSame('person:leader', 'person:head')).toEqual([false, false]);
  expect(isSame('person:leader', 'unit:office')).toEqual([true, true]);
  expect(isSame('person:leader', 'unit:other')).toEqual([false, false]);
  expect(isSame('unit:within', 'unit:office')).toEqual([true, true]);
  expect(isSame('person:leader', 'unit:within')).toEqual([false, false]);
});
