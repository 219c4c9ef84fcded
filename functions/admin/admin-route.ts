import type * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { parseJson, validate } from '#functions/runtime/json-body.ts';
import type { Caller, Role } from './caller.ts';
import type { AdminPorts } from './ports.ts';

interface Described {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly role: Role;
  readonly resource:
    | 'profile'
    | 'identity'
    | 'source'
    | 'tracking-plan'
    | 'segment'
    | 'trait'
    | 'computed-trait'
    | 'workspace'
    | 'evaluation'
    | 'import'
    | 'export'
    | 'campaign'
    | 'quarantine'
    | 'document';
  readonly status: 200 | 202 | 204;
  /** Statuses that it may refuse with, besides 400, 401 and 403. */
  readonly problems: readonly (404 | 409 | 413)[];
}

/** One route: all that serves it, and all that describes it. */
export interface AdminRoute extends Described {
  /** An object of `parameters`, `query`, `headers` and `body`, as far as there are any. */
  readonly input: z.ZodObject;
  /** What a body may leave out although its schema asks for it. */
  readonly filled: readonly string[];
  readonly answer: z.ZodType;
  readonly run: (request: HttpRequest, caller: Caller, ports: AdminPorts) => Promise<HttpAnswer>;
}

/** Stands in for what a body leaves out. */
interface Fill {
  readonly names: readonly string[];
  readonly values: (call: {
    readonly parameters: HttpRequest['pathParameters'];
    readonly caller: Caller;
    readonly ports: AdminPorts;
  }) => object;
}

/** Ties a route's schemas to its handler: what comes in is parsed by them, what goes out is typed by them. */
export function adminRoute<I extends z.ZodObject, A extends z.ZodType>({
  handle,
  fill = { names: [], values: () => ({}) },
  ...route
}: Described & {
  readonly input: I;
  readonly answer: A;
  readonly fill?: Fill;
  readonly handle: (
    input: z.output<I>,
    context: { readonly caller: Caller; readonly ports: AdminPorts },
  ) => Promise<z.input<A>>;
}): AdminRoute {
  return {
    ...route,
    filled: fill.names,
    async run({ pathParameters: parameters, query, headers, body }, caller, ports) {
      const sent = 'body' in route.input.shape ? parseJson(body) : undefined;
      const whole = isPlain(sent) ? { ...fill.values({ parameters, caller, ports }), ...sent } : sent;
      const input = validate({ parameters, query, headers, body: whole }, route.input);
      const answer = await handle(input, { caller, ports });
      return answer === undefined ? { status: route.status } : { status: route.status, body: answer };
    },
  };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
