import { describe, expect, test } from 'vitest';
import { hostileTexts } from '../../../bench/hostile-texts.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';

describe('hostile text', () => {
  for (const [name, text, code, line, column] of hostileTexts) {
    test(`${name} is refused with its place`, () => {
      const { process: compiled, findings } = lintDefinition(text, 'hostile.yaml');
      expect(compiled).toBeNull();
      expect(findings[0]).toMatchObject({ code, line, column, severity: 'error', file: 'hostile.yaml' });
    });
  }

  test('a date stays a text, and so do yes and no', () => {
    const { findings } = lintDefinition('id: 2020-01-01\nversion: yes', 'x.yaml');
    expect(findings.map(({ message }) => message).join()).not.toContain('"id" must be a text');
    expect(findings.map(({ message }) => message).join()).not.toContain('"version" must be a text');
  });

  test('an alias stands for what its anchor holds', () => {
    const { findings } = lintDefinition('title: &t { vi: a, en: b }\nstart: { title: *t }', 'x.yaml');
    expect(findings.map(({ code }) => code)).not.toContain('unknown-alias');
  });
});
