import { type Call, fieldsOf, timesOf } from './calls.ts';

/** Where a request has its write key. `event` is the first event of a batch, or the one that is the body. */
export type KeyPlace = 'basic' | 'bearer and body' | 'header' | 'query' | 'body' | 'event';

/** A request as one client makes it: its JSON is a value, and its key is not yet in it. */
export interface ClientRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: KeyPlace;
  readonly isGzip?: boolean;
}

type NamedCall = readonly [call: Call, id: string];
type MakeRequest = (first: NamedCall, all: readonly NamedCall[]) => ClientRequest;

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const RUDDER_TYPE = { 'content-type': 'application/json;charset=UTF-8', accept: 'application/json' };
const SHORT = { track: 't', identify: 'i', page: 'p', group: 'g', alias: 'a', screen: 's' } as const;

const last = (calls: readonly NamedCall[]) => {
  const [latest] = calls.at(-1) ?? [];
  return latest === undefined ? {} : { sentAt: timesOf(latest, 'timestamp').sentAt };
};

const segmentNode = ([call, id]: NamedCall) => ({
  timestamp: timesOf(call, 'timestamp').timestamp,
  integrations: {},
  ...fieldsOf(call, id),
  context: { traceId: id, library: { name: '@segment/analytics-node', version: '3.1.0' } },
  messageId: `node-next-${call.at}-${id}`,
  _metadata: { nodeVersion: 'v24.0.0', jsRuntime: 'node' },
});

const analyticsNext = ([call, id]: NamedCall) => ({
  timestamp: timesOf(call, 'timestamp').timestamp,
  integrations: { 'Segment.io': true },
  userId: null,
  ...fieldsOf(call, id),
  context: {
    traceId: id,
    page: {
      path: '/path',
      referrer: '',
      search: '?utm_campaign=c1',
      title: '',
      url: 'https://shop.test/path',
    },
    userAgent: 'Mozilla/5.0',
    locale: 'en-US',
    library: { name: 'analytics.js', version: 'npm:next-1.84.3' },
    campaign: { name: 'c1' },
    timezone: 'UTC',
  },
  messageId: `ajs-next-${call.at}-${id}`,
  _metadata: { bundled: ['Segment.io'], unbundled: [], bundledIds: [] },
});

const rudder = ([call, id]: NamedCall) => {
  const { traits, ...fields } = fieldsOf(call, id);
  const isIdentify = call.type === 'identify';
  return {
    userId: '',
    ...fields,
    ...(!isIdentify && traits !== undefined && { traits }),
    channel: 'web',
    context: { ...(isIdentify && { traits }), traceId: id, sessionId: call.at, sessionStart: true },
    integrations: { All: true },
    ...timesOf(call, 'originalTimestamp'),
    messageId: id,
  };
};

const jitsu = ([call, id]: NamedCall) => ({
  ...fieldsOf(call, id),
  ...timesOf(call, 'timestamp'),
  context: {
    traceId: id,
    clientIds: { fbp: 'fb.1' },
    traits: { plan: 'free' },
    library: { name: 'jitsu-js' },
  },
  messageId: id,
  writeKey: 'local-write-key:***',
});

/** Without a message id: it is named by its bytes. */
const byHand = ([call, id]: NamedCall) => ({
  ...fieldsOf(call, id),
  timestamp: call.at,
  context: { traceId: id },
});

/** What each client sends and where, wire-contract by wire-contract: the routes, shapes and types of all of them. */
export const CLIENTS: Readonly<Record<string, MakeRequest>> = {
  '@segment/analytics-node': (_, all) => ({
    path: '/v1/batch',
    headers: { ...JSON_TYPE, 'user-agent': 'analytics-node-next/latest' },
    body: { batch: all.map(segmentNode), ...last(all) },
    key: 'basic',
  }),
  '@segment/analytics-node with OAuth': (_, all) => ({
    path: '/v1/batch',
    headers: JSON_TYPE,
    body: { batch: all.map(segmentNode), ...last(all) },
    key: 'bearer and body',
  }),
  '@segment/analytics-next': (first) => ({
    path: `/v1/${SHORT[first[0].type]}`,
    headers: TEXT_TYPE,
    body: { ...analyticsNext(first), sentAt: timesOf(first[0], 'timestamp').sentAt },
    key: 'basic',
  }),
  '@segment/analytics-next, batching': (_, all) => ({
    path: '/v1/b',
    headers: TEXT_TYPE,
    body: { batch: all.map(analyticsNext), ...last(all) },
    key: 'body',
  }),
  '@segment/analytics-react-native': (_, all) => ({
    path: '/v1/b',
    headers: JSON_TYPE,
    body: { batch: all.map(segmentNode), ...last(all) },
    key: 'event',
  }),
  'the HTTP API': (first) => ({
    path: `/v1/${first[0].type}`,
    headers: JSON_TYPE,
    body: byHand(first),
    key: 'body',
  }),
  '@rudderstack/rudder-sdk-node': (_, all) => ({
    path: '/v1/batch',
    headers: { ...FORM_TYPE, 'content-encoding': 'gzip' },
    body: { batch: all.map(rudder), timestamp: last(all).sentAt, ...last(all) },
    key: 'basic',
    isGzip: true,
  }),
  '@rudderstack/analytics-js': (first) => ({
    path: `/v1/${first[0].type}`,
    headers: {
      ...RUDDER_TYPE,
      anonymousid: Buffer.from(`visitor-${first[1]}`).toString('base64'),
      sentat: timesOf(first[0], 'timestamp').sentAt ?? '',
    },
    body: rudder(first),
    key: 'basic',
  }),
  '@rudderstack/analytics-js, batching': (_, all) => ({
    path: '/v1/batch',
    headers: RUDDER_TYPE,
    body: { batch: all.map(rudder), ...last(all) },
    key: 'basic',
  }),
  '@rudderstack/analytics-js, beacon': (_, all) => ({
    path: '/beacon/v1/batch',
    headers: TEXT_TYPE,
    body: { batch: all.map(rudder), ...last(all) },
    key: 'query',
  }),
  '@jitsu/js': (first) => ({
    path: `/api/s/${first[0].type}`,
    headers: JSON_TYPE,
    body: jitsu(first),
    key: 'header',
  }),
  '@jitsu/js on a server': (first) => ({
    path: `/api/s/s2s/${first[0].type}`,
    headers: JSON_TYPE,
    body: jitsu(first),
    key: 'header',
  }),
  'Jitsu in batches': (_, all) => ({
    path: '/api/s/s2s/batch',
    headers: JSON_TYPE,
    body: { batch: all.map(jitsu), ...last(all) },
    key: 'header',
  }),
};
