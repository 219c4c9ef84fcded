import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isHopeless } from '#functions/runtime/fault.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Definitions, DefinitionsSource } from '#shared/profiles/definitions.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { traitRules } from '#shared/traits/trait-definition.ts';
import {
  type CatalogOptions,
  dynamoIdentitySettings,
  dynamoSegments,
  dynamoTraits,
  META,
} from './counted-definitions.ts';

const Meta = z.object({ version: z.int().nonnegative() });

/** For how long a container evaluates by what it has, before it asks whether there is something newer. */
const MAX_AGE_MS = 5_000;
const ATTEMPTS = 5;

export interface CachedOptions extends CatalogOptions {
  /** For how long the version is not asked for again; 0: each time. @default 5 s */
  readonly maxAgeMs?: number;
}

/**
 * The compiled segments, the rules of traits and those of identity. Their version is asked for again after five seconds,
 * and when a person was last written under a newer one; they themselves are read only when it has moved.
 */
export function cachedDefinitions(options: CachedOptions): DefinitionsSource {
  const { client, tableName, now = Date.now, maxAgeMs = MAX_AGE_MS } = options;
  const repositories = {
    segments: dynamoSegments(options),
    traits: dynamoTraits(options),
    identity: dynamoIdentitySettings(options),
  };
  let held: { readonly definitions: Definitions; readonly until: number } | undefined;
  let loading: Promise<Definitions> | undefined;

  const readVersion = async (): Promise<number> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: META, ConsistentRead: true }),
    );
    return Item === undefined ? 0 : Meta.parse(Item).version;
  };

  async function load(): Promise<Definitions> {
    let version = await readVersion();
    if (held?.definitions.version === version) {
      held = { definitions: held.definitions, until: now() + maxAgeMs };
      return held.definitions;
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const [segments, traits, identity] = await Promise.all([
        repositories.segments.list(),
        repositories.traits.list(),
        repositories.identity.find('identity'),
      ]);
      const after = await readVersion();
      // pages are no snapshot: definitions of two versions must not pass for one
      if (after === version) {
        const compiled = compileSegments(
          segments.map(({ definition }) => definition),
          version,
          {
            traits: traitRules(traits.map(({ definition }) => definition)),
            ...(identity !== undefined && { identity: identityRules(identity.definition) }),
          },
        );
        held = { definitions: compiled, until: now() + maxAgeMs };
        return compiled;
      }
      version = after;
    }
    throw new UnavailableError('definitions change faster than they can be read');
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
