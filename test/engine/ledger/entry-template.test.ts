import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { takeApart } from '../../../engine/ledger/entry-template.ts';
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
      const parts = takeApart(step);
      const [commitments, ...pieces] = parts.template.split('\u001e');
      const values = [
        parts.context,
        parts.data,
        step.instance,
        step.sealed.previous,
        parts.request,
        step.seq,
      ];
      expect(pieces.map((piece, index) => `${piece}${values[index] ?? ''}`).join('')).toBe(step.sealed.text);
      expect([parts.context, parts.data]).toEqual([context, data]);
      expect(commitments).toBe(`${context === null ? '' : 'c'}${data === null ? '' : 'd'}` || '-');
      expect(`"${parts.request}"`).toBe(canonicalJson(request));
    }),
  );
});

test('entries that differ only in what is their own have one template', () => {
  const templates = [newChain(), newChain()].map((chain) => {
    nextStep(chain);
    const entry = { to: [], context: sha256(chain.id), data: sha256(chain.head), request: chain.id };
    return takeApart(nextStep(chain, { entry })).template;
  });
  expect(new Set(templates).size).toBe(1);
});
