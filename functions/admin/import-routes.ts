import * as z from 'zod';
import type { SignedRequest } from '#functions/adapters/s3/uploads.ts';
import { Import } from '#shared/imports/import.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { type DefinitionKind, definitionRoutes, findInScope, OfDefinition } from './definition-routes.ts';
import { IMPORT_RUN_ROUTES } from './import-run-routes.ts';
import type { AdminPorts } from './ports.ts';

const IMPORTS: DefinitionKind<Import> = {
  kind: 'import',
  repository: (ports) => ports.imports,
  schema: Import,
  // what is said of a source is said of everybody who comes by it
  editor: 'admin',
  async beforePut({ source }, { caller, ports }) {
    const found = await ports.sources.find(source);
    if (found === undefined || !isInScope(caller, found.definition)) throw unknownSource();
  },
};

/** A name that a file may have; of folders nothing is taken over. */
const FileName = z
  .string()
  .regex(/^[^/\\\p{Cc}]{1,200}$/u, 'a name of 1 to 200 characters, without a folder')
  .refine((name) => name.isWellFormed(), 'text of whole characters');

export const IMPORT_ROUTES: readonly AdminRoute[] = [
  ...definitionRoutes(IMPORTS),

  adminRoute({
    method: 'POST',
    path: '/v1/imports/{id}/uploads',
    operationId: 'signImportUpload',
    summary: 'Signs a request by which one file is uploaded; the run starts when it is there',
    role: 'marketer',
    resource: 'import',
    status: 200,
    problems: [404],
    input: z.object({
      parameters: OfDefinition,
      body: z.strictObject({
        fileName: FileName,
        dryRun: z.boolean().default(false).describe('whether it is only tried what would come of it'),
      }),
    }),
    answer: z.strictObject({
      method: z.enum(['PUT', 'GET']),
      url: z.string(),
      headers: z.record(z.string(), z.string()).describe('to be sent along, just so'),
      key: z.string().describe('of the file in the imports bucket'),
      expiresAt: z.iso.datetime(),
    }),
    async handle({ parameters: { id }, body: { fileName, dryRun } }, context) {
      await findInScope(IMPORTS, id, context);
      const { uploads, newRunId } = context.ports;
      const key = `${dryRun ? 'dry-runs' : 'imports'}/${id}/${newRunId()}/${fileName}`;
      return { ...viewSigned(await uploads.signUpload(key)), key };
    },
  }),

  ...IMPORT_RUN_ROUTES,
];

const viewSigned = ({ expiresAt, ...request }: SignedRequest) => ({
  ...request,
  headers: { ...request.headers },
  expiresAt: new Date(expiresAt).toISOString(),
});

/** @throws {RequestError} 409 while imports bring files as the source. */
export async function refuseImportsOf(
  source: string,
  { imports }: Pick<AdminPorts, 'imports'>,
): Promise<void> {
  const users = (await imports.list()).filter(({ definition }) => definition.source === source);
  if (users.length === 0) return;
  const ids = users.map(({ definition }) => definition.id).join(', ');
  throw new RequestError({
    status: 409,
    code: 'SOURCE_IN_USE',
    message: `imports are of this source: ${ids}`,
  });
}

const unknownSource = (): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'body.source', message: 'no source has this id' }],
  });
