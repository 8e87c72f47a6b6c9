/**
 * An engine in a process of its own that kills itself (SIGKILL) at a named point around the commit, for
 * testing what a crash leaves behind. Arguments: engine URL, point, instance, how many events to send.
 * Prints the seq of each acknowledged event on a line of its own before it dies.
 */
import { writeSync } from 'node:fs';
import { openEngine } from '../../engine/index.ts';
import { fromDatabaseUrl } from '../../engine/ledger/database-address.ts';
import type { Ledger } from '../../engine/ledger/ledger.ts';
import { openLedger } from '../../engine/ledger/open-ledger.ts';
import { callerOf, keyed } from './test-people.ts';

const [url = '', point = '', instance = '', count = '1'] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

const ledger = await openLedger(fromDatabaseUrl(url));
let commits = 0;
const deadly: Ledger = {
  ...bound(ledger),
  async commitSteps(steps, version) {
    commits += 1;
    const isLast = commits === 3;
    if (isLast && point === 'before-commit') die();
    const outcome = ledger.commitSteps(steps, version);
    if (isLast && point === 'during-commit') {
      setImmediate(die);
    }
    const outcomes = await outcome;
    if (isLast && point === 'after-commit') die();
    return outcomes;
  },
};

const engine = openEngine({ ledger: deadly });
for (let number = 1; number <= Number(count); number += 1) {
  const answer = await engine.postEvent(
    callerOf('officer'),
    { instance, type: 'step', data: {}, seen: null },
    keyed(`${point}-${number}`),
  );
  if (answer.kind === 'refusal') throw new Error(answer.message);
  writeSync(1, `${answer.value.seq}\n`);
  if (point === 'after-answer' && number === 3) die();
}

/** The ledger's methods, whether they live on the object or its class. */
function bound(target: Ledger): Ledger {
  return new Proxy(target, {
    get: (object, name) => {
      const member: unknown = Reflect.get(object, name);
      return typeof member === 'function' ? member.bind(object) : member;
    },
    ownKeys: (object) => [
      ...new Set([...Reflect.ownKeys(object), ...Reflect.ownKeys(Object.getPrototypeOf(object) as object)]),
    ],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}
