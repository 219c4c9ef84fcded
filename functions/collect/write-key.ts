/**
 * The write key of a request: the user of Basic authentication, as Segment's and RudderStack's SDKs
 * send it (a missing colon is tolerated), or else `writeKey` in the body.
 */
export function writeKeyOf(headers: Readonly<Record<string, string>>, body: unknown): string | undefined {
  const key = givenKey(headers, body);
  return key !== undefined && PRINTABLE.test(key) ? key : undefined;
}

/** Anything else is no key of ours, and need not be looked for. */
const PRINTABLE = /^[\x21-\x7e]{1,100}$/;

function givenKey(headers: Readonly<Record<string, string>>, body: unknown): string | undefined {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'basic') {
    const [user = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    if (user !== '') return user;
  }
  if (typeof body !== 'object' || body === null || !('writeKey' in body)) return undefined;
  return typeof body.writeKey === 'string' && body.writeKey !== '' ? body.writeKey : undefined;
}
