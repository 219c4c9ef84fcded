import { isHopeless } from '#functions/runtime/fault.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Definitions, DefinitionsSource } from '#shared/profiles/definitions.ts';
import { compileCatalog } from '#shared/segments/catalog.ts';
import { type CatalogOptions, DEFINITIONS_AGE_MS, readMeta } from './counted-definitions.ts';
import { readCatalog } from './read-catalog.ts';

const ATTEMPTS = 5;

export interface CachedOptions extends CatalogOptions {
  /** For how long the version is not asked for again; 0: each time. @default 5 s */
  readonly maxAgeMs?: number;
}

/**
 * The compiled segments, what is counted for them, the rules of traits and those of identity. Their version
 * is asked for again after five seconds, and when a person was last written under a newer one; they
 * themselves are read only when it has moved.
 */
export function cachedDefinitions(options: CachedOptions): DefinitionsSource {
  const { now = Date.now, maxAgeMs = DEFINITIONS_AGE_MS } = options;
  let held: { readonly definitions: Definitions; readonly until: number } | undefined;
  let loading: Promise<Definitions> | undefined;

  async function load(): Promise<Definitions> {
    const { version } = await readMeta(options);
    const isSame = held?.definitions.version === version;
    const definitions =
      isSame && held !== undefined ? held.definitions : compileCatalog(await readCatalog(options));
    held = { definitions, until: now() + maxAgeMs };
    return definitions;
  }

  return {
    async current(version) {
      if (held !== undefined && held.until > now() && held.definitions.version >= version) {
        return held.definitions;
      }
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        loading ??= load()
          .catch(unreadable)
          .finally(() => {
            loading = undefined;
          });
        const loaded = await loading;
        // one that was under way may have begun before the version that is asked for
        if (loaded.version >= version) return loaded;
      }
      throw new UnavailableError('the catalog is older than what people were evaluated under');
    },
  };
}

/**
 * A definition that this version of the code cannot read, as a deploy may leave one for a while, is no
 * fault of the events that come meanwhile: they wait.
 */
function unreadable(fault: unknown): never {
  if (isHopeless(fault))
    throw new UnavailableError('the definitions cannot be read by this version', { cause: fault });
  throw fault;
}
