import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { generateDefinition } from '../../bench/generate-definition.ts';
import { lintDefinition } from '../../engine/index.ts';

test.each([100, 1000])('a generated definition has %d states and one end', (size) => {
  const { states } = parse(generateDefinition(size)) as { states: Record<string, { type?: string }> };
  expect(Object.keys(states)).toHaveLength(size + 1);
  expect(Object.values(states).filter(({ type }) => type === 'final')).toHaveLength(1);
});

test('a generated definition passes lint with its proof, or there would be nothing to measure', () => {
  const { certificate, findings } = lintDefinition(generateDefinition(20), 'generated.yaml');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(certificate).not.toBeNull();
});
