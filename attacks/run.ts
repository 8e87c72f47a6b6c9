/**
 * Plays every attack against a running server over HTTP, prints each with the answer it got, and ends with exit
 * code 0 only where each is as stated. `--gates 50` makes the crowd at the end smaller.
 */
import { parseArgs } from 'node:util';
import { paint } from '../cli/terminal.ts';
import { aroundTheGate } from './around-the-gate.ts';
import { atTheBallotBox } from './at-the-ballot-box.ts';
import { atTheDoor } from './at-the-door.ts';
import { atTheGate } from './at-the-gate.ts';
import { atTheSwitch } from './at-the-switch.ts';
import { type Attack, type Played, playAttack } from './attack.ts';
import { inAChoice } from './in-a-choice.ts';
import { inACrowd } from './in-a-crowd.ts';
import { inARace } from './in-a-race.ts';
import { inTheDirectory } from './in-the-directory.ts';
import { openRange } from './open-range.ts';
import { withAFactor } from './with-a-factor.ts';

const { values } = parseArgs({ options: { gates: { type: 'string', default: '1000' } } });
const gates = Number(values.gates);
if (!Number.isInteger(gates) || gates < 1) throw new Error('--gates takes a number from 1 on.');

const groups: readonly (readonly [string, readonly Attack[]])[] = [
  ['To be taken for somebody', atTheDoor],
  ['An approval that is not theirs to give', atTheGate],
  ['With less than the gate asks for', withAFactor],
  ['At the ballot box', atTheBallotBox],
  ['Past a gate without its decision', aroundTheGate],
  ['Among several proposals', inAChoice],
  ['In the directory', inTheDirectory],
  ['At the stop switch', atTheSwitch],
  ['Two things at once', inARace],
  ['A crowd', [inACrowd(gates)]],
];

const { range, close } = await openRange((sentence) => console.error(sentence));
const played: Played[] = [];
try {
  for (const [title, attacks] of groups) {
    console.log(`\n${paint('bold', title)}`);
    for (const attack of attacks) {
      const one = await playAttack(attack, range);
      played.push(one);
      tell(one);
    }
  }
} finally {
  await close();
}
const failed = played.filter(({ asStated }) => !asStated).length;
console.log(
  failed === 0
    ? `\n${paint('green', `${played.length} attacks, each answered as stated.`)}`
    : `\n${paint('red', `${failed} of ${played.length} attacks were not answered as stated.`)}`,
);
process.exitCode = failed === 0 ? 0 : 1;

function tell({ attack, answer, asStated }: Played): void {
  const mark = asStated ? paint('green', 'as stated') : paint('red', 'NOT AS STATED');
  console.log(`  ${attack.name}\n      ${answer}  ${mark}`);
  if (!asStated) console.log(`      stated: ${attack.stated}`);
}
