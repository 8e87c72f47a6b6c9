/**
 * `countersign control drill`: the stop switch tried in earnest on one instance. It stops it, sees that the next step
 * is refused, and has two people lift it. All of it is on the record, as a drill.
 */
import { Command, Option } from 'commander';
import type { JsonObject } from '../../schemas/json.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { formatOption } from '../format-option.ts';
import { Failure, Misuse } from '../misuse.ts';
import { ask, request, type ServerAddress } from '../server-client.ts';
import { paint, printJson } from '../terminal.ts';

interface DrillOptions extends ConnectionOptions {
  readonly format: string;
  readonly event: string;
  readonly secondKey?: string;
  readonly actingKey?: string;
}

export function drillCommand(): Command {
  const command = new Command('drill')
    .summary('stop one instance in earnest, see that it holds, and lift it')
    .description(
      'Stops one instance, sees that its next step is refused, and has two people lift it again. The event\n' +
        'must be one that would be taken now: so it is seen that the switch refused it, and nothing else.\n' +
        'Nothing is moved.',
    )
    .argument('<instance>', 'the id of an instance')
    .requiredOption('--event <name>', 'an event that the instance would take now')
    .addOption(
      new Option('--second-key <secret>', 'the key of the person who confirms').env('COUNTERSIGN_SECOND_KEY'),
    )
    .addOption(
      new Option(
        '--acting-key <secret>',
        'the key of whoever sends the event; yours, unless you name another',
      ).env('COUNTERSIGN_ACTING_KEY'),
    )
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Example:
  $ countersign control drill INSTANCE --event submit

Exit code 0: it held, and was lifted. 1: it did not; what still stands is told.`,
    )
    .action(async (instance: string, options: DrillOptions) => {
      const { secondKey = '', actingKey } = options;
      if (secondKey === '')
        throw new Misuse('Two people restart: set COUNTERSIGN_SECOND_KEY to the key of the second.');
      const first = toAddress(options);
      const people = {
        first,
        second: { ...first, key: secondKey },
        acting: { ...first, key: actingKey ?? first.key },
      };
      const report = await drill(people, instance, options.event);
      if (options.format === 'json') printJson(report);
      else tell(report);
    });
}

interface DrillReport extends JsonObject {
  readonly control: string;
  readonly instance: string;
  /** From asking for the stop until it stood on every node. */
  readonly stopMs: number;
  readonly refused: string;
  /** From asking to lift it until it was lifted. */
  readonly liftMs: number;
}

async function drill(
  { first, second, acting }: Readonly<Record<'first' | 'second' | 'acting', ServerAddress>>,
  instance: string,
  event: string,
): Promise<DrillReport> {
  const path = `/v1/instances/${encodeURIComponent(instance)}`;
  const { answers } = await request(acting, `${path}/why?event=${encodeURIComponent(event)}`);
  const [before] = [answers].flat() as JsonObject[];
  if (before?.allowed !== true) {
    throw new Failure(
      `The event ${event} would not be taken anyway: ${String(before?.why)} Nothing was stopped.`,
    );
  }
  const reason = 'A drill of the stop switch.';
  const body = { scope: { kind: 'instance', instance }, mode: 'stopped', reason, drill: true };
  const began = performance.now();
  const { id } = await request(first, '/v1/controls', { method: 'POST', body });
  const stopMs = performance.now() - began;
  const control = String(id);
  const told = await ask(acting, `${path}/events`, { method: 'POST', body: { type: event } });
  if (told.body.code !== 'stopped') {
    throw new Failure(
      `The step was not refused as stopped, but answered ${told.status}. The control ${control} stands.`,
    );
  }
  const lifting = performance.now();
  try {
    await request(first, `/v1/controls/${control}/lift`, { method: 'POST', body: { reason } });
    await request(second, `/v1/controls/${control}/lift/confirm`, { method: 'POST' });
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new Failure(`It held, but was not lifted: ${why} The control ${control} stands.`);
  }
  const liftMs = performance.now() - lifting;
  return { control, instance, stopMs: Math.round(stopMs), refused: 'stopped', liftMs: Math.round(liftMs) };
}

function tell({ control, instance, stopMs, liftMs }: DrillReport): void {
  console.log(`${paint('green', '✓')} ${instance} stood still ${stopMs} ms after it was asked to.`);
  console.log(`${paint('green', '✓')} Its next step was refused.`);
  console.log(
    `${paint('green', '✓')} Two people lifted it in ${liftMs} ms. On the record as control ${control}.`,
  );
}
