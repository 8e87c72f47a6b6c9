import { expect, test } from 'vitest';
import { loadDefinition } from '../../../engine/definition/load-definition.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { counterDefinition, proposalDefinition, waitDefinition } from '../../support/definitions.ts';

test('a stored definition that lint would refuse today still loads, for the instances that run on it', () => {
  const source = proposalDefinition.replace('onDone: approving', 'onDone: issued');
  expect(lintDefinition(source, 'x.yaml').process).toBeNull();
  expect(loadDefinition(source)?.definition.id).toBe('proposal');
});

test('what loads is what lint compiled: same hash, same transitions', () => {
  const loaded = loadDefinition(waitDefinition);
  const linted = lintDefinition(waitDefinition, 'x.yaml').process;
  expect(loaded?.hash).toBe(linted?.hash);
  expect([...(loaded?.transitions.keys() ?? [])]).toEqual([...(linted?.transitions.keys() ?? [])]);
});

test('what cannot be compiled is null, not an exception', () => {
  for (const source of [
    '',
    '[',
    'id: x',
    counterDefinition.replace('context.limit > 0', 'context.limit >'),
  ]) {
    expect(loadDefinition(source)).toBeNull();
  }
});
