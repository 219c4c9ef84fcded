import * as z from 'zod';
import { CAMPAIGN_ROUTES, EXPORT_ROUTES } from './activation-routes.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { COMPUTED_TRAIT_ROUTES } from './computed-trait-routes.ts';
import { CONFLICT_ROUTES } from './conflict-routes.ts';
import { DEBUGGER_ROUTES } from './debugger-routes.ts';
import { ERASE_ROUTES } from './erase-routes.ts';
import { EVALUATION_ROUTES } from './evaluation-routes.ts';
import { IDENTITY_ROUTES } from './identity-routes.ts';
import { IMPORT_ROUTES } from './import-routes.ts';
import { LIBRARY_ROUTES } from './library-routes.ts';
import { LIFECYCLE_ROUTES } from './lifecycle-routes.ts';
import { openApiDocument } from './openapi.ts';
import { PREVIEW_ROUTES } from './preview-routes.ts';
import { PROFILE_ROUTES } from './profile-routes.ts';
import { QUALITY_ROUTES } from './quality-routes.ts';
import { QUARANTINE_ROUTES } from './quarantine-routes.ts';
import { SEGMENT_ROUTES } from './segment-routes.ts';
import { SETTINGS_ROUTES } from './settings-routes.ts';
import { SOURCE_ROUTES } from './source-routes.ts';
import { TRACKING_PLAN_ROUTES } from './tracking-plan-routes.ts';
import { TRAIT_ROUTES } from './trait-routes.ts';
import { WHY_ROUTES } from './why-routes.ts';

/** The whole Admin API: what is served, what is described, and who may. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  ...PROFILE_ROUTES,
  ...WHY_ROUTES,
  ...ERASE_ROUTES,
  ...IDENTITY_ROUTES,
  ...CONFLICT_ROUTES,
  ...SETTINGS_ROUTES,
  ...PREVIEW_ROUTES,
  ...SEGMENT_ROUTES,
  ...EVALUATION_ROUTES,
  ...LIBRARY_ROUTES,
  ...LIFECYCLE_ROUTES,
  ...EXPORT_ROUTES,
  ...CAMPAIGN_ROUTES,
  ...SOURCE_ROUTES,
  ...IMPORT_ROUTES,
  ...QUALITY_ROUTES,
  ...DEBUGGER_ROUTES,
  ...TRACKING_PLAN_ROUTES,
  ...QUARANTINE_ROUTES,
  ...TRAIT_ROUTES,
  ...COMPUTED_TRAIT_ROUTES,

  adminRoute({
    method: 'GET',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document',
    role: 'viewer',
    resource: 'document',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: z.record(z.string(), z.unknown()),
    handle: async () => openApiDocument(ADMIN_ROUTES),
  }),
];
