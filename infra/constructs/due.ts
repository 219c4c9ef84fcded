import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule, type ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { DueEnv } from '#functions/due/env.ts';
import type { StageConfig } from '#infra/config.ts';
import { allowIndex, allowPutRecords, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import { type Events, shardsOf } from './events.ts';
import { DUE_INDEX, type Profiles } from './profiles.ts';
import { schedulerRole } from './scheduler-role.ts';

/**
 * What a shard of the stream is given of people to look at in a second: about half of what its readers
 * can do, so that events do not wait behind them (docs/decisions/0031-exact-time.md).
 */
export const PEOPLE_A_SHARD = 1_000;

export interface DueProps {
  readonly events: Events;
  readonly catalog: Catalog;
  readonly profiles: Profiles;
  readonly capacity: StageConfig['stream'];
  readonly schedules: ScheduleGroup;
  readonly logRetention: RetentionDays;
}

/** Time, which moves people in and out of segments when nothing happens: puts who is due on the stream. */
export class Due extends Construct {
  readonly sweepDeadlines: CdpFunction<DueEnv>;

  constructor(scope: Construct, id: string, props: DueProps) {
    super(scope, id);
    const { events, catalog, profiles, capacity, schedules, logRetention } = props;
    this.sweepDeadlines = new CdpFunction<DueEnv>(this, 'SweepDeadlines', {
      entry: 'functions/due/sweep-deadlines.ts',
      environment: {
        PEOPLE_TABLE: profiles.people.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        EVENTS_STREAM: events.stream.streamName,
        PEOPLE_A_SECOND: String(PEOPLE_A_SHARD * shardsOf(capacity)),
      },
      timeout: Duration.minutes(1),
      logRetention,
    });
    allowIndex(this.sweepDeadlines, profiles.people, DUE_INDEX);
    allowTable(this.sweepDeadlines, catalog.table, 'GetItem', 'PutItem');
    allowPutRecords(this.sweepDeadlines, events.stream);

    const role = schedulerRole(this, schedules);
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.sweepDeadlines.functionArn],
    });
    new CfnSchedule(this, 'EveryMinute', {
      description: 'Puts people on the stream whose segments may change by time alone',
      groupName: schedules.scheduleGroupName,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.sweepDeadlines.functionArn,
        roleArn: role.roleArn,
        // the next minute's goes on with what this one has not done
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
  }
}
