/** `countersign deploy`: hands definitions to a running server, which checks, proves and stores them. */
import { basename } from 'node:path';
import { Command } from 'commander';
import type { Finding } from '../../schemas/finding.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { readDefinitionFiles } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { printFindings } from '../print-findings.ts';
import { request, ServerRefusal } from '../server-client.ts';
import { paint, printJson } from '../terminal.ts';

interface Outcome {
  readonly file: string;
  readonly deployed: boolean;
  readonly process?: unknown;
  readonly version?: unknown;
  readonly hash?: unknown;
  readonly message?: string;
  readonly findings: readonly Finding[];
}

export function deployCommand(): Command {
  const command = new Command('deploy')
    .summary('deploy process definitions to a running server')
    .description(
      'Sends definitions to a running server. New instances get the new definition; running ' +
        'ones stay on theirs. Deploying the same file again changes nothing.',
    )
    .argument('<path...>', 'files or folders')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Example:
  $ COUNTERSIGN_KEY=... countersign deploy processes --url http://127.0.0.1:2727

The key must belong to a process-designer.
JSON: an array of {file, deployed, process, version, hash, message, findings}.`,
    )
    .action(async (paths: string[], options: ConnectionOptions & { format: string }) => {
      const address = toAddress(options);
      const outcomes: Outcome[] = [];
      for (const { file, source } of readDefinitionFiles(paths)) {
        const path = `/v1/definitions?file=${encodeURIComponent(basename(file))}`;
        const text = { content: source, type: 'application/yaml' };
        try {
          const answer = await request(address, path, { method: 'POST', text });
          const { process: id, version, hash } = answer;
          outcomes.push({
            file,
            deployed: true,
            process: id,
            version,
            hash,
            findings: inFile(answer.findings, file),
          });
        } catch (error) {
          if (!(error instanceof ServerRefusal) || error.problem.code !== 'definition-refused') throw error;
          const findings = inFile(error.problem.findings, file);
          outcomes.push({ file, deployed: false, message: error.message, findings });
        }
      }
      if (options.format === 'json') printJson(outcomes);
      else outcomes.forEach(printOutcome);
      if (outcomes.some(({ deployed }) => !deployed)) process.exitCode = 1;
    });
}

function printOutcome({ file, deployed, process: id, version, hash, message, findings }: Outcome): void {
  printFindings(findings);
  if (deployed) console.log(`${file}: ${paint('green', 'deployed')} as ${id} ${version}, ${hash}.`);
  else console.log(`${file}: ${paint('red', 'refused')}. ${message}`);
}

/** The server knows the file by its name alone; whoever reads on needs the path they gave. */
function inFile(findings: unknown, file: string): Finding[] {
  return Array.isArray(findings) ? (findings as Finding[]).map((finding) => ({ ...finding, file })) : [];
}
