/**
 * An engine in a process of its own that migrates instances and kills itself (SIGKILL) around its second commit,
 * for testing what a crash in the middle leaves behind. Arguments: engine URL, point, from, to, instances.
 */
import { openEngine } from '../../engine/index.ts';
import { fromDatabaseUrl } from '../../engine/ledger/database-address.ts';
import type { Ledger } from '../../engine/ledger/ledger.ts';
import { openLedger } from '../../engine/ledger/open-ledger.ts';
import { callerOf, keyed } from './test-people.ts';

const [url = '', point = '', from = '', to = '', ...instances] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

const ledger = await openLedger(fromDatabaseUrl(url));
let commits = 0;
const deadly: Ledger = {
  ...ledger,
  async commitSteps(steps, version) {
    commits += 1;
    if (commits === 2 && point === 'before-commit') die();
    const outcome = ledger.commitSteps(steps, version);
    if (commits === 2 && point === 'during-commit') setImmediate(die);
    const outcomes = await outcome;
    if (commits === 2 && point === 'after-commit') die();
    return outcomes;
  },
};
const input = { from, to, map: { counting: 'tallying' }, dryRun: false, instances, reason: 'A new rule.' };
await openEngine({ ledger: deadly }).migrate(
  callerOf('operator'),
  { ...input, cursor: null, limit: 50 },
  keyed(point),
);
