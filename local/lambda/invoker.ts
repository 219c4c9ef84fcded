/** What came of one invocation, as the Invoke API tells it. */
export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

/** Runs a deployed function. */
export interface Invoker {
  /** `functionArn` may carry a version or alias suffix. Never rejects for what the handler throws. */
  invoke(functionArn: string, payload: unknown): Promise<InvokeResult>;
}
