import type { Aggregate } from '#shared/computed/aggregate.ts';
import { computedRules } from '#shared/computed/computed-rules.ts';
import { aggregateOf, type ComputedTrait } from '#shared/computed/computed-trait.ts';
import type { Registry } from '#shared/computed/registry.ts';
import { DEFAULT_IDENTITY, identityRules } from '#shared/identity/rules.ts';
import type { IdentitySettings } from '#shared/identity/settings.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { type TraitDefinition, traitRules } from '#shared/traits/trait-definition.ts';
import { aggregatesOf } from './aggregates.ts';
import { compileSegments } from './compile.ts';
import type { Segment } from './segment.ts';

/** What says what is counted of people's events. */
export interface Counting {
  readonly segments: readonly Segment[];
  readonly computedTraits: readonly ComputedTrait[];
  readonly timeZone: string;
}

/** All definitions of people, as of one version. */
export interface Catalog extends Counting {
  readonly version: number;
  readonly traits: readonly TraitDefinition[];
  /** @default what counts without settings */
  readonly identity?: IdentitySettings | undefined;
  readonly registry: Registry;
}

/** All that definitions ask to be counted. */
export const wantedAggregates = ({ segments, computedTraits, timeZone }: Counting): readonly Aggregate[] => [
  ...segments.flatMap(({ condition }) => aggregatesOf(condition, timeZone)),
  ...computedTraits.map(aggregateOf),
];

/** Compiles the definitions of one version of the catalog. */
export function compileCatalog({ version, traits, identity, registry, ...counting }: Catalog): Definitions {
  const { segments, computedTraits, timeZone } = counting;
  return compileSegments(segments, version, {
    identity: identity === undefined ? DEFAULT_IDENTITY : identityRules(identity),
    traits: traitRules(traits),
    timeZone,
    computed: computedRules({
      wanted: wantedAggregates(counting),
      traits: computedTraits,
      registry,
      timeZone,
    }),
  });
}
