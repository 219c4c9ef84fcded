interface PaceOptions {
  /** How many may go in a second. */
  readonly rate: number;
  /** A clock that never goes back, in milliseconds. */
  readonly clock: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Makes whoever asks wait for their turn, so that together no more go in a second than may. */
export function pacer({ rate, clock, pause }: PaceOptions): (count: number) => Promise<void> {
  let free = 0;

  return async function pace(count) {
    const turn = Math.max(free, clock());
    free = turn + (count / rate) * 1000;
    const wait = turn - clock();
    if (wait > 0) await pause(wait);
  };
}
