/** Deploying: only a definition without errors and with a certificate of oversight is stored. */
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import { loadDefinition } from '../definition/load-definition.ts';
import type { Directory } from '../oversight/directory.ts';
import { checkDirectory } from '../verify/check-directory.ts';
import { doorRulesOf } from '../verify/door-rules.ts';
import { lintDefinition } from '../verify/lint-definition.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, DefinitionRefused, Deployed, Engine } from './engine-contract.ts';
import { refuse, refuseUnknownDefinition } from './refuse.ts';

type Deploying = Pick<Engine, 'deploy' | 'listDefinitions' | 'readDefinition'>;

export function deployingDoors(world: BatchWorld): Deploying {
  return {
    async deploy(caller, source, file) {
      const reader = await checkReader(world.directory, caller, 'deploy');
      if (isRefusal(reader)) return reader;
      const refusal = checkRole(reader, engineRoles.deploy, 'deploy a process definition');
      const answer = refusal ?? (await deploySource(world, source, file, caller.principal.id));
      if (answer.kind !== 'done') return answer;
      const { directory } = await world.directory.refresh();
      return { kind: 'done', value: withLacking(answer.value, source, file, directory) };
    },

    async listDefinitions(caller) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      return { kind: 'done', value: await world.ledger.listDefinitions() };
    },

    async readDefinition(caller, hash) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      const stored = await world.ledger.loadDefinition(hash);
      return stored === null ? refuseUnknownDefinition(hash) : { kind: 'done', value: stored };
    },
  };
}

/** People may be given their roles after the definition is there: what they lack now holds nothing up. */
function withLacking(
  { definition, findings }: Deployed,
  source: string,
  file: string,
  directory: Directory,
): Deployed {
  const lacking = checkDirectory(source, file, directory);
  const warnings = lacking.map((finding) => ({ ...finding, severity: 'warning' as const }));
  return { definition, findings: [...findings, ...warnings] };
}

/** Checks, proves and stores a definition. Deploying the same file again changes nothing. */
export async function deploySource(
  world: Pick<BatchWorld, 'ledger'>,
  source: string,
  file: string,
  by: string,
): Promise<Answer<Deployed> | DefinitionRefused> {
  const { process, certificate, findings, notRunning = [] } = lintDefinition(source, file);
  if (process === null || certificate === null) {
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    return {
      ...refuse(
        'definition-refused',
        `The definition has ${errors} ${errors === 1 ? 'error' : 'errors'} and was not deployed.`,
        'Mend what the findings name, and deploy again.',
      ),
      code: 'definition-refused',
      findings,
    };
  }
  const [first] = notRunning;
  if (first !== undefined) {
    const others = notRunning.length - 1;
    const more = others === 0 ? '' : ` There are ${others} more such findings.`;
    return {
      ...refuse(
        'definition-refused',
        `${first.message}${more}`,
        'Keep the file: it will mean the same once this runs. To deploy now, take these parts out.',
      ),
      code: 'definition-refused',
      findings: [...notRunning, ...findings.filter(({ code }) => code !== first.code)],
    };
  }
  // What will run is compiled from the text once more, and that must be what the certificate proves.
  const loaded = loadDefinition(source);
  const doubt = loaded === null ? 'it cannot be loaded again' : checkCertificate(loaded, certificate);
  if (doubt !== null) {
    return {
      ...refuse(
        'definition-refused',
        `The definition was not deployed, because its certificate does not hold: ${doubt}.`,
        'Tell whoever maintains Countersign: the proof and its checker disagree.',
      ),
      code: 'definition-refused',
      findings,
    };
  }
  const { id, version } = process.definition;
  const definition = await world.ledger.deployDefinition({
    hash: process.hash,
    process: id,
    version,
    source,
    certificate,
    doorRules: doorRulesOf(source),
    deployedBy: by,
  });
  return { kind: 'done', value: { definition, findings } };
}
