import { Duration } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import type { StageConfig } from '#infra/config.ts';
import { allowPutObjects, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Events } from './events.ts';
import { keptTable } from './kept-table.ts';
import type { Quality } from './quality.ts';
import { MAX_RECORD_AGE, streamMapping } from './stream-mapping.ts';

/** When the function quarantines what still fails: in good time before its mapping gives up whole batches. */
export const GIVE_UP_HOURS = MAX_RECORD_AGE.toHours() - 1;

export interface ProfilesProps {
  readonly encryptionKey: IKey;
  readonly events: Events;
  readonly catalog: Catalog;
  readonly quality: Quality;
  readonly keep: Pick<StageConfig, 'timeline' | 'timelineDays' | 'dedupDays'>;
  readonly logRetention: RetentionDays;
}

/** The index of `people` that lists conflicts, and holds nothing else. */
export const CONFLICTS_INDEX = 'conflicts';

/** That of who is to be looked at again though nothing happens, and when. */
export const DUE_INDEX = 'due';

/** One profile a person: folds the stream's events into who they are and what they did. */
export class Profiles extends Construct {
  readonly people: TableV2;
  readonly identities: TableV2;
  readonly applyEvents: CdpFunction<ProfilesEnv>;

  constructor(scope: Construct, id: string, props: ProfilesProps) {
    super(scope, id);
    const { encryptionKey, events, catalog, quality, keep, logRetention } = props;
    this.people = new TableV2(this, 'People', {
      ...keptTable(encryptionKey),
      partitionKey: { name: 'pid', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        {
          indexName: CONFLICTS_INDEX,
          partitionKey: { name: 'conflictShard', type: AttributeType.STRING },
          sortKey: { name: 'conflictPlace', type: AttributeType.STRING },
        },
        {
          indexName: DUE_INDEX,
          partitionKey: { name: 'dueShard', type: AttributeType.STRING },
          sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.identities = new TableV2(this, 'Identities', {
      ...keptTable(encryptionKey),
      partitionKey: { name: 'identifier', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    });

    this.applyEvents = new CdpFunction<ProfilesEnv>(this, 'ApplyEvents', {
      entry: 'functions/profiles/apply-events.ts',
      environment: {
        PEOPLE_TABLE: this.people.tableName,
        IDENTITIES_TABLE: this.identities.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        QUARANTINE_BUCKET: events.quarantine.bucketName,
        QUALITY_TABLE: quality.table.tableName,
        TIMELINE: keep.timeline,
        TIMELINE_DAYS: String(keep.timelineDays),
        DEDUP_DAYS: String(keep.dedupDays),
        GIVE_UP_HOURS: String(GIVE_UP_HOURS),
      },
      memorySizeMb: 1024,
      timeout: Duration.minutes(1),
      logRetention,
    });
    this.applyEvents.addEventSource(
      new KinesisEventSource(events.stream, {
        // tried for as long as their age allows, since the function gives up by itself and knows what is applied
        ...streamMapping(events.failed),
        batchSize: 500,
        // batches of one shard at a time; the order within a partition key holds
        parallelizationFactor: 4,
      }),
    );

    allowTable(
      this.applyEvents,
      this.people,
      'BatchGetItem',
      'BatchWriteItem',
      'Query',
      'PutItem',
      'UpdateItem',
    );
    allowTable(this.applyEvents, this.identities, 'BatchGetItem', 'PutItem', 'UpdateItem');
    allowTable(this.applyEvents, catalog.table, 'GetItem', 'Query');
    allowPutObjects(this.applyEvents, events.quarantine, 'quarantine/');
    allowTable(this.applyEvents, quality.table, 'Query', 'UpdateItem');
  }
}
