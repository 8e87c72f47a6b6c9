import { expect, test } from 'vitest';
import { operatorOfAgent } from '../../../engine/oversight/operator-of-agent.ts';
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
  expect(free('person:leader-second-account')).toEqual({ kind: 'operator', operator: 'person:leader' });
  const declared = { ...directory, principals: new Map(directory.principals) };
  const second = people.find(({ id }) => id === 'agent:second');
  if (second === undefined) throw new Error('There is no such agent.');
  declared.principals.set(second.id, { ...second, operator: 'person:leader-second-account' });
  expect(operatorOfAgent(declared, second.id, null)).toEqual({ kind: 'operator', operator: 'person:leader' });
});

test('where the directory names nobody, an agent names a person or a unit that is there, or nobody', () => {
  for (const stated of [null, 'person:leader', 'unit:office'])
    expect(free(stated)).toEqual({ kind: 'operator', operator: stated });
  for (const stated of ['person:nobody', 'unit:nowhere', 'service:intake', 'agent:drafter', ' person:leader'])
    expect(free(stated)).toMatchObject({ kind: 'refusal', code: 'bad-input' });
});
