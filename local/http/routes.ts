/** A route of an HTTP API: `POST /v1/batch`, `ANY /v1/{proxy+}` or `$default`. */
export interface Route {
  readonly key: string;
}

/** A route that a request goes to, with the values of its path's variables. */
export interface Match<R extends Route> {
  readonly route: R;
  readonly pathParameters: Readonly<Record<string, string>>;
}

const LITERAL = 3;
const VARIABLE = 2;
const GREEDY = 1;

/**
 * Finds the most specific route of a request: by path first (letters, `{name}`, `{name+}`, `$default`), then
 * by method before `ANY`.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @throws {URIError} for a path that is not percent-encoded as it should be.
 */
export function findRoute<R extends Route>(
  routes: readonly R[],
  { method, path }: { readonly method: string; readonly path: string },
): Match<R> | undefined {
  const matches = routes.flatMap((route) => matchRoute(route, method, path.split('/').slice(1)));
  const [best] = matches.toSorted((a, b) => compareRanks(b.rank, a.rank));
  return best && { route: best.route, pathParameters: best.pathParameters };
}

function matchRoute<R extends Route>(route: R, method: string, segments: readonly string[]) {
  if (route.key === '$default') return [{ route, pathParameters: {}, rank: [0] }];
  const [routeMethod, routePath = ''] = route.key.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return [];

  const pathParameters: Record<string, string> = {};
  const rank: number[] = [];
  const pattern = routePath.split('/').slice(1);
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    const [, name, greedy] = /^\{(.+?)(\+?)\}$/.exec(part) ?? [];
    if (segment === undefined || (name !== undefined && segment === '')) return [];
    if (name === undefined && decodeURIComponent(segment) !== part) return [];
    rank.push(name === undefined ? LITERAL : greedy === '+' ? GREEDY : VARIABLE);
    if (name === undefined) continue;
    const value = greedy === '+' ? segments.slice(index).join('/') : segment;
    pathParameters[name] = decodeURIComponent(value);
  }
  const isWhole = pattern.length === segments.length || routePath.endsWith('+}');
  return isWhole ? [{ route, pathParameters, rank: [...rank, routeMethod === 'ANY' ? 0 : 1] }] : [];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
