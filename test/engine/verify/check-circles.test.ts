import { describe, expect, test } from 'vitest';
import { lintSmall } from './support/small-definition.ts';

const clerk = 'allow: { role: clerk }';
const end = `on: { stop: { target: .end, ${clerk} } }`;

/** Severities of the circles found, in the order of the file. */
function circlesIn(states: string, initial = 'work'): readonly string[] {
  const { findings } = lintSmall({
    body: `initial: ${initial}\n${end}\nstates:\n${states}  end: { id: end, type: final }\n`,
  });
  const others = findings.filter(({ code, severity }) => code !== 'endless-circle' && severity === 'error');
  expect(others).toEqual([]);
  return findings.filter(({ code }) => code === 'endless-circle').map(({ severity }) => severity);
}

const rounds = (onDone: string, first: string, more = '') => `  work:
    initial: first
    onDone: ${onDone}
    states:
      first: ${first}
      second: { type: final }
${more}`;

describe('a state that begins anew when it is done', () => {
  const waiting = `{ on: { go: { target: second, ${clerk} } } }`;

  test.each([
    ['by its own name', 'work'],
    ['by its own name, re-entered', '{ target: work, reenter: true }'],
    ['at one of its children', '.first'],
  ])('is no circle when an event must come before it is done again: %s', (_, onDone) => {
    expect(circlesIn(rounds(onDone, waiting))).toEqual([]);
  });

  test('is no circle when a timer must run out first', () => {
    expect(circlesIn(rounds('work', '{ after: { P1D: second } }'))).toEqual([]);
  });

  test('is no circle with several of them in each other', () => {
    const inner = `{ initial: a, onDone: second, states: { a: { on: { go: { target: b, ${clerk} } } }, b: { type: final } } }`;
    expect(circlesIn(rounds('work', inner))).toEqual([]);
  });

  test('is no circle with regions that begin anew, each on its own or all of them', () => {
    const region = (name: string, onDone: string) =>
      `      ${name}: { initial: a, ${onDone} states: { a: { on: { ${name}: { target: b, ${clerk} } } }, b: { type: final } } }\n`;
    const parallel = (own: string, all: string) =>
      `  work:\n    type: parallel\n${all}    states:\n${region('left', own)}${region('right', own)}`;
    expect(circlesIn(parallel('onDone: .a,', ''))).toEqual([]);
    expect(circlesIn(parallel('', '    onDone: work\n'))).toEqual([]);
    expect(circlesIn(parallel('onDone: .a,', '    onDone: work\n'))).toEqual([]);
  });

  test('is an endless circle when it is done as soon as it begins', () => {
    expect(circlesIn(rounds('.second', waiting))).toEqual(['error']);
    expect(
      circlesIn('  work: { initial: first, onDone: work, states: { first: { type: final } } }\n'),
    ).toEqual(['error']);
  });

  test('is an endless circle when what follows by itself makes it done again', () => {
    expect(circlesIn(rounds('work', '{ always: second }'))).toEqual(['error']);
    expect(
      circlesIn(
        rounds('other', waiting, '  other: { always: { target: "#again" } }\n').replace(
          'second: {',
          'second: { id: again,',
        ),
      ),
    ).toEqual(['error']);
  });

  test('is perhaps a circle when a guard decides whether it is done again', () => {
    expect(circlesIn(rounds('work', '{ always: { target: second, guard: has(context.flag) } }'))).toEqual([
      'warning',
    ]);
    expect(circlesIn(rounds('{ target: .second, guard: has(context.flag) }', waiting))).toEqual(['warning']);
  });

  test('is perhaps a circle when two regions are done and either may be heard first', () => {
    const states = `  work:
    type: parallel
    states:
      left: { initial: done, onDone: left, states: { done: { type: final } } }
      right: { initial: over, onDone: '#end', states: { over: { type: final } } }
`;
    expect(circlesIn(states)).toEqual(['warning']);
  });
});
