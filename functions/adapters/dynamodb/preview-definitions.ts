import { nextRegistry } from '#shared/computed/registry.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { compileCatalog, wantedAggregates } from '#shared/segments/catalog.ts';
import type { Segment } from '#shared/segments/segment.ts';
import {
  type CatalogOptions,
  dynamoIdentitySettings,
  dynamoTraits,
  readCounting,
  readMeta,
} from './counted-definitions.ts';

/**
 * Compiles the definitions as they would be with one more segment, or another under its id, if it were stored
 * now: what it alone asks to be counted begins to be counted now.
 */
export function previewDefinitions(options: CatalogOptions): (segment: Segment) => Promise<Definitions> {
  const { now = Date.now } = options;
  const traits = dynamoTraits(options);
  const identity = dynamoIdentitySettings(options);

  return async function previewed(segment) {
    const [counting, meta, definedTraits, settings] = await Promise.all([
      readCounting(options),
      readMeta(options),
      traits.list(),
      identity.find('identity'),
    ]);
    const others = counting.segments.filter(({ id }) => id !== segment.id);
    const next = { ...counting, segments: [...others, segment] };
    const registry = nextRegistry(meta.registry, {
      wanted: wantedAggregates(next),
      timeZone: next.timeZone,
      since: now(),
    });
    return compileCatalog({
      ...next,
      version: meta.version,
      registry,
      traits: definedTraits.map(({ definition }) => definition),
      identity: settings?.definition,
    });
  };
}
