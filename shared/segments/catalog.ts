import * as z from 'zod';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import { computedRules } from '#shared/computed/computed-rules.ts';
import { aggregateOf, ComputedTrait } from '#shared/computed/computed-trait.ts';
import { Registry } from '#shared/computed/registry.ts';
import { DEFAULT_IDENTITY, identityRules } from '#shared/identity/rules.ts';
import type { IdentitySettings } from '#shared/identity/settings.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { TraitDefinition, traitRules } from '#shared/traits/trait-definition.ts';
import { aggregatesOf } from './aggregates.ts';
import { compileSegments } from './compile.ts';
import { LifecycleSettings } from './lifecycle.ts';
import { Segment } from './segment.ts';

/** What says what is counted of people's events. */
export interface Counting {
  readonly segments: readonly Segment[];
  readonly computedTraits: readonly ComputedTrait[];
  /** @default there are no stages */
  readonly lifecycle?: LifecycleSettings | undefined;
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

/** What says who is in which segment, as it is kept for as long as a run lasts. */
export const KeptCatalog = z.object({
  version: z.int().nonnegative(),
  segments: z.array(Segment),
  computedTraits: z.array(ComputedTrait),
  lifecycle: LifecycleSettings.optional(),
  timeZone: z.string(),
  traits: z.array(TraitDefinition),
  registry: Registry,
});
export type KeptCatalog = z.infer<typeof KeptCatalog>;

/** All that definitions ask to be counted. */
export function wantedAggregates({
  segments,
  computedTraits,
  lifecycle,
  timeZone,
}: Counting): readonly Aggregate[] {
  const conditions = [...segments, ...(lifecycle?.stages ?? [])].flatMap(({ condition }) => condition ?? []);
  return [
    ...computedTraits.map(aggregateOf),
    ...conditions.flatMap((condition) => aggregatesOf(condition, timeZone)),
  ];
}

/** Compiles the definitions of one version of the catalog. */
export function compileCatalog({ version, traits, identity, registry, ...counting }: Catalog): Definitions {
  const { segments, computedTraits, lifecycle, timeZone } = counting;
  return compileSegments(segments, version, {
    identity: identity === undefined ? DEFAULT_IDENTITY : identityRules(identity),
    traits: traitRules(traits),
    timeZone,
    lifecycle,
    computed: computedRules({
      wanted: wantedAggregates(counting),
      traits: computedTraits,
      registry,
      timeZone,
    }),
  });
}
