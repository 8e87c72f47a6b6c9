import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import type { StoredDefinition } from '../../../engine/ledger/ledger.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';

const source = readFileSync(new URL('../../../processes/outgoing-document.yaml', import.meta.url), 'utf8');
const certificate = lintDefinition(source, 'outgoing-document.yaml').certificate ?? '';
const hash = sha256Hex(source);

/** A record without instances, with this one definition in it. */
function holding(changes: Partial<StoredDefinition>) {
  const stored: StoredDefinition = {
    hash,
    process: 'outgoing-document',
    version: '1.0.0',
    source,
    certificate,
    deployedAt: '2026-01-05T08:00:00.000Z',
    deployedBy: 'person:x',
    current: true,
    ...changes,
  };
  return {
    listInstances: async () => [],
    loadInstances: async () => new Map(),
    listOrphans: async () => [],
    readEntries: async () => [],
    loadDefinition: async () => stored,
    listDefinitions: async () => [stored],
  };
}

test('P2: a stored definition verifies with the certificate it was deployed with', async () => {
  expect(await verifyRecord(holding({}))).toMatchObject({ ok: true, problems: [] });
});

test.each<[string, Partial<StoredDefinition>, string]>([
  ['a fact weakened', { certificate: certificate.replace('"live:appraise"', '"live"') }, 'may be'],
  ['another hash', { certificate: certificate.replace(hash, 'f'.repeat(64)) }, 'another definition'],
  ['no certificate', { certificate: '{}' }, 'form'],
  ['another source', { source: `${source}# \n` }, 'not stored unaltered'],
])('P2: a definition stored with %s is not certified any more', async (_, changes, why) => {
  const { ok, problems } = await verifyRecord(holding(changes));
  expect(ok).toBe(false);
  expect(problems).toMatchObject([{ instance: hash, seq: 0, code: 'definition-not-certified' }]);
  expect(problems[0]?.message).toContain(why);
});
