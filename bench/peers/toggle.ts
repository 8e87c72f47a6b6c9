/**
 * The work of `bench/definitions/toggle.yaml` as a plain function: three states in a loop, a guard,
 * a counter. The peers run this instead of a state machine library, which is to their advantage.
 */
export interface Toggle {
  readonly state: 'idle' | 'busy' | 'resting';
  readonly count: number;
  readonly note: string;
}

export const firstToggle: Toggle = { state: 'idle', count: 0, note: 'a small context' };

const following = { idle: 'busy', busy: 'resting', resting: 'idle' } as const;

/** The toggle after one `flip`. */
export function flip(toggle: Toggle): Toggle {
  if (toggle.count >= 1_000_000_000) throw new Error('The guard refused the flip.');
  return { ...toggle, state: following[toggle.state], count: toggle.count + 1 };
}
