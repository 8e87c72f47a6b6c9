import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import type { StoredDefinition, StoredEntry } from '../../../engine/ledger/ledger.ts';
import type { Administration, DirectoryChange, Extent } from '../../../engine/ledger/record-reader.ts';
import { toDirectory } from '../../../engine/oversight/directory.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { doorRulesOf } from '../../../engine/verify/door-rules.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';

const source = readFileSync(new URL('../../../processes/outgoing-document.yaml', import.meta.url), 'utf8');
const certificate = lintDefinition(source, 'outgoing-document.yaml').certificate ?? '';
const hash = sha256Hex(source);

const { gates, walls } = doorRulesOf(source);
/** The rules as the database has them: one row a gate, and one row a state behind gates. */
const doorRules = {
  gates: gates.map((rule) => JSON.parse(JSON.stringify(rule))),
  walls: walls.flatMap(({ behind, behindProposal, ...wall }) => [
    ...behind.map((state) => ({ ...wall, state, afterProposal: false })),
    ...behindProposal.map((state) => ({ ...wall, state, afterProposal: true })),
  ]),
};

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
  const deployed = {
    act: 'definition-deployed',
    by: 'person:x',
    certificate: sha256Hex(certificate),
    definition: hash,
    format: 1,
    previous: '0'.repeat(64),
    process: 'outgoing-document',
    seq: 1,
    time: '2026-01-05T08:00:00.000Z',
    version: '1.0.0',
  };
  const text = canonicalJson(deployed);
  const head = { ...stored, certificate: sha256Hex(stored.certificate) };
  const administration: Administration = {
    acts: () => only([{ seq: 1, hash: sha256Hex(text), text }]),
    directoryChanges: () => only<DirectoryChange>([]),
    directory: toDirectory({ principals: [], units: [] }, 0),
    keys: [],
    controls: [],
    factors: [],
    otpFingerprints: new Map(),
    callbackSecrets: [],
    sessions: [],
    definitions: [head],
    current: new Map([['outgoing-document', hash]]),
  };
  const extent: Extent = {
    instances: [],
    next: null,
    strays: [],
    strayContents: [],
    entries: () => only<StoredEntry>([]),
  };
  return {
    withExtent: <T>(_: unknown, work: (extent: Extent) => Promise<T>) => work(extent),
    withAdministration: <T>(work: (administration: Administration) => Promise<T>) => work(administration),
    readAnswers: async () => [],
    readDefinitions: async () => [stored],
    readDoorRules: async () => doorRules,
    loadDefinition: async () => stored,
    findSchemaDifferences: async () => [],
    listFactors: async () => [],
  };
}

async function* only<T>(page: readonly T[]) {
  yield page;
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
  const [first, ...others] = problems;
  expect(first).toMatchObject({ instance: hash, seq: 0, code: 'definition-not-certified' });
  expect(first?.message).toContain(why);
  // A certificate that was exchanged is not the one that was deployed, either.
  expect(others.map(({ code }) => code)).toEqual('certificate' in changes ? ['definition-differs'] : []);
});
