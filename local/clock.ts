/** How many milliseconds the clock of a stack is ahead of this machine's, for all its threads. */
export type ClockOffset = SharedArrayBuffer;

export const newClockOffset = (): ClockOffset => new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

/** Moves the clock on. It is never put back: nothing on AWS would see that either. */
export function moveClock(offset: ClockOffset, milliseconds: number): void {
  Atomics.add(new BigInt64Array(offset), 0, BigInt(Math.max(0, Math.floor(milliseconds))));
}

/** How far this thread's clock is ahead of the machine's, by which other processes stamp what they write. */
export let aheadMs = (): number => 0;

/**
 * Lets this thread tell the time by a clock that may be ahead of the machine's: `Date` is the only clock
 * that product code has. Timers go on as they do, so what waits for a time has to be woken.
 */
export function tellTimeBy(offset: ClockOffset): void {
  const ahead = new BigInt64Array(offset);
  aheadMs = () => Number(Atomics.load(ahead, 0));
  const real = globalThis.Date;
  const realNow = real.now.bind(real);
  const now = (): number => realNow() + aheadMs();
  globalThis.Date = new Proxy(real, {
    construct: (target, given, asked) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, asked),
    apply: () => new real(now()).toString(),
    get: (target, name, asked) => (name === 'now' ? now : Reflect.get(target, name, asked)),
  });
}
