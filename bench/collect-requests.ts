import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { httpEvent } from '#test/support/http-event.ts';
import { WRITE_KEY } from './cut-off-collect.ts';
import { referenceWorkload } from './workload.ts';

/** What one request is, to the function and to whoever reads its body alone. */
export interface CollectRequest {
  readonly body: string;
  readonly event: APIGatewayProxyEventV2;
  readonly sent: readonly Readonly<Record<string, unknown>>[];
}

const Batch = z.object({ batch: z.array(z.looseObject({ type: z.string() })) });

/** What API Gateway hands on with a browser's request. */
const BROWSER = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7',
  authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`,
  'content-type': 'text/plain',
  host: 'collect.shop.example',
  origin: 'https://shop.example',
  priority: 'u=1, i',
  referer: 'https://shop.example/',
  'sec-ch-ua': '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"macOS"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-site',
  'user-agent':
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'x-amzn-trace-id': 'Root=1-6a1c2b3d-0123456789abcdef01234567',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

/**
 * The reference events as requests of the function: each alone, as analytics.js sends it, or so many
 * together in the order they happened, as a server does that speaks for many people.
 */
export function collectRequests(eventsEach: number): readonly CollectRequest[] {
  const { requests } = referenceWorkload();
  const said = requests.flatMap(({ body, receivedAt }) =>
    Batch.parse(JSON.parse(body.toString('utf8'))).batch.map((event) => ({ event, receivedAt })),
  );
  return Array.from({ length: Math.floor(said.length / eventsEach) }, (_, n) => {
    const together = said.slice(n * eventsEach, (n + 1) * eventsEach);
    const receivedAt = together.at(-1)?.receivedAt ?? 0;
    const common = { writeKey: WRITE_KEY, sentAt: new Date(receivedAt - 80).toISOString() };
    const [first] = together;
    const isAlone = eventsEach === 1 && first !== undefined;
    const path = isAlone ? `/v1/${first.event.type}` : '/v1/batch';
    const body = JSON.stringify(
      isAlone ? { ...first.event, ...common } : { batch: together.map(({ event }) => event), ...common },
    );
    const headers = { ...BROWSER, 'content-length': String(Buffer.byteLength(body)) };
    const matched = { routeKey: 'POST /{proxy+}', pathParameters: { proxy: path.slice(1) } };
    return {
      body,
      sent: together.map(({ event }) => event),
      event: httpEvent({ method: 'POST', path, headers, body, receivedAt, matched }),
    };
  });
}
