import { RequestError } from '#shared/kernel/errors.ts';

interface Template {
  readonly method: string;
  /** `/v1/segments/{id}`; `{path+}` at its end stands for everything below. */
  readonly path: string;
}

/** A route, and what its template's parameters are in the path that was asked for, decoded. */
export interface Match<Route> {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

const PARAMETER = /^\{(\w+)(\+?)\}$/;

/**
 * Finds the route of a path as API Gateway does: one without parameters comes before one with them.
 * A slash at the end of a path makes no difference.
 *
 * @throws {RequestError} 400 for a parameter that is not valid percent-encoding.
 */
export function routerOf<Route extends Template>(
  routes: readonly Route[],
): (method: string, path: string) => Match<Route> | undefined {
  const templates = routes
    .map((route) => ({ route, segments: segmentsOf(route.path) }))
    .sort((a, b) => Number(hasParameters(a.route)) - Number(hasParameters(b.route)));

  return (method, path) => {
    const given = segmentsOf(path);
    for (const { route, segments } of templates) {
      if (route.method !== method) continue;
      const pathParameters = parametersOf(segments, given);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

const hasParameters = ({ path }: Template): boolean => path.includes('{');

const segmentsOf = (path: string): readonly string[] => path.replace(/^\/|\/$/g, '').split('/');

/** `undefined` where the path is not of the template. */
function parametersOf(
  template: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const [, name, isRest] = PARAMETER.exec(segment) ?? [];
    const value = isRest ? given.slice(index).join('/') : given[index];
    if (name === undefined ? value !== segment : !value) return undefined;
    if (name !== undefined) parameters[name] = decode(value ?? '');
    if (isRest) return parameters;
  }
  return template.length === given.length ? parameters : undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RequestError({
      status: 400,
      code: 'INVALID_PATH',
      message: 'the path is not valid percent-encoding',
    });
  }
}
