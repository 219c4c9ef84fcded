import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import type { StackProcess } from './stack-process.ts';

export const basic = (writeKey: string): string => `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;

/** Posts a body to the Collect API, as JSON unless it is bytes or text already. */
export async function post(
  { urls }: Pick<StackProcess, 'urls'>,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${urls.collect}${path}`, {
    method: 'POST',
    headers: { authorization: basic(LOCAL_WRITE_KEY), 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}
