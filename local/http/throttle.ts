/** A stage's limits for each of its routes. */
export interface Throttling {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** A token bucket as API Gateway keeps one for each route; `now` in milliseconds. */
export function createThrottle({ requestsPerSecond, burst }: Throttling, now: () => number) {
  const buckets = new Map<string, { tokens: number; at: number }>();

  return function admits(routeKey: string): boolean {
    const at = now();
    const bucket = buckets.get(routeKey) ?? { tokens: burst, at };
    const refilled = bucket.tokens + ((at - bucket.at) / 1000) * requestsPerSecond;
    const tokens = Math.min(burst, refilled);
    buckets.set(routeKey, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
    return tokens >= 1;
  };
}
