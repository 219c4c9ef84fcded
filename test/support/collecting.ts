import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { collectHandler } from '#functions/collect/collect-handler.ts';
import type { CollectPorts } from '#functions/collect/collect-request.ts';
import type { HttpRequest } from '#functions/runtime/http.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { compilePlan } from '#shared/plans/compile-plan.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import type { QualityCount } from '#shared/quality/quality-count.ts';
import { admissionRules } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';
import { httpEvent, lambdaContext } from './http-event.ts';

export const WRITE_KEY = 'local-write-key';
export const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z');

export const webSource = Source.parse({
  id: 'web',
  name: 'Web',
  writeKeys: [WRITE_KEY],
  market: 'fr',
  brand: 'main',
  legalEntity: 'Example SAS',
  country: 'FR',
});

type Kept = Parameters<CollectPorts['quarantine']['keep']>[0];

/** Ports in memory, and what came through them. */
export function collecting(
  over: Partial<CollectPorts> & { readonly source?: Source; readonly plan?: TrackingPlan } = {},
) {
  const { source = webSource, plan, ...ports } = over;
  const stream: KeyedStreamRecord[] = [];
  const quarantined: Kept[] = [];
  const counted: QualityCount[] = [];
  const all: CollectPorts = {
    sourceOf: async (key) => (source.writeKeys.includes(key) ? source : undefined),
    rulesOf: async (of) => admissionRules(of, plan && compilePlan(plan)),
    stream: { put: async (records) => void stream.push(...records) },
    quarantine: { keep: async (batch) => quarantined.push(batch) > 0 },
    counts: { add: async (counts) => void counted.push(...counts) },
    ...ports,
  };
  const handler = collectHandler(all);
  return {
    all,
    handler,
    stream,
    quarantined,
    counted,
    events: (): readonly CollectedEvent[] => stream.flatMap(({ record }) => record.events),

    /** Asks the Lambda handler as the gateway does. */
    async ask({ method = 'POST', path = '/v1/batch', ...more }: Partial<Parameters<typeof httpEvent>[0]>) {
      const matched = { routeKey: `${method} /{proxy+}`, pathParameters: { proxy: path.slice(1) } };
      const event = httpEvent({ method, path, receivedAt: RECEIVED_AT, matched, ...more });
      const {
        statusCode = 0,
        headers = {},
        body = '',
        isBase64Encoded,
      } = await handler(event, lambdaContext);
      const isJson = headers['content-type'] === 'application/json';
      return {
        status: statusCode,
        headers,
        body: isJson ? JSON.parse(body) : isBase64Encoded ? Buffer.from(body, 'base64') : body,
      };
    },
  };
}

export const basic = (user: string) => ({
  authorization: `Basic ${Buffer.from(user).toString('base64')}`,
});

export const withKey = basic(`${WRITE_KEY}:`);

/** A request as routes see it, with the write key. */
export const httpRequest = (body: unknown, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: '/v1/batch',
  pathParameters: {},
  query: {},
  headers: withKey,
  body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  claims: {},
  receivedAt: RECEIVED_AT,
  requestId: 'r1',
  domainName: 'collect.test',
  sourceIp: '192.0.2.1',
  ...more,
});

/** A good track call, less what a test says otherwise. */
export const track = (said: Readonly<Record<string, unknown>> = {}) => ({
  type: 'track',
  event: 'Viewed',
  userId: 'u1',
  messageId: 'm1',
  ...said,
});
