import type { HttpAnswer, HttpRequest } from '#functions/runtime/http.ts';
import { EventType } from '#shared/events/event.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { type CollectPorts, collectRequest } from './collect-request.ts';
import { type Found, routesByEnding } from './find-route.ts';
import { PIXEL, pixelCall } from './pixel.ts';
import { rudderSourceConfig, segmentSettings } from './settings-documents.ts';
import { writeKeyOf } from './write-key.ts';

/** What answers a route, with what its path says besides. */
type Answer = (
  request: HttpRequest,
  said: { readonly prefix: string; readonly value: string; readonly ports: CollectPorts },
) => Promise<HttpAnswer> | HttpAnswer;

const batch: Answer = (request, { ports }) => collectRequest(request, { ports });

const call =
  (type: EventType): Answer =>
  (request, { ports }) =>
    collectRequest(request, { type, ports });

const pixel =
  (type: EventType): Answer =>
  async (request, { ports }) => {
    await collectRequest(request, { type, ports, body: pixelCall(request) });
    return {
      status: 200,
      headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' },
      body: PIXEL,
    };
  };

/** What SDKs tell their makers of themselves. */
const drop: Answer = () => ({ status: 200, body: { success: true, ok: true } });

const health: Answer = () => ({ status: 200, headers: { 'cache-control': 'no-store' }, body: { ok: true } });

/** Browsers add the origin to what they ask, and the gateway answers with it. */
const VARY = { vary: 'Origin' };
const FIVE_MINUTES = 'max-age=300';

const settings: Answer = ({ domainName, headers }, { prefix, value }) => ({
  status: 200,
  headers: { ...VARY, 'cache-control': `public, ${FIVE_MINUTES}` },
  body: segmentSettings({
    writeKey: value,
    apiHost: `${domainName}${prefix}/v1`,
    protocol: headers['x-forwarded-proto'] === 'http' ? 'http' : 'https',
  }),
});

/** Its key stands in a header, by which no shared cache tells one copy from another. */
const sourceConfig: Answer = (request) => ({
  status: 200,
  headers: { ...VARY, 'cache-control': `private, ${FIVE_MINUTES}` },
  body: rudderSourceConfig(writeKeyOf(request) ?? ''),
});

const post = (paths: readonly string[], answer: Answer) =>
  paths.map((path) => [`POST ${path}`, answer] as const);

/**
 * What Segment's, RudderStack's and Jitsu's SDKs ask for, each after any prefix and with or without a
 * slash at its end. Segment's browser SDK shortens each call to its first letter.
 */
export const COLLECT_ROUTES: ReadonlyMap<string, Answer> = new Map([
  ...post(['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'], batch),
  ...post(['/api/s/batch', '/api/s/s2s/batch'], batch),
  ...EventType.options.flatMap((type) =>
    post([`/v1/${type}`, `/v1/${type.slice(0, 1)}`, `/api/s/${type}`, `/api/s/s2s/${type}`], call(type)),
  ),
  ['GET /pixel/v1/track', pixel('track')],
  ['GET /pixel/v1/page', pixel('page')],
  ...post(['/v1/m', '/rsaMetrics', '/rsaRequest'], drop),
  ['GET /v1/projects/{}/settings', settings],
  ['GET /sourceConfig', sourceConfig],
  ['GET /health', health],
]);

const find: (method: string, path: string) => Found<Answer> | undefined = routesByEnding(COLLECT_ROUTES);

/**
 * Answers whatever reaches the Collect API and is no unsubscribe link.
 *
 * @throws {RequestError} 404 for what no SDK asks for.
 */
export function answerCollect(request: HttpRequest, ports: CollectPorts): Promise<HttpAnswer> | HttpAnswer {
  const found = find(request.method, request.path);
  if (found === undefined) {
    throw new RequestError({ status: 404, code: 'NO_SUCH_ROUTE', message: 'no such route' });
  }
  return found.route(request, { prefix: found.prefix, value: found.value, ports });
}
