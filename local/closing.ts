import * as timers from 'node:timers/promises';

interface Closable {
  close(): Promise<void> | void;
}

/** What a stack has opened so far, to be closed last first. */
export interface Closing {
  add<T extends Closable>(thing: T): T;
  close(): Promise<void>;
}

export function openClosing(): Closing {
  const things: Closable[] = [];
  return {
    add(thing) {
      things.push(thing);
      return thing;
    },
    async close() {
      for (let thing = things.pop(); thing !== undefined; thing = things.pop()) await thing.close();
    },
  };
}

/** How long a shutdown waits for what is under way; what is not done then is done again after the next start. */
const PATIENCE_MS = 3_000;

/**
 * Several things as one, which are closed together, once and with limited patience.
 *
 * It may stand in a {@link Closing} twice: where it was opened, and after what has to outlive it.
 */
export function patiently(things: readonly Closable[]): { close(): Promise<void> } {
  let closed: Promise<unknown> | undefined;
  const close = () =>
    Promise.race([
      Promise.all(things.map((thing) => thing.close())),
      timers.setTimeout(PATIENCE_MS, undefined, { ref: false }),
    ]);
  return {
    async close() {
      closed ??= close();
      await closed;
    },
  };
}
