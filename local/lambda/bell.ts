/** Wakes whoever waits for a condition, when something has changed that may have made it true. */
export interface Bell {
  ring(): void;
  /** Returns once the condition holds, the time is over or the bell's signal aborts, whichever comes first. */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;
  pause(timeoutMs: number): Promise<void>;
}

export function createBell(signal: AbortSignal): Bell {
  const waiting = new Set<() => void>();
  const ring = (): void => {
    for (const wake of [...waiting]) wake();
  };
  signal.addEventListener('abort', ring, { once: true });

  async function until(condition: () => boolean, timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!signal.aborted && !condition() && performance.now() < endMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = Number.isFinite(endMs)
        ? setTimeout(resolve, Math.max(0, endMs - performance.now()))
        : undefined;
      waiting.add(resolve);
      await promise;
      waiting.delete(resolve);
      clearTimeout(timer);
    }
  }
  return { ring, until, pause: (timeoutMs) => until(() => false, timeoutMs) };
}
