import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { newChain, nextStep, sha256 } from './ledger-house.ts';

const given = (context: string | null, data: string | null, request: string) => ({
  ...(context === null ? {} : { context }),
  ...(data === null ? {} : { data }),
  request,
});
const digest = fc.option(fc.string().map(sha256), { nil: null });
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('","previous":"', ',"seq":', '"request":"', '","responsible":', ',"data":"', '\\'),
);

test('an entry put together again from its parts is the same entry, whatever it says', () => {
  fc.assert(
    fc.property(digest, digest, word, word, word, (context, data, request, event, unit) => {
      const chain = newChain();
      const actor = { kind: 'person', principal: `person:${event}`, unit };
      const entry = { ...given(context, data, request), actor, event, authentication: [unit], to: [event] };
      const step = nextStep(chain, { entry });
      const { parts } = step.sealed;
      const values = [
        parts.context,
        parts.data,
        step.instance,
        step.sealed.previous,
        parts.request,
        step.seq,
      ];
      const text = parts.template.map((piece, index) => `${piece}${values[index] ?? ''}`).join('');
      expect(text).toBe(step.sealed.text);
      expect([parts.context, parts.data]).toEqual([context, data]);
      expect(`"${parts.request}"`).toBe(canonicalJson(request));
    }),
  );
});

test('entries that differ only in what is their own have one template', () => {
  const templates = [newChain(), newChain()].map((chain) => {
    nextStep(chain);
    const entry = { to: [], context: sha256(chain.id), data: sha256(chain.head), request: chain.id };
    return nextStep(chain, { entry }).sealed.parts.template;
  });
  expect(templates[0]).toEqual(templates[1]);
});
