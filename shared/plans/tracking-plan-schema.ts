import * as z from 'zod';
import { PlannedCall, TrackingPlan } from './tracking-plan.ts';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

/** The JSON Schema of a tracking plan, as it is put: for editors that complete and check as one types. */
export function trackingPlanJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(TrackingPlan.partial({ id: true }), {
    target: 'draft-7',
    io: 'input',
    reused: 'ref',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === PlannedCall && jsonSchema.properties !== undefined) {
        jsonSchema.properties.schema = { $ref: DRAFT_7 };
      }
    },
  });
}
