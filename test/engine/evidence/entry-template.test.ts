import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import {
  entryText,
  fillTemplate,
  ownValues,
  sharedTemplate,
  toTemplate,
  type UnsealedEntry,
} from '../../../engine/evidence/entry-template.ts';
import { takeApart } from '../ledger/take-apart.ts';

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

const sealings = fc.record({
  context: fc.option(digest, { nil: null }),
  data: digest,
  previous: fc.constant('cd'.repeat(32)),
});

test('an entry has the same text as canonical JSON gives it, with or without each member', () => {
  fc.assert(
    fc.property(draft, sealings, (members, { context, ...sealing }) => {
      const entry = members as UnsealedEntry;
      const whole = { ...entry, ...sealing, ...(context === null ? {} : { context }) };
      expect(entryText(entry, { ...sealing, context })).toBe(canonicalJson(whole));
    }),
  );
});

test('its parts are those that somebody finds who has only the text', () => {
  fc.assert(
    fc.property(draft, fc.uuid(), sealings, (members, instance, sealing) => {
      const entry = { ...members, instance } as UnsealedEntry;
      const values = ownValues(entry, sealing);
      const text = entryText(entry, sealing);
      const { previous } = sealing;
      const found = takeApart({ instance, seq: entry.seq, text, previous });
      expect([found.context, found.data, found.request]).toEqual([sealing.context, sealing.data, values[4]]);
      const template = toTemplate(entry, sealing.context !== null);
      if (sealing.context !== null) expect(found.template).toEqual(template);
      // Without a commitment its place is anywhere before the next.
      expect(found.template.join('')).toBe(template.join(''));
    }),
  );
});

test('a template is shared by entries alike, and by no others', () => {
  // Few values, so that entries are often alike; each entry brings lists of its own.
  const few = fc.record({
    actor: fc.constantFrom(
      { principal: 'person:a', kind: 'person' as const },
      { principal: 'person:b', kind: 'person' as const },
    ),
    authentication: fc.constantFrom(['key'], ['key', 'totp']),
    event: fc.constantFrom('go', 'stay'),
    from: fc.constantFrom(['idle']),
    to: fc.constantFrom(['idle'], ['idle', 'busy']),
    responsible: fc.constantFrom(['person:c']),
  });
  let shared = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(few, fc.boolean()), { minLength: 20, maxLength: 60 }), (entries) => {
      const known = new Set<readonly string[]>();
      for (const [seq, [members, hasContext]] of entries.entries()) {
        const entry: UnsealedEntry = {
          ...members,
          authentication: [...members.authentication],
          from: [...members.from],
          responsible: [...members.responsible],
          to: [...members.to],
          definition: 'd'.repeat(64),
          format: 1,
          instance: `instance-${seq}`,
          kind: 'event',
          request: `request-${seq}`,
          seq,
          time: '2026-01-05T08:00:00.000Z',
        };
        const template = sharedTemplate(entry, hasContext);
        expect(template).toEqual(toTemplate(entry, hasContext));
        if (known.has(template)) shared += 1;
        known.add(template);
      }
    }),
    { seed: 379, numRuns: 100 },
  );
  expect(shared).toBeGreaterThan(500);
});

test('a template filled with the values of the entry is its text', () => {
  const entry: UnsealedEntry = {
    actor: { principal: 'person:a', kind: 'person' },
    authentication: ['key'],
    definition: 'd'.repeat(64),
    event: 'go',
    format: 1,
    from: [],
    instance: 'i',
    kind: 'event',
    request: 'r',
    responsible: [],
    seq: 7,
    time: '2026-01-05T08:00:00.000Z',
    to: ['idle'],
  };
  const sealing = { context: null, data: 'ab', previous: 'cd' };
  expect(fillTemplate(toTemplate(entry, false), ownValues(entry, sealing))).toBe(
    `{"actor":{"kind":"person","principal":"person:a"},"authentication":["key"],"data":"ab","definition":"${'d'.repeat(64)}","event":"go","format":1,"from":[],"instance":"i","kind":"event","previous":"cd","request":"r","responsible":[],"seq":7,"time":"2026-01-05T08:00:00.000Z","to":["idle"]}`,
  );
});
