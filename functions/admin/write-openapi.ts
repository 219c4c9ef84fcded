import { mkdirSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi.ts';
import { ADMIN_ROUTES } from './routes.ts';

// Writes the document that the repository keeps; a test holds it against the routes.
mkdirSync('docs/api', { recursive: true });
writeFileSync('docs/api/admin.openapi.json', `${JSON.stringify(openApiDocument(ADMIN_ROUTES), null, 2)}\n`);
