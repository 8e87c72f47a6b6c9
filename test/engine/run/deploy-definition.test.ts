import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { type Principal, toDirectory } from '../../../engine/oversight/directory.ts';
import { deployingDoors, deploySource } from '../../../engine/run/deploy-definition.ts';
import type * as Lint from '../../../engine/verify/lint-definition.ts';

const tampering = vi.hoisted(() => ({ with: (certificate: string) => certificate }));

// A proof that went wrong: everything is as it should be, but for the certificate.
vi.mock(import('../../../engine/verify/lint-definition.ts'), async (original) => {
  const real: typeof Lint = await original();
  return {
    ...real,
    lintDefinition(source, file) {
      const result = real.lintDefinition(source, file);
      const { certificate } = result;
      return { ...result, certificate: certificate === null ? null : tampering.with(certificate) };
    },
  };
});

const source = readFileSync(new URL('../../../processes/outgoing-document.yaml', import.meta.url), 'utf8');

async function deploy(text = source) {
  const stored: string[] = [];
  const ledger = {
    deployDefinition: async (definition: { readonly hash: string; readonly certificate: string }) => {
      stored.push(definition.certificate);
      return { ...definition, deployedAt: '2026-01-05T08:00:00.000Z', current: true };
    },
  };
  const world = { ledger } as unknown as Parameters<typeof deploySource>[0];
  return { answer: await deploySource(world, text, 'outgoing-document.yaml', 'person:x'), stored };
}

test('P2: a definition is stored when the second checker accepts its certificate', async () => {
  tampering.with = (certificate) => certificate;
  const { answer, stored } = await deploy();
  expect(answer.kind).toBe('done');
  expect(stored).toHaveLength(1);
});

test.each<[string, (certificate: string) => string]>([
  ['a weakened fact', (one) => one.replace('["live:appraise"]', '["live"]')],
  ['another hash', (one) => one.replace(/"definition":"./, '"definition":"-')],
  ['nothing in it', () => '{}'],
])('P2: a definition whose certificate has %s is refused, and nothing is stored', async (_, change) => {
  tampering.with = change;
  const { answer, stored } = await deploy();
  expect(answer).toMatchObject({ kind: 'refusal', code: 'definition-refused' });
  expect(answer.kind === 'refusal' && answer.message).toContain('its certificate does not hold');
  expect(stored).toEqual([]);
});

test('a definition with what does not run yet is refused with a sentence and its place, and not stored', async () => {
  tampering.with = (certificate) => certificate;
  const { answer, stored } = await deploy(
    source.replace(
      '    gate:\n',
      '    operator: { allow: { role: office-leader }, skip: rejected }\n    gate:\n',
    ),
  );
  expect(answer).toMatchObject({ kind: 'refusal', code: 'definition-refused' });
  if (answer.kind !== 'refusal' || !('findings' in answer)) throw new Error('not refused');
  expect(answer.message).toMatch(/uses operator \(line \d+\), which .* does not run yet/);
  const told = answer.findings.filter(({ code }) => code === 'not-running-yet');
  expect(told).toMatchObject([{ severity: 'error', message: answer.message }]);
  expect(stored).toEqual([]);
});

test('what the directory lacks for a definition is told at deployment, and holds nothing up', async () => {
  tampering.with = (certificate) => certificate;
  const designer: Principal = {
    id: 'person:mau',
    kind: 'person',
    name: 'Mẫu',
    person: 'person:mau',
    unit: null,
    roles: ['process-designer', 'drafting-officer'],
    positions: [],
    active: true,
  };
  const directory = toDirectory({ principals: [designer], units: [] }, 1);
  const world = {
    ledger: { deployDefinition: async (definition: object) => definition },
    directory: {
      refresh: async () => ({ directory, keysById: new Map() }),
      snapshotOf: (principal: Principal) => principal,
    },
  } as unknown as Parameters<typeof deployingDoors>[0];
  const caller = { principal: designer, scopes: ['deploy'], key: null } as unknown as Parameters<
    ReturnType<typeof deployingDoors>['deploy']
  >[0];
  const answer = await deployingDoors(world).deploy(caller, source, 'outgoing-document.yaml');
  if (answer.kind !== 'done') throw new Error(JSON.stringify(answer));
  const told = answer.value.findings.map(({ code, severity }) => `${severity} ${code}`);
  expect(new Set(told)).toEqual(new Set(['warning unknown-role', 'warning gate-unsatisfiable']));
});
