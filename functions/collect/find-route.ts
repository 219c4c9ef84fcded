/** A segment of a route's path that takes any value. */
const ANY = '{}';

/** Where a path leads, with what stood before the route and in its variable segment. */
export interface Found<R> {
  readonly route: R;
  /** What stands before the route's own path: `/prod` of `/prod/v1/batch`. */
  readonly prefix: string;
  /** The value of its `{}`; empty where it has none. */
  readonly value: string;
}

interface Node<R> {
  readonly next: Map<string, Node<R>>;
  route?: R;
}

/**
 * Finds routes by how a path ends, since SDKs keep whatever prefix their host is configured with, and
 * some end in a slash. Of several the longest wins.
 *
 * @param routes by method and path, as in `POST /v1/batch`; `{}` stands for one segment.
 */
export function routesByEnding<R>(
  routes: ReadonlyMap<string, R>,
): (method: string, path: string) => Found<R> | undefined {
  const roots = new Map<string, Node<R>>();
  for (const [key, route] of routes) {
    const [method = '', path = ''] = key.split(' ');
    let node = child(roots, method);
    for (const segment of segmentsOf(path)) node = child(node.next, segment);
    node.route = route;
  }

  return function find(method, path) {
    let node = roots.get(method);
    let value = '';
    let found: Found<R> | undefined;
    let end = path.endsWith('/') ? path.length - 1 : path.length;
    while (node !== undefined && end > 0) {
      const start = path.lastIndexOf('/', end - 1);
      const segment = path.slice(start + 1, end);
      const literal = node.next.get(segment);
      if (literal === undefined && node.next.has(ANY)) value = segment;
      node = literal ?? node.next.get(ANY);
      end = Math.max(start, 0);
      if (node?.route !== undefined) found = { route: node.route, prefix: path.slice(0, end), value };
    }
    return found;
  };
}

/** From the last to the first. */
const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1).reverse();

function child<R>(nodes: Map<string, Node<R>>, segment: string): Node<R> {
  const known = nodes.get(segment);
  if (known !== undefined) return known;
  const made: Node<R> = { next: new Map() };
  nodes.set(segment, made);
  return made;
}
