import * as z from 'zod';

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const ORIGIN = new RegExp(`^[a-z][a-z0-9+.-]*://(\\*\\.)?${LABEL}(\\.${LABEL})*(:[0-9]{1,5})?$`);
const DEFAULT_PORT = /^(https:.*:443|http:.*:80)$/;
const ANY_SUBDOMAIN = '://*.';

/** A page's origin as browsers write it, or all subdomains of one: `https://*.example.com`. */
export const AllowedOrigin = z
  .string()
  .max(300)
  .regex(ORIGIN, 'an origin in lower case, such as https://shop.example.com or https://*.example.com')
  .refine((origin) => !DEFAULT_PORT.test(origin), "without the scheme's own port, as browsers write it");

/**
 * Whether a request of this origin is taken: without a list all are, with one also those that say none.
 * A write key can be read by everybody; this keeps other sites' pages from using it. Who is no browser can
 * say any origin.
 *
 * @param origin the header `Origin`, which browsers write in lower case
 */
export function isOriginAllowed(allowed: readonly string[] | undefined, origin: string | undefined): boolean {
  if (allowed === undefined || origin === undefined) return true;
  return allowed.some((one) => {
    const at = one.indexOf(ANY_SUBDOMAIN);
    if (at === -1) return origin === one;
    const scheme = one.slice(0, at + '://'.length);
    const domain = one.slice(at + '://*'.length);
    // longer, so that a name stands before the domain
    return (
      origin.length > scheme.length + domain.length && origin.startsWith(scheme) && origin.endsWith(domain)
    );
  });
}
