import { mkdirSync, writeFileSync } from 'node:fs';
import { trackingPlanJsonSchema } from '#shared/plans/tracking-plan-schema.ts';
import { segmentJsonSchema } from '#shared/segments/segment-schema.ts';
import { openApiDocument } from './openapi.ts';
import { ADMIN_ROUTES } from './routes.ts';

// Writes the documents that the repository keeps; tests hold them against the routes and the schema.
const write = (name: string, document: unknown): void =>
  writeFileSync(`docs/api/${name}`, `${JSON.stringify(document, null, 2)}\n`);

mkdirSync('docs/api', { recursive: true });
write('admin.openapi.json', openApiDocument(ADMIN_ROUTES));
write('segment.schema.json', segmentJsonSchema());
write('tracking-plan.schema.json', trackingPlanJsonSchema());
