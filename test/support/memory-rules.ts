import { compilePlan } from '#shared/plans/compile-plan.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { type AdmissionRules, admissionRules } from '#shared/sources/admit-events.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import type { Source } from '#shared/sources/source.ts';

/** What sources ask of their events, by the plans that there are at each time. */
export const memoryRules =
  (plans: Pick<DefinitionRepository<TrackingPlan>, 'find'>) =>
  async (source: Source): Promise<AdmissionRules | undefined> => {
    const plan = source.trackingPlan === undefined ? undefined : await plans.find(source.trackingPlan);
    return admissionRules(source, plan && compilePlan(plan.definition));
  };
