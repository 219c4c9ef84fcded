import * as z from 'zod';
import { Export } from '#shared/exports/export.ts';
import { Import } from '#shared/imports/import.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { ConditionTree } from '#shared/segments/condition.ts';
import { Segment } from '#shared/segments/segment.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import { Source } from '#shared/sources/source.ts';
import type { AdminRoute } from './admin-route.ts';
import { ProfileView } from './profile-view.ts';
import { ClauseView } from './why-view.ts';

type Json = Record<string, unknown>;

/** The body of every refusal. */
export const Problem = z.strictObject({
  code: z.string().describe('stable, for programs; docs/errors.md says what each means'),
  message: z.string(),
  details: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .describe('one entry a fault in what was sent: where it stands, and what is allowed there'),
});

/** Schemas with a name of their own in the document: those that are sent and answered, and those answered. */
const DEFINED = { Condition: ConditionTree, Segment, Import, Export, Campaign, Source, TrackingPlan };
const ANSWERED = { ...DEFINED, Profile: ProfileView, Clause: ClauseView, Problem };

const REASONS: Readonly<Record<number, string>> = {
  200: 'done',
  202: 'begun',
  204: 'done',
  400: 'the request is not valid',
  401: 'no valid token',
  403: 'the user may not do this',
  404: 'not there, or not of the market and brand of the user',
  409: 'others stand in the way',
  413: 'too large',
};

/** Describes routes as OpenAPI 3.1 does, out of the schemas that they parse and answer with. */
export function openApiDocument(routes: readonly AdminRoute[]): Json {
  const sent = schemasOf(routes, 'input');
  const answered = schemasOf(routes, 'output');
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const { method, path, operationId } = route;
    const operation = describe(route, sent.operations[operationId], answered.operations[operationId]);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary Admin API',
      version: '1',
      description:
        'Look people up; define segments, imports, exports, campaigns, sources and tracking plans, and run them; redrive what was set aside.',
    },
    security: [{ idToken: [] }],
    paths,
    components: {
      securitySchemes: {
        idToken: { type: 'http', scheme: 'bearer', description: 'an id token of the user pool' },
      },
      schemas: { ...withoutFilled(sent.named, routes, sent), ...answered.named },
    },
  };
}

function describe(route: AdminRoute, input: unknown, answer: unknown): Json {
  const { operationId, summary, role, status, problems } = route;
  const part = (name: string): Json => property(property(input, 'properties'), name);
  const parameters = [
    ...parametersIn('path', part('parameters')),
    ...parametersIn('query', part('query')),
    ...parametersIn('header', part('headers')),
  ];
  const refusals = [400, 401, 403, ...problems].map((problem) => [problem, refusal(problem)] as const);
  return {
    operationId,
    summary,
    description: `For the role ${role} and those above it.`,
    ...(parameters.length > 0 && { parameters }),
    ...('body' in route.input.shape && { requestBody: { required: true, ...json(part('body')) } }),
    responses: {
      [status]: { description: REASONS[status], ...(status !== 204 && json(answer)) },
      ...Object.fromEntries(refusals),
    },
  };
}

const json = (schema: unknown): Json => ({ content: { 'application/json': { schema } } });

const parametersIn = (place: string, schema: Json): readonly Json[] =>
  Object.entries(property(schema, 'properties')).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: of,
  }));

const refusal = (status: number): Json => ({
  description: REASONS[status],
  // a token is refused by the gateway, in a form of its own
  ...(status !== 401 && json({ $ref: '#/components/schemas/Problem' })),
});

interface Schemas {
  readonly named: Readonly<Record<string, Json>>;
  /** By operation. */
  readonly operations: Readonly<Record<string, Json>>;
}

/** The JSON schemas of one direction: what is sent may leave out what has a default, what is answered has it. */
function schemasOf(routes: readonly AdminRoute[], io: 'input' | 'output'): Schemas {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(io === 'input' ? DEFINED : ANSWERED)) {
    registry.add(schema, { id: io === 'input' ? `${name}Input` : name });
  }
  const operations = new Set(routes.map(({ operationId }) => operationId));
  for (const { operationId, input, answer, status } of routes) {
    // in an object of its own, since one schema may serve several operations
    const of = io === 'input' ? input : status === 204 ? z.unknown() : answer;
    registry.add(z.object({ of }), { id: operationId });
  }

  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override({ jsonSchema }) {
      // says again, at length, what the format says
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  const entries = Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema] as const);
  return {
    named: Object.fromEntries(entries.filter(([id]) => !operations.has(id))),
    operations: Object.fromEntries(
      entries
        .filter(([id]) => operations.has(id))
        .map(([id, schema]) => [id, property(property(schema, 'properties'), 'of')]),
    ),
  };
}

/** The names that the schemas of bodies ask for and the API fills in are not asked for. */
function withoutFilled(named: Schemas['named'], routes: readonly AdminRoute[], sent: Schemas): Json {
  const filled = new Map<string, readonly string[]>();
  for (const { operationId, filled: names } of routes) {
    const body = property(property(sent.operations[operationId], 'properties'), 'body');
    if (typeof body.$ref === 'string') filled.set(body.$ref, names);
  }
  const entries = Object.entries(named).map(([name, schema]) => {
    const names = filled.get(`#/components/schemas/${name}`) ?? [];
    const required = Array.isArray(schema.required)
      ? schema.required.filter((key) => !names.includes(key))
      : [];
    return [name, names.length === 0 ? schema : { ...schema, required }];
  });
  return Object.fromEntries(entries);
}

/** A part of a JSON schema that is an object itself; an empty one where there is none. */
function property(schema: unknown, name: string): Json {
  const value: unknown =
    typeof schema === 'object' && schema !== null ? Reflect.get(schema, name) : undefined;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
