import type { HttpRequest } from '#functions/runtime/http.ts';
import { isDangerousKey } from '#shared/events/tidy.ts';

/** A transparent image of one pixel. */
export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

interface Fields {
  [name: string]: unknown;
}

/**
 * The call that an image's address makes, as RudderStack's pixel writes it: `event=Opened&properties.mail=spring`,
 * where a dot goes into an object and a value in JSON's brackets or quotes is JSON.
 *
 * An image is never loaded again by itself, so that each load is a message of its own.
 */
export function pixelCall({ query, requestId }: Pick<HttpRequest, 'query' | 'requestId'>): Fields {
  const call: Fields = { messageId: `pixel-${requestId}` };
  for (const [path, text] of Object.entries(query)) {
    if (path !== 'writeKey') place(call, path.split('.'), said(text));
  }
  return call;
}

function place(fields: Fields, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (isDangerousKey(name)) return;
  if (rest.length === 0) {
    fields[name] = value;
    return;
  }
  const known = fields[name];
  const inner = isFields(known) ? known : {};
  fields[name] = inner;
  place(inner, rest, value);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function said(text: string): unknown {
  if (!/^[{["]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
