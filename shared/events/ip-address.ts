import type { Json } from './json.ts';

/** Where a request came from, for a source that keeps addresses. */
export interface Sender {
  /** The address that the request came from; unknown of one that is taken in again. */
  readonly address?: string | undefined;
  /** Whether a browser sent it: its address is then the visitor's, and not that of somebody's server. */
  readonly isBrowser?: boolean;
}

/**
 * The context of an event with the address that its source lets it keep: none without `sender`, else the
 * one it came with, else the sender's where that is the person's own: a browser's, or of a call that says
 * `context.direct`, as Segment's server API has it.
 */
export function withAddress(context: Json | undefined, sender: Sender | undefined): Json | undefined {
  const given = context?.ip;
  if (sender === undefined) return given === undefined ? context : withoutAddress(context);
  const { address, isBrowser = false } = sender;
  if (typeof given === 'string' || address === undefined) return context;
  return isBrowser || context?.direct === true ? { ...context, ip: address } : context;
}

function withoutAddress(context: Json = {}): Json {
  const { ip: _, ...rest } = context;
  return rest;
}
