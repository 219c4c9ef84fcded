import * as z from 'zod';
import { RequestError } from '#shared/kernel/errors.ts';
import type { DefinitionRepository, Stored } from '#shared/sources/definition-repository.ts';
import { Slug } from '#shared/sources/source.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { type Caller, isInScope, type Role, type Scoped } from './caller.ts';
import type { AdminPorts } from './ports.ts';
import { notFound, outOfScope } from './problems.ts';
import { evaluateAfterChange } from './start-evaluation.ts';

type Definition = Scoped & { readonly id: string };

export interface DefinitionKind<T extends Definition> {
  readonly kind:
    | 'source'
    | 'tracking-plan'
    | 'segment'
    | 'trait'
    | 'computed-trait'
    | 'import'
    | 'export'
    | 'campaign';
  readonly schema: z.ZodType<T>;
  /** What their ids are. @default {@link Slug} */
  readonly idSchema?: z.ZodType<string>;
  /** Whether they hold for all markets and brands: then everybody sees them, and who is limited to one changes none. */
  readonly ofWorkspace?: boolean;
  /** Whether people are evaluated by them: then each change starts a run over everybody. */
  readonly ofPeople?: boolean;
  /** Who may change them. */
  readonly editor: Role;
  readonly repository: (ports: AdminPorts) => DefinitionRepository<T>;
  /** What a new one is of where it does not say so. */
  readonly defaults?: (ports: AdminPorts) => Scoped & Readonly<Record<string, unknown>>;
  /** The names of `defaults`, for the document. */
  readonly defaulted?: readonly string[];
  /** Refuses a definition that does not fit the others, and does what must be done before it is stored. */
  readonly beforePut?: (definition: T, context: Context) => Promise<void>;
  /** Refuses a removal that others stand on, and does what must be done before it. */
  readonly beforeRemove?: (id: string, ports: AdminPorts) => Promise<void>;
}

interface Context {
  readonly caller: Caller;
  readonly ports: AdminPorts;
}

/** A definition with what the catalog adds. */
export const storedView = <S extends z.ZodType>(schema: S) =>
  z.strictObject({ definition: schema, version: z.int().positive(), updatedAt: z.iso.datetime() });

export const OfDefinition = z.object({ id: Slug });

/** List, get, put and delete, the same for every kind of definition. */
export function definitionRoutes<T extends Definition>(options: DefinitionKind<T>): readonly AdminRoute[] {
  const {
    kind,
    schema,
    editor,
    repository,
    defaulted = [],
    idSchema = Slug,
    ofWorkspace = false,
    ofPeople = false,
  } = options;
  const OfThis = z.object({ id: idSchema });
  const [path, words] = [`/v1/${kind}s`, kind.split('-')];
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const name = words.join(' ');
  const View = storedView(schema);
  return [
    adminRoute({
      method: 'GET',
      path,
      operationId: `list${title}s`,
      summary: `The ${name}s there are`,
      role: 'viewer',
      resource: kind,
      status: 200,
      problems: [],
      input: z.object({}),
      answer: z.strictObject({ items: z.array(View) }),
      async handle(_, { caller, ports }) {
        const all = await repository(ports).list();
        const seen = all.filter(({ definition }) => ofWorkspace || isInScope(caller, definition));
        return { items: seen.map(viewStored) };
      },
    }),

    adminRoute({
      method: 'GET',
      path: `${path}/{id}`,
      operationId: `get${title}`,
      summary: `One ${name}, with its version`,
      role: 'viewer',
      resource: kind,
      status: 200,
      problems: [404],
      input: z.object({ parameters: OfThis }),
      answer: View,
      handle: async ({ parameters }, context) =>
        viewStored(await findInScope(options, parameters.id, context)),
    }),

    adminRoute({
      method: 'PUT',
      path: `${path}/{id}`,
      operationId: `put${title}`,
      summary: `Makes or replaces a ${name}; its former versions are kept`,
      role: editor,
      resource: kind,
      status: 200,
      problems: [409, 413],
      input: z.object({ parameters: OfThis, body: schema }),
      fill: {
        names: ['id', ...defaulted],
        values: ({ parameters, caller: { market, brand }, ports }) => ({
          ...options.defaults?.(ports),
          ...(market !== undefined && !ofWorkspace && { market }),
          ...(brand !== undefined && !ofWorkspace && { brand }),
          id: parameters.id,
        }),
      },
      answer: View,
      async handle({ parameters: { id }, body }, context) {
        if (body.id !== id) throw otherId();
        return viewStored(await putDefinition(options, body, context));
      },
    }),

    adminRoute({
      method: 'DELETE',
      path: `${path}/{id}`,
      operationId: `delete${title}`,
      summary: `Removes a ${name}`,
      role: editor,
      resource: kind,
      status: 204,
      problems: [404, 409],
      input: z.object({ parameters: OfThis }),
      answer: z.void(),
      async handle({ parameters: { id } }, context) {
        const { definition } = await findInScope(options, id, context);
        if (!isInScope(context.caller, definition)) throw outOfScope();
        await options.beforeRemove?.(id, context.ports);
        await repository(context.ports).remove(id);
        if (ofPeople) await evaluateAfterChange(context.ports);
      },
    }),
  ];
}

/** A stored definition as the API shows it. */
export const viewStored = <T>({ definition, version, updatedAt }: Stored<T>) => ({
  definition,
  version,
  updatedAt: new Date(updatedAt).toISOString(),
});

/**
 * Stores a definition, as the next version of its id.
 *
 * @throws {RequestError} 403 for one that is, or was, of another market or brand than the caller's.
 */
export async function putDefinition<T extends Definition>(
  {
    repository,
    beforePut,
    ofPeople = false,
  }: Pick<DefinitionKind<T>, 'repository' | 'beforePut' | 'ofPeople'>,
  definition: T,
  context: Context,
): Promise<Stored<T>> {
  const before = await repository(context.ports).find(definition.id);
  const touched = [definition, before?.definition ?? definition];
  if (!touched.every((one) => isInScope(context.caller, one))) throw outOfScope();
  await beforePut?.(definition, context);
  const put = await repository(context.ports).put(definition);
  if (ofPeople) await evaluateAfterChange(context.ports);
  return put;
}

/** @throws {RequestError} 404 for what is not there, or not the caller's. */
export async function findInScope<T extends Definition>(
  {
    kind,
    repository,
    ofWorkspace = false,
  }: Pick<DefinitionKind<T>, 'ofWorkspace'> & {
    readonly kind: string;
    readonly repository: (ports: AdminPorts) => Pick<DefinitionRepository<T>, 'find'>;
  },
  id: string,
  { caller, ports }: Context,
): Promise<Stored<T>> {
  const found = await repository(ports).find(id);
  if (found !== undefined && (ofWorkspace || isInScope(caller, found.definition))) return found;
  throw notFound(
    `UNKNOWN_${kind.toUpperCase().replace('-', '_')}`,
    `no ${kind.replace('-', ' ')} has this id`,
  );
}

const otherId = (): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'body.id', message: 'another id than in the path; leave it out' }],
  });
