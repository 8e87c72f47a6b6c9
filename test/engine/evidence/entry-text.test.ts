import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { entryText } from '../../../engine/evidence/entry-text.ts';
import type { Entry } from '../../../schemas/entry.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const digest = fc.constantFrom('0'.repeat(64), 'ab'.repeat(32));
const draft = fc.record(
  {
    actor: fc.record({ principal: text, kind: fc.constant('person' as const), position: text }),
    authentication: fc.array(text, { maxLength: 2 }),
    definition: digest,
    event: text,
    format: fc.constant(1 as const),
    from: fc.array(text, { maxLength: 2 }),
    gate: fc.record({
      state: text,
      opened: fc.nat(),
      meaning: text,
      subject: digest,
      verdict: text,
      decision: digest,
      outcome: text,
    }),
    instance: text,
    kind: fc.constantFrom('event' as const, 'decision' as const),
    migration: fc.record({ from: digest }),
    proposal: fc.record({ decision: text, digest }),
    request: text,
    responsible: fc.array(text, { maxLength: 2 }),
    seq: fc.integer({ min: 1 }),
    time: text,
    to: fc.array(text, { maxLength: 2 }),
  },
  {
    requiredKeys: [
      ...(['actor', 'authentication', 'definition', 'event', 'format', 'from', 'instance', 'kind'] as const),
      ...(['request', 'responsible', 'seq', 'time', 'to'] as const),
    ],
  },
);

test('an entry has the same text as canonical JSON gives it, with or without each member', () => {
  fc.assert(
    fc.property(draft, fc.option(digest, { nil: undefined }), (members, context) => {
      const entry = members as Omit<Entry, 'context' | 'data' | 'previous'>;
      const sealing = { data: 'd', previous: 'p' };
      const whole = { ...entry, ...sealing, ...(context === undefined ? {} : { context }) };
      expect(entryText(entry, { ...sealing, context })).toBe(canonicalJson(whole));
    }),
  );
});
