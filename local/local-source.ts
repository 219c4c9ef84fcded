import type { LocalStack } from './stack.ts';

/** The write key of the source that a first start makes, so that events can be sent at once. */
export const LOCAL_WRITE_KEY = 'local-write-key';

/**
 * Makes the source `local` through the Admin API, as an operator would, unless it is there.
 *
 * @throws when the Admin API answers anything but yes.
 */
export async function makeLocalSource({ urls, adminToken }: LocalStack): Promise<void> {
  const url = `${urls.admin}/v1/sources/local`;
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };

  const there = await fetch(url, { headers });
  if (there.ok) return;
  if (there.status !== 404) throw await unexpected(there);

  const source = { name: 'This machine', writeKeys: [LOCAL_WRITE_KEY] };
  const made = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(source) });
  if (!made.ok) throw await unexpected(made);
}

const unexpected = async (response: Response): Promise<Error> =>
  new Error(`the Admin API answered ${response.status} for its source "local": ${await response.text()}`);
