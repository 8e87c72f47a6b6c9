/** How long something may take: by the clock, or in working days. */
import Type, { type Static } from 'typebox';
import { closed, Duration } from './text.ts';

export const WorkingDays = Type.Object(
  {
    workingDays: Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'So many working days, counted by the calendar of the process.',
    }),
  },
  closed,
);

/** A duration by the clock, or working days. */
export const Delay = Type.Union([Duration, WorkingDays], {
  description: 'A duration such as P3D, or working days: { workingDays: 3 }.',
});
export type Delay = Static<typeof Delay>;
