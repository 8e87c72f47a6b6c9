const timeoutPrefix = 'timeout:';

/** The timer that ends the wait for a proposal in this state. */
export const timeoutOf = (state: string) => `${timeoutPrefix}${state}`;

/** The state whose wait the timer ends; null for any other timer. */
export const waitingOf = (timer: string) =>
  timer.startsWith(timeoutPrefix) ? timer.slice(timeoutPrefix.length) : null;
