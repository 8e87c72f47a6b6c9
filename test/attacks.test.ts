/** Every attack is answered as stated, by a real server over HTTP: the same table that `npm run attacks` plays. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aroundTheGate } from '../attacks/around-the-gate.ts';
import { atTheBallotBox } from '../attacks/at-the-ballot-box.ts';
import { atTheDoor } from '../attacks/at-the-door.ts';
import { atTheGate } from '../attacks/at-the-gate.ts';
import { atTheSwitch } from '../attacks/at-the-switch.ts';
import { playAttack } from '../attacks/attack.ts';
import { inAChoice } from '../attacks/in-a-choice.ts';
import { inACrowd } from '../attacks/in-a-crowd.ts';
import { inARace } from '../attacks/in-a-race.ts';
import { inTheDirectory } from '../attacks/in-the-directory.ts';
import { type OpenRange, openRange } from '../attacks/open-range.ts';
import { withAFactor } from '../attacks/with-a-factor.ts';

let open: OpenRange;
beforeAll(async () => {
  open = await openRange(() => undefined);
}, 60_000);
afterAll(() => open?.close());

describe.each([
  ['P9: to be taken for somebody', atTheDoor],
  ['P2, P3: an approval that is not theirs to give', atTheGate],
  ['P3: with less than the gate asks for', withAFactor],
  ['P2, P3, P4: at the ballot box', atTheBallotBox],
  ['P2, P4: past a gate without its decision', aroundTheGate],
  ['P2, P3: among several proposals', inAChoice],
  ['P9: in the directory', inTheDirectory],
  ['P3, P4: at the stop switch', atTheSwitch],
  ['P1, P3: two things at once', inARace],
  ['P3: a crowd', [inACrowd(2)]],
] as const)('%s', (_title, attacks) => {
  test.each(attacks)('$name', async (attack) => {
    const { answer } = await playAttack(attack, open.range);
    expect(answer).toBe(attack.stated);
  });
});

test('P3: an attack that moves the case it must not move is not as stated', async () => {
  const rightful = {
    name: 'A rightful reviewer decides',
    stated: '200',
    play: async () => open.range.attemptDecision('person:two', await open.range.letterAt('voting'), 'voting'),
  };
  const { answer, asStated } = await playAttack(rightful, open.range);
  expect([answer, asStated]).toEqual([
    expect.stringMatching(/^200, and the instance moved from entry \d+ to \d+/),
    false,
  ]);
});
