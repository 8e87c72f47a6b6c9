/** What a migration did to each instance, or would do, as people read it. */
import { count } from './print-findings.ts';
import { paint, plain } from './terminal.ts';

export interface MigrationReport {
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly counts: { readonly [outcome in MigratedInstance['outcome']]: number };
  readonly instances: readonly MigratedInstance[];
}

/** As `POST /v1/migrations` answers. */
export interface MigratedInstance {
  readonly instance: string;
  readonly outcome: 'would-move' | 'moved' | 'already' | 'blocked';
  readonly seq: number | null;
  readonly from: readonly string[];
  readonly to: readonly string[] | null;
  readonly voids: { readonly decisions: number; readonly acts: number } | null;
  readonly blocked: {
    readonly code: string;
    readonly message: string;
    readonly next: string;
    readonly issues: readonly { readonly at: string; readonly message: string }[];
  } | null;
}

const words = {
  'would-move': 'would move',
  moved: 'moved',
  already: 'there already',
  blocked: 'blocked',
} as const;

/** A table of where they are and go, each blocked instance with why, and the numbers last. */
export function printReport({ counts, dryRun, instances }: MigrationReport): void {
  printWays(instances.filter(({ outcome }) => outcome !== 'blocked'));
  for (const { instance, from, blocked } of instances) {
    if (blocked === null) continue;
    const where = from.length === 0 ? '' : ` in ${plain(from.join(' + '))}`;
    console.log(
      `${plain(instance)}${where}: ${paint('red', 'blocked')} ${blocked.code} ${plain(blocked.message)}`,
    );
    for (const { at, message } of blocked.issues.slice(1)) console.log(`  ${plain(at)}: ${plain(message)}`);
  }
  const numbers = Object.entries(words).flatMap(([outcome, word]) => {
    const number = counts[outcome as keyof typeof words];
    return number === 0 ? [] : [`${number} ${word}`];
  });
  console.log(
    `${count(instances.length, 'instance')}${numbers.length === 0 ? '' : `: ${numbers.join(', ')}`}.`,
  );
  if (dryRun && counts['would-move'] > 0)
    console.log('Nothing was changed. With --apply and --reason those that can be moved are moved.');
}

interface Way {
  readonly outcome: MigratedInstance['outcome'];
  readonly from: string;
  readonly to: string;
  instances: number;
  decisions: number;
  acts: number;
}

function printWays(instances: readonly MigratedInstance[]): void {
  const ways = new Map<string, Way>();
  for (const { outcome, from, to, voids } of instances) {
    const way: Way = {
      outcome,
      from: plain(from.join(' + ')),
      to: plain((to ?? []).join(' + ')),
      instances: 0,
      decisions: 0,
      acts: 0,
    };
    const key = `${outcome} ${way.from} -> ${way.to}`;
    const known = ways.get(key) ?? way;
    known.instances += 1;
    known.decisions += voids?.decisions ?? 0;
    known.acts += voids?.acts ?? 0;
    ways.set(key, known);
  }
  const rows = [...ways.values()].sort((a, b) => b.instances - a.instances);
  const width = Math.max(0, ...rows.map((row) => row.from.length));
  for (const { outcome, from, to, instances: number, decisions, acts } of rows) {
    const again = [
      ...(decisions === 0 ? [] : [count(decisions, 'decision')]),
      ...(acts === 0 ? [] : [count(acts, 'act')]),
    ];
    const voided = again.length === 0 ? '' : `, ${again.join(' and ')} to be given again`;
    console.log(
      `${String(number).padStart(7)}  ${from.padEnd(width)}  -> ${to}  (${words[outcome]}${voided})`,
    );
  }
}
