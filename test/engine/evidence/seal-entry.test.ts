import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { sealEntry } from '../../../engine/evidence/seal-entry.ts';
import { noPrevious } from '../../../engine/evidence/sealed-entry.ts';
import { commitmentOf, holdsCommitment, sha256Hex } from '../../../engine/evidence/sha256.ts';
import type { EntryDraft } from '../../../engine/step/step.ts';

const draft: EntryDraft = {
  format: 1,
  instance: 'i-1',
  seq: 1,
  time: '2026-01-05T08:00:00.000Z',
  kind: 'start',
  event: 'start',
  actor: { principal: 'person:officer', kind: 'person' },
  authentication: ['key'],
  responsible: ['person:chief'],
  from: [],
  to: ['drafting'],
  definition: 'd'.repeat(64),
  request: 'request-1',
};
const salts = { data: 'ab'.repeat(32), changed: 'cd'.repeat(32) };
const sha256 = (...parts: readonly Buffer[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

test('P5: the hash is the SHA-256 of the canonical bytes of the whole entry', () => {
  const sealed = sealEntry(draft, { data: '{"a":"Văn bản","b":1}', changed: null }, noPrevious, salts);
  expect(sealed.text).toBe(canonicalJson(JSON.parse(sealed.text)));
  expect(sealed.hash).toBe(sha256(Buffer.from(sealed.text, 'utf8')));
  expect(JSON.parse(sealed.text)).toMatchObject({ ...draft, previous: noPrevious });
});

test('P8: the content itself is nowhere in the entry, only its salted commitment', () => {
  const sealed = sealEntry(
    draft,
    { data: '{"secret":"Nguyễn"}', changed: { post: 'Trưởng phòng' } },
    noPrevious,
    salts,
  );
  expect(sealed.text).not.toContain('Nguyễn');
  expect(sealed.text).not.toContain('Trưởng phòng');
  const { data, context } = JSON.parse(sealed.text);
  expect(data).toBe(sha256(Buffer.from(salts.data, 'hex'), Buffer.from('{"secret":"Nguyễn"}', 'utf8')));
  expect(context).toBe(
    sha256(Buffer.from(salts.changed, 'hex'), Buffer.from('{"post":"Trưởng phòng"}', 'utf8')),
  );
  expect(sealed).toMatchObject({
    data: '{"secret":"Nguyễn"}',
    dataSalt: salts.data,
    changedSalt: salts.changed,
  });
});

test('a step that changes no context commits to none, and spends no salt on it', () => {
  const sealed = sealEntry(draft, { data: '{}', changed: null }, noPrevious, { ...salts, changed: '' });
  expect(sealed.changedSalt).toBeNull();
  expect(JSON.parse(sealed.text)).not.toHaveProperty('context');
});

test('another salt, or another byte, gives another commitment', () => {
  const commitment = commitmentOf(salts.data, 'ă');
  expect(commitmentOf(salts.changed, 'ă')).not.toBe(commitment);
  expect(holdsCommitment(commitment, salts.data, 'ă')).toBe(true);
  expect(holdsCommitment(commitment, salts.data, 'a')).toBe(false);
});

test('what is no salt is refused, so that no commitment is made with a short one by mistake', () => {
  for (const salt of ['', 'ab', 'zz'.repeat(32), 'AB'.repeat(32)]) {
    expect(() => commitmentOf(salt, 'x')).toThrow(TypeError);
    expect(holdsCommitment(sha256Hex('x'), salt, 'x')).toBe(false);
  }
});
