/** Versions of one process, and migrations between them. */
import { readCertificate } from '../../../../engine/certificate-check/read-certificate.ts';
import { migratorRole } from '../../../../engine/oversight/migrator-role.ts';
import type { Destination } from '../../../../engine/step/destination.ts';
import type { StateMap } from '../../../../engine/step/map-states.ts';
import { nextStep, type Standing } from '../../../../engine/step/next-step.ts';
import type { Refusal, Step } from '../../../../engine/step/step.ts';
import type { Stimulus } from '../../../../engine/step/stimulus.ts';
import { lintDefinition } from '../../../../engine/verify/lint-definition.ts';
import { instance } from './office.ts';
import { person, startTime, stimulus } from './people.ts';

const head = `id: test
version: 1.0.0
title: { vi: Thử nghiệm, en: A test }
owner: unit:office
responsible: { role: chief }
securityLevel: 1
classification: normal
`;

/** A definition that passes lint, with its certificate; its head is the same in every version. */
export function version(rest: string): Destination {
  const { process, certificate, findings } = lintDefinition(`${head}${rest}`, 'test.yaml');
  const read = certificate === null ? null : readCertificate(certificate);
  if (process === null || read === null)
    throw new Error(findings.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return { process, certificate: read };
}

/** The text with parts exchanged; each MUST be in it. */
export function changed(text: string, ...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((made, [part, other]) => {
    if (!made.includes(part)) throw new Error(`The definition has no "${part}".`);
    return made.replace(part, other);
  }, text);
}

export const operator = person('operator', migratorRole);

export function migrationStimulus(
  from: Destination,
  to: Destination,
  map: StateMap = {},
  { actor = operator, time = startTime, reason = 'The rules changed.', responsible = ['person:chief'] } = {},
): Stimulus {
  const hashes = { from: from.process.hash, to: to.process.hash };
  return stimulus({ kind: 'migration', ...hashes, map, responsible, reason }, actor, time);
}

export function migrate(
  standing: Standing,
  from: Destination,
  to: Destination,
  map: StateMap = {},
  more: Parameters<typeof migrationStimulus>[3] = {},
): Step | Refusal {
  return nextStep(from.process, instance, standing, migrationStimulus(from, to, map, more), to);
}
