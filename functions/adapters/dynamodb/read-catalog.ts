import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Catalog } from '#shared/segments/catalog.ts';
import {
  type CatalogOptions,
  dynamoIdentitySettings,
  dynamoTraits,
  readCounting,
  readMeta,
} from './counted-definitions.ts';

const ATTEMPTS = 5;

/**
 * All definitions of people, of one version: pages are no snapshot, so that they are read again where the
 * version has moved meanwhile.
 *
 * @throws {UnavailableError} when they change faster than they can be read.
 */
export async function readCatalog(options: CatalogOptions): Promise<Catalog> {
  const [definedTraits, identity] = [dynamoTraits(options), dynamoIdentitySettings(options)];
  let { version } = await readMeta(options);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [counting, traits, settings] = await Promise.all([
      readCounting(options),
      definedTraits.list(),
      identity.find('identity'),
    ]);
    const after = await readMeta(options);
    if (after.version === version) {
      return {
        ...counting,
        ...after,
        traits: traits.map(({ definition }) => definition),
        identity: settings?.definition,
      };
    }
    version = after.version;
  }
  throw new UnavailableError('definitions change faster than they can be read');
}
