import type { ClockOffset } from '#local/clock.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB either way, plus the envelope
export const MAX_PAYLOAD_BYTES = 6_291_556;

/** What a worker is started with: the bundle's file and the name of the handler that it exports. */
export interface WorkerSetup {
  readonly file: string;
  readonly exportName: string;
  /** The clock that it tells the time by, where that is not the machine's. */
  readonly clock?: ClockOffset | undefined;
}

/** One invocation on its way to a worker; payloads travel as JSON, as they do to Lambda. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  readonly deadline: number;
}

/** A worker's answer: once when its bundle is loaded, then once an invocation. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string; readonly cpuMs: number }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string };
