import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';

/** A longer text is compressed: an item takes 400 KB, and writing it costs by its size. */
const LONGEST_PLAIN = 16_384;

/**
 * A value as JSON, in one attribute: what senders chose passes as it is, where DynamoDB's own maps refuse
 * numbers of more than 38 digits or beyond 2^53, and lists and maps nested too deep.
 */
export function jsonText(value: unknown): string | Uint8Array {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_PLAIN ? text : gzipSync(text);
}

/** The reverse of {@link jsonText}. */
export const JsonText = z.union([z.string(), z.instanceof(Uint8Array)]).transform((stored): unknown => {
  const text = typeof stored === 'string' ? stored : gunzipSync(stored).toString('utf8');
  return JSON.parse(text);
});
