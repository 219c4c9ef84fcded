import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { type Fault, type Seen, startFaultyProxy } from '#test/support/faulty-proxy.ts';
import type { Call, Destination, Speaker, Who } from './call.ts';

interface Run {
  /** The Collect API. */
  readonly url: string;
  readonly start: (to: Destination, who: Who) => Speaker;
  readonly who: Who;
  readonly calls: readonly Call[];
  /** What its first requests come to; nothing where one passes. */
  readonly faults: readonly (Fault | undefined)[];
}

/** Makes an SDK say what there is to say over a line that is faulty at first. @returns each request of its. */
export async function runCalls({ url, start, who, calls, faults }: Run): Promise<readonly Seen[]> {
  const proxy = await startFaultyProxy(url, faults);
  try {
    const speaker = start({ url: proxy.url, writeKey: LOCAL_WRITE_KEY }, who);
    for (const call of calls) await speaker.say(call);
    await speaker.finish();
    return proxy.seen();
  } finally {
    await proxy.close();
  }
}

/** How a server, or the way to it, fails. */
export const FAULTS = {
  '503 before it took anything': { when: 'before', status: 503 },
  '503 though it took all': { when: 'after', status: 503 },
  '429 with Retry-After': { when: 'before', status: 429, retryAfter: 1 },
  'a connection dropped before it took anything': { when: 'before', drops: true },
  'a connection dropped though it took all': { when: 'after', drops: true },
} as const satisfies Readonly<Record<string, Fault>>;

type Line = readonly [line: string, faults: readonly Fault[]];

/** A line that fails for a while, or does not. */
export const LINES: readonly Line[] = [
  ['nothing', []],
  ...Object.entries(FAULTS).map(([line, fault]) => [line, [fault, fault]] as const),
];
