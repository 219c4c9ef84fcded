import { logger } from '#functions/runtime/telemetry.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { ok } from '#shared/kernel/outcome.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { type AdmissionRules, admissionRules, type PlanCheck } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';
import { type DefinitionsOptions, dynamoDefinitions } from './definitions.ts';
import { plannedSources } from './planned-sources.ts';

type CatalogOptions = Pick<DefinitionsOptions<typeof TrackingPlan>, 'client' | 'tableName' | 'now'>;

/** Tracking plans over table `catalog`. One that a source is held to cannot be removed. */
export const dynamoTrackingPlans = (catalog: CatalogOptions) =>
  dynamoDefinitions({
    ...catalog,
    kind: 'trackingPlan',
    schema: TrackingPlan,
    refusal: () =>
      new RequestError({
        status: 409,
        code: 'TRACKING_PLAN_IN_USE',
        message: 'a source has just been held to this tracking plan',
      }),
    alongside({ id, after }) {
      const sources = plannedSources(catalog.tableName, id);
      return [after === undefined ? sources.close() : sources.open()];
    },
  });

/**
 * Finds what a source asks of its events. It is made once for each source that was read, and so is as old
 * as that; a plan is compiled once for each of its versions.
 *
 * Where the plan is not there, which the catalog sees to that it is, events are let in and flagged.
 */
export function cachedSourceRules(
  catalog: CatalogOptions,
): (source: Source) => Promise<AdmissionRules | undefined> {
  const plans = dynamoTrackingPlans(catalog);
  const made = new WeakMap<Source, Promise<AdmissionRules | undefined>>();
  const compiled = new Map<string, { readonly version: number; readonly check: PlanCheck }>();

  async function checkOf(id: string): Promise<PlanCheck> {
    const stored = await plans.find(id);
    if (stored === undefined) {
      logger.error('a source names a tracking plan that is not there', { trackingPlan: id });
      return withoutPlan;
    }
    const { definition, version } = stored;
    const known = compiled.get(id);
    if (known?.version === version) return known.check;
    // what most processes never need is loaded by those that do
    const { compilePlan } = await import('#shared/plans/compile-plan.ts');
    const check = compilePlan(definition);
    compiled.set(id, { version, check });
    return check;
  }

  return (source) => {
    const known = made.get(source);
    if (known !== undefined) return known;
    const { trackingPlan } = source;
    const rules =
      trackingPlan === undefined
        ? Promise.resolve(admissionRules(source))
        : checkOf(trackingPlan).then((check) => admissionRules(source, check));
    made.set(source, rules);
    rules.catch(() => made.delete(source));
    return rules;
  };
}

const withoutPlan: PlanCheck = (event) => ok({ ...event, violations: ['no_tracking_plan'] });
