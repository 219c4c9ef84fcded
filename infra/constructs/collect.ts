import { Duration } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CollectEnv } from '#functions/collect/env.ts';
import type { StageConfig } from '#infra/config.ts';
import { acknowledgeOpen } from './acknowledge.ts';
import { allowPutObjects, allowPutRecords, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Events } from './events.ts';
import { LoggedHttpApi } from './logged-http-api.ts';
import type { Quality } from './quality.ts';

// what the browser SDKs of Segment, RudderStack and Jitsu send along
const HEADERS = [
  'authorization',
  'content-type',
  'anonymousid',
  'sentat',
  'rsa-recovered',
  'rsa-retry-attempt',
  'rsa-since-last-attempt',
  'rsa-since-first-attempt',
  'rsa-retry-reason',
  'x-write-key',
  'x-enable-debug',
  'x-ip-policy',
  'x-retry-count',
];

export interface CollectProps {
  readonly events: Events;
  readonly catalog: Catalog;
  readonly quality: Quality;
  readonly capacity: StageConfig['stream'];
  /** @default twice the records that the stream takes */
  readonly throttling?: StageConfig['throttling'];
  readonly logRetention: RetentionDays;
}

/** The public door: takes what SDKs send and answers once the stream has it. */
export class Collect extends Construct {
  readonly api: LoggedHttpApi;
  readonly collectEvents: CdpFunction<CollectEnv>;

  constructor(scope: Construct, id: string, props: CollectProps) {
    super(scope, id);
    const { events, catalog, quality, capacity, logRetention, throttling = throttlingFor(capacity) } = props;
    this.api = new LoggedHttpApi(this, 'Api', {
      description: 'Tributary Collect: events in, with a write key',
      throttle: { rateLimit: throttling.requestsPerSecond, burstLimit: throttling.burst },
      logRetention,
      corsPreflight: {
        // any site may send; '*' itself would forbid the credentials that beacons carry
        allowOrigins: ['https://*', 'http://*'],
        allowCredentials: true,
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.OPTIONS],
        allowHeaders: HEADERS,
        exposeHeaders: ['retry-after'],
        maxAge: Duration.hours(2),
      },
    });

    this.collectEvents = new CdpFunction<CollectEnv>(this, 'CollectEvents', {
      entry: 'functions/collect/collect-events.ts',
      environment: {
        EVENTS_STREAM: events.stream.streamName,
        QUARANTINE_BUCKET: events.quarantine.bucketName,
        QUALITY_TABLE: quality.table.tableName,
        CATALOG_TABLE: catalog.table.tableName,
      },
      logRetention,
    });
    allowPutRecords(this.collectEvents, events.stream);
    allowPutObjects(this.collectEvents, events.quarantine, 'quarantine/');
    allowTable(this.collectEvents, catalog.table, 'GetItem');
    allowTable(this.collectEvents, quality.table, 'Query', 'UpdateItem');

    acknowledgeOpen(
      this.api.addRoutes({
        // SDKs keep a prefix that their host is configured with, so the function tells routes by how paths end
        path: '/{proxy+}',
        methods: [HttpMethod.GET, HttpMethod.POST],
        integration: new HttpLambdaIntegration('CollectEvents', this.collectEvents, {
          scopePermissionToRoute: false,
        }),
      }),
      'SDKs prove themselves by a write key in Basic auth, which the function checks.',
    );
  }
}

/** What an account's APIs pass on in a Region unless AWS raises it. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MOST = { requestsPerSecond: 10_000, burst: 5_000 };
const RECORDS_A_SHARD = 1_000;

/**
 * More than the stream takes: it is to refuse first, since the function then says when to come again and a
 * browser may read it, which of the gateway's own refusal we do not know.
 */
function throttlingFor(stream: StageConfig['stream']): NonNullable<StageConfig['throttling']> {
  if (stream.mode === 'on-demand') return MOST;
  const requestsPerSecond = Math.min(MOST.requestsPerSecond, 2 * RECORDS_A_SHARD * stream.shards);
  return { requestsPerSecond, burst: Math.min(MOST.burst, requestsPerSecond) };
}
