/**
 * What a pipeline stage made of one record.
 *
 * Every case is expected: a stage returns it, never throws it. What is thrown is a fault.
 * - `ok`: go on to the next stage with `value`.
 * - `dropped`: rightly ignored, as a duplicate is. Counted by its reason, then forgotten.
 * - `quarantined`: will never succeed as it stands. Kept with its reason, and where that says too little
 *   with what is wrong in detail, for a person to mend.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'dropped'; readonly reason: string }
  | { readonly kind: 'quarantined'; readonly reason: string; readonly details?: readonly string[] };

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value });
export const dropped = (reason: string): Outcome<never> => ({ kind: 'dropped', reason });
export const quarantined = (reason: string, details?: readonly string[]): Outcome<never> => ({
  kind: 'quarantined',
  reason,
  ...(details !== undefined && { details }),
});
