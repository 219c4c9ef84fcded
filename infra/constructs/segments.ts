import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterCriteria } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { SegmentsEnv } from '#functions/segments/env.ts';
import { allowTable } from './allow.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Events } from './events.ts';
import { keptTable } from './kept-table.ts';
import type { Profiles } from './profiles.ts';
import { streamMapping } from './stream-mapping.ts';

export interface SegmentsProps {
  readonly encryptionKey: IKey;
  readonly events: Events;
  readonly profiles: Profiles;
  readonly logRetention: RetentionDays;
}

/** Who is in which segment, kept as people change, and told to whoever listens on the bus. */
export class Segments extends Construct {
  readonly audiences: TableV2;
  /** Carries `Segment Entered` and `Segment Exited`. */
  readonly bus: EventBus;
  readonly keepAudiences: CdpFunction<SegmentsEnv>;

  constructor(scope: Construct, id: string, props: SegmentsProps) {
    super(scope, id);
    const { encryptionKey, events, profiles, logRetention } = props;
    this.audiences = new TableV2(this, 'Audiences', {
      ...keptTable(encryptionKey),
      partitionKey: { name: 'segment', type: AttributeType.STRING },
      sortKey: { name: 'pid', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    });
    this.bus = new EventBus(this, 'Bus');

    this.keepAudiences = new CdpFunction<SegmentsEnv>(this, 'KeepAudiences', {
      entry: 'functions/segments/keep-audiences.ts',
      environment: { AUDIENCES_TABLE: this.audiences.tableName, EVENT_BUS_NAME: this.bus.eventBusName },
      logRetention,
    });
    this.keepAudiences.addEventSource(
      new DynamoEventSource(profiles.people, {
        ...streamMapping(events.failed),
        // what passes is waited for: a dependency that is down must not cost the records of half a minute
        retryAttempts: 1_000,
        batchSize: 100,
        // `exists` looks at leaves only, hence at the outbox's number and not at the outbox itself
        filters: [
          FilterCriteria.filter({ dynamodb: { NewImage: { out: { M: { n: { N: [{ exists: true }] } } } } } }),
        ],
      }),
    );

    allowTable(this.keepAudiences, this.audiences, 'PutItem');
    this.bus.grantPutEventsTo(this.keepAudiences);
  }
}
