import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { basic, collecting, RECEIVED_AT, WRITE_KEY, withKey } from '#test/support/collecting.ts';

const AT = '2026-11-22T11:59:30.000Z';
const SENT = '2026-11-22T11:59:59.900Z';
const at = Date.parse(AT);
const json = (value: unknown) => JSON.stringify(value);

/** Requests as each SDK was seen to make them, shortened, and what they mean. */
const SHAPES = [
  {
    sdk: '@segment/analytics-node',
    path: '/v1/batch',
    headers: { ...withKey, 'content-type': 'application/json', 'x-retry-count': '1' },
    body: json({
      batch: [
        {
          timestamp: AT,
          integrations: {},
          event: 'Order Completed',
          type: 'track',
          properties: { total: 1 },
          context: { library: { name: '@segment/analytics-node', version: '3.1.0' } },
          userId: 'u1',
          messageId: 'node-next-1795302168936-4f8908c9-c315-41ba-90af-34abdc64ea70',
          _metadata: { nodeVersion: 'v20.20.2', jsRuntime: 'node' },
        },
      ],
      writeKey: WRITE_KEY,
      sentAt: SENT,
    }),
    events: [
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        messageId: 'node-next-1795302168936-4f8908c9-c315-41ba-90af-34abdc64ea70',
        timestamp: at,
        properties: { total: 1 },
      },
    ],
  },
  {
    sdk: '@segment/analytics-next',
    path: '/v1/t',
    headers: { ...withKey, 'content-type': 'text/plain' },
    body: json({
      timestamp: AT,
      integrations: { 'Segment.io': true },
      event: 'Ev',
      type: 'track',
      properties: { x: 1 },
      context: { page: { path: '/path', search: '?utm_campaign=c1' }, campaign: { name: 'c1' } },
      messageId: 'ajs-next-1795302187454-fa508aa4-0000',
      userId: null,
      anonymousId: '8e7aa79f',
      writeKey: WRITE_KEY,
      sentAt: SENT,
      _metadata: { bundled: ['Segment.io'], unbundled: [], bundledIds: [] },
    }),
    events: [{ type: 'track', event: 'Ev', userId: undefined, anonymousId: '8e7aa79f', timestamp: at }],
  },
  {
    sdk: '@segment/analytics-next, a page',
    path: '/v1/p',
    headers: { ...withKey, 'content-type': 'text/plain' },
    body: json({
      type: 'page',
      name: 'Home',
      properties: { name: 'Home' },
      anonymousId: 'a1',
      timestamp: AT,
    }),
    events: [{ type: 'page', name: 'Home', properties: { name: 'Home' } }],
  },
  {
    sdk: '@segment/analytics-next, batching as the page goes',
    path: '/v1/b',
    headers: { 'content-type': 'text/plain' },
    body: json({
      writeKey: WRITE_KEY,
      batch: [
        { type: 'track', event: 'A', anonymousId: 'a1', messageId: '1', timestamp: AT, writeKey: WRITE_KEY },
        { type: 'track', event: 'B', anonymousId: 'a1', messageId: '2', timestamp: AT, writeKey: WRITE_KEY },
      ],
      sentAt: SENT,
    }),
    events: [{ event: 'A' }, { event: 'B' }],
  },
  {
    sdk: '@rudderstack/rudder-sdk-node: gzip as a form, its time in originalTimestamp',
    path: '/prod/v1/batch',
    headers: {
      ...withKey,
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
    },
    body: gzipSync(
      json({
        batch: [
          {
            userId: 'u1',
            traits: { plan: 'pro' },
            context: { traits: { city: 'Lyon' } },
            type: 'identify',
            channel: 'server',
            originalTimestamp: AT,
            messageId: '798679a3',
            sentAt: SENT,
          },
        ],
        timestamp: SENT,
        sentAt: SENT,
      }),
    ),
    events: [
      {
        type: 'identify',
        userId: 'u1',
        traits: { plan: 'pro' },
        context: { traits: { city: 'Lyon' } },
        timestamp: at,
        originalTimestamp: at,
      },
    ],
  },
  {
    sdk: '@rudderstack/analytics-js: no user is "", its traits stand in the context',
    path: '/base/v1/identify',
    headers: {
      ...withKey,
      'content-type': 'application/json;charset=UTF-8',
      anonymousid: Buffer.from('a1').toString('base64'),
      sentat: SENT,
      'rsa-recovered': 'true',
      'rsa-retry-attempt': '1',
    },
    body: json({
      type: 'identify',
      channel: 'web',
      originalTimestamp: AT,
      sentAt: SENT,
      messageId: 'r1',
      anonymousId: 'a1',
      userId: '',
      context: { traits: { plan: 'pro' }, sessionId: 1795302187454, sessionStart: true },
      integrations: { All: true },
    }),
    events: [
      {
        type: 'identify',
        userId: undefined,
        anonymousId: 'a1',
        context: { traits: { plan: 'pro' }, sessionId: 1795302187454, sessionStart: true },
        timestamp: at,
      },
    ],
  },
  {
    sdk: '@rudderstack/analytics-js, a beacon',
    path: '/beacon/v1/batch',
    query: { writeKey: WRITE_KEY },
    headers: { 'content-type': 'text/plain;charset=UTF-8', cookie: 'a=1' },
    body: json({
      batch: [{ type: 'page', name: 'Home', anonymousId: 'a1', messageId: 'r2', originalTimestamp: AT }],
      sentAt: SENT,
    }),
    events: [{ type: 'page', name: 'Home', timestamp: at }],
  },
  {
    sdk: '@jitsu/js: the key masked in the body',
    path: '/api/s/track',
    headers: {
      'x-write-key': `${WRITE_KEY}:secret`,
      'x-enable-debug': 'true',
      'content-type': 'application/json',
    },
    body: json({
      type: 'track',
      event: 'Ev',
      messageId: '2jx1v0k1b8xq4i8w5s2f',
      anonymousId: 'a1',
      timestamp: AT,
      sentAt: SENT,
      writeKey: `${WRITE_KEY}:***`,
      context: { clientIds: { ga4: { clientId: '1' } }, traits: { plan: 'pro' } },
    }),
    events: [
      {
        type: 'track',
        messageId: '2jx1v0k1b8xq4i8w5s2f',
        context: { clientIds: { ga4: { clientId: '1' } }, traits: { plan: 'pro' } },
      },
    ],
  },
  {
    sdk: '@segment/analytics-react-native: the key in the body alone',
    path: '/v1/b',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: json({
      batch: [{ type: 'screen', name: 'Cart', anonymousId: 'a1', messageId: 'n1', timestamp: AT }],
      sentAt: SENT,
      writeKey: WRITE_KEY,
    }),
    events: [{ type: 'screen', name: 'Cart', timestamp: at }],
  },
  {
    sdk: '@segment/analytics-react-native: the key on its events alone',
    path: '/v1/b',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: json({
      batch: [{ type: 'screen', name: 'Cart', anonymousId: 'a1', messageId: 'n1', writeKey: WRITE_KEY }],
    }),
    events: [{ type: 'screen', name: 'Cart', timestamp: RECEIVED_AT }],
  },
  {
    sdk: 'curl -u',
    path: '/v1/track',
    headers: { ...basic(`${WRITE_KEY}:`), 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(json({ userId: 7, event: 'Ev' })),
    events: [{ type: 'track', userId: '7', event: 'Ev' }],
  },
];

describe('wire contract 3: request shapes', () => {
  it.each(SHAPES)('$sdk', async ({ sdk: _, events: expected, ...request }) => {
    const { ask, events, quarantined } = collecting();

    const { status } = await ask(request);

    expect(status).toBe(200);
    expect(quarantined).toEqual([]);
    expect(events()).toEqual(expected.map((event) => expect.objectContaining(event)));
  });
});
