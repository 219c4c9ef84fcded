import { Analytics } from '@segment/analytics-node';
import type { Call } from './traffic.ts';

/** Calls handed to the client before it is waited for, so that it never holds more than these. */
const WINDOW = 300;

export interface SendOptions {
  readonly host: string;
  readonly writeKey: string;
  readonly onProgress: (sent: number) => void;
}

/**
 * Sends calls with Segment's own client for Node, as a site's server would.
 *
 * @returns how many the Collect API accepted.
 * @throws {Error} when the client gives a call up.
 */
export async function sendTraffic(
  calls: readonly Call[],
  { host, writeKey, onProgress }: SendOptions,
): Promise<number> {
  const analytics = new Analytics({ host, writeKey, flushAt: 50, maxRetries: 5 });
  let accepted = 0;
  const settle = (call: Call): Promise<void> =>
    new Promise((resolve, reject) => {
      hand(analytics, call, (error) => {
        if (error !== undefined) {
          reject(new Error('the Collect API did not accept an event', { cause: error }));
          return;
        }
        accepted += 1;
        resolve();
      });
    });

  for (let at = 0; at < calls.length; at += WINDOW) {
    const settled = Promise.all(calls.slice(at, at + WINDOW).map(settle));
    await Promise.all([settled, analytics.flush()]);
    onProgress(accepted);
  }
  await analytics.closeAndFlush();
  return accepted;
}

function hand(analytics: Analytics, { type, ...call }: Call, done: (error?: unknown) => void): void {
  const { userId, anonymousId = '', event = '', subscribed: _, ...rest } = call;
  const who = userId === undefined ? { anonymousId } : { userId, ...(anonymousId !== '' && { anonymousId }) };
  if (type === 'identify') analytics.identify({ ...rest, ...who }, done);
  else if (type === 'page') analytics.page({ ...rest, ...who }, done);
  else analytics.track({ ...rest, ...who, event }, done);
}
