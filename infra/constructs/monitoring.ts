import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Alarms, PERIOD } from './alarms.ts';

export interface MonitoringProps {
  readonly encryptionKey: IKey;
  /** Keyed by what alarms call it; likewise below. */
  readonly apis: Readonly<Record<string, HttpApi>>;
  readonly stream: Stream;
  /** Where mappings keep what they gave up on. */
  readonly failed: IBucket;
  /** The functions that read a stream. */
  readonly readers: Readonly<Record<string, IFunction>>;
  readonly tables: Readonly<Record<string, TableV2>>;
  readonly functions: Readonly<Record<string, IFunction>>;
  /**
   * Those that are called by state machines. They have no alarm: many of their errors are asked to be tried
   * again, and of what lasts a machine's own alarm tells.
   */
  readonly tasks: Readonly<Record<string, IFunction>>;
  readonly machines: Readonly<Record<string, StateMachine>>;
  readonly schedules: IScheduleGroup;
  /** @default nobody is told */
  readonly alarmEmail?: string;
}

/** Says when something stands still, is lost or fails, and shows the river on one page. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const alarms = new Alarms(this, 'Alarms', {
      encryptionKey: props.encryptionKey,
      ...(props.alarmEmail !== undefined && { email: props.alarmEmail }),
    });
    alarmOnStream(alarms, props);
    alarmOnFunctions(alarms, props);
    alarmOnState(alarms, props);
    alarmOnRuns(alarms, props);
    drawDashboard(new Dashboard(this, 'Dashboard'), props);
  }
}

function alarmOnStream(alarms: Alarms, { stream, readers, failed }: MonitoringProps): void {
  alarms.add('StreamFull', {
    description: 'The stream refuses records: it needs more shards, or on-demand mode',
    metric: stream.metricWriteProvisionedThroughputExceeded({ statistic: Stats.SUM, period: PERIOD }),
    periods: 2,
  });
  for (const [name, reader] of Object.entries(readers)) {
    alarms.add(`${name}Late`, {
      description: `${name} is more than five minutes behind: look at its errors and at throttled tables`,
      metric: iteratorAge(reader),
      threshold: PERIOD.toMilliseconds(),
      periods: 2,
    });
  }
  alarms.add('GivenUp', {
    description: 'Records lie in the bucket of failed records: a function could not take them for half a day',
    metric: givenUp(failed),
    // S3 says it once a day, and a day or two late
    periods: 3,
    ofPeriods: 1,
  });
  alarms.add('Quarantined', {
    description: 'Many events are refused: look at the reasons in the quarantine bucket',
    metric: quarantined(),
    threshold: 100,
  });
  alarms.add('WriteKeysUnknown', {
    description:
      'Requests with write keys of no enabled source are refused, and clients do not send them again: was a key taken away too early?',
    metric: countedBy('collect', 'UnknownWriteKey'),
    // robots try keys too
    threshold: 100,
  });
  alarms.add('EventsGivenUp', {
    description:
      'What events need fails for half a day: they lie in quarantine as given_up, to be redriven once it is mended',
    metric: countedBy('profiles', 'EventsGivenUp'),
  });
  alarms.add('DeadlinesLate', {
    description:
      'People enter and leave segments by time more than ten minutes late: the stream needs more shards, or look at why ApplyEvents is slow',
    metric: deadlineLag(),
    threshold: 2 * PERIOD.toMilliseconds(),
    periods: 2,
  });
  alarms.add('HotPeople', {
    description:
      'Somebody gets more than a thousand events a minute: a bot or a shared device; CloudWatch Contributor Insights on the table of people shows whose key',
    metric: countedBy('profiles', 'HotPeople'),
  });
  alarms.add('IdentifiersRefused', {
    description:
      // few are life, many are a default value that a source sends for everybody
      'Many identifiers would join people who may not be one: GET /v1/identity/conflicts says whose and why',
    metric: countedBy('profiles', 'IdentifiersRefused'),
    threshold: 500,
    periods: 2,
  });
}

function alarmOnFunctions(alarms: Alarms, { functions, apis }: MonitoringProps): void {
  for (const [name, subject] of Object.entries(functions)) {
    alarms.add(`${name}Errors`, {
      description: `${name} fails: its log group says why`,
      metric: subject.metricErrors({ period: PERIOD }),
    });
  }
  alarms.add('FunctionsThrottled', {
    // concurrency is one pool for the account and region, hence the metric without a function's name
    description: 'Lambda refuses invocations: the account has reached its concurrency',
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'Throttles',
      statistic: Stats.SUM,
      period: PERIOD,
    }),
    periods: 2,
  });
  for (const [name, api] of Object.entries(apis)) {
    alarms.add(`${name}ServerErrors`, {
      description: `The ${name} API answers 5xx`,
      metric: api.metricServerError({ statistic: Stats.SUM, period: PERIOD }),
      threshold: 5,
    });
  }
}

function alarmOnState(alarms: Alarms, { tables }: MonitoringProps): void {
  for (const [name, table] of Object.entries(tables)) {
    alarms.add(`${name}Throttled`, {
      description: `DynamoDB throttles ${name}: one key is hot, or the account's table quota is reached`,
      metric: throttled(table),
      threshold: 10,
      periods: 2,
    });
  }
}

function alarmOnRuns(alarms: Alarms, { machines, schedules }: MonitoringProps): void {
  for (const [name, machine] of Object.entries(machines)) {
    alarms.add(`${name}Failed`, {
      description: `A run of ${name} failed: its execution shows at which step`,
      metric: machine.metricFailed({ period: PERIOD }),
    });
  }
  alarms.add('ScheduledRunLost', {
    description: 'A scheduled run did not start: its target or role is gone',
    metric: new Metric({
      namespace: 'AWS/Scheduler',
      metricName: 'InvocationDroppedCount',
      dimensionsMap: { ScheduleGroup: schedules.scheduleGroupName },
      statistic: Stats.SUM,
      period: PERIOD,
    }),
  });
}

/** In the order of the river. */
function drawDashboard(dashboard: Dashboard, props: MonitoringProps): void {
  const { apis, stream, readers, failed, tables, functions, tasks, machines } = props;
  const graph = (title: string, metrics: readonly IMetric[]): GraphWidget =>
    new GraphWidget({ title, left: [...metrics], width: 8, height: 6, period: PERIOD });
  const sum = { statistic: Stats.SUM, period: PERIOD };

  dashboard.addWidgets(
    graph(
      'Requests, and those refused',
      Object.values(apis).flatMap((api) => [
        api.metricCount(sum),
        api.metricClientError(sum),
        api.metricServerError(sum),
      ]),
    ),
    graph('Records on the stream', [
      stream.metricIncomingRecords(sum),
      stream.metricWriteProvisionedThroughputExceeded(sum),
    ]),
    graph('How far readers are behind (ms)', [...Object.values(readers).map(iteratorAge), deadlineLag()]),
    graph(
      'Errors of functions',
      Object.values({ ...functions, ...tasks }).map((subject) => subject.metricErrors({ period: PERIOD })),
    ),
    graph('Given up or refused', [givenUp(failed), quarantined()]),
    graph(
      'Write units consumed',
      Object.values(tables).map((table) => table.metricConsumedWriteCapacityUnits(sum)),
    ),
    graph(
      'Runs begun and failed',
      Object.values(machines).flatMap((machine) => [
        machine.metricStarted({ period: PERIOD }),
        machine.metricFailed({ period: PERIOD }),
      ]),
    ),
  );
}

const iteratorAge = (reader: IFunction): Metric =>
  reader.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD });

/**
 * What lies in a bucket. The mappings' own counts of what they gave up on would tell it within minutes, but
 * they are metrics that one opts into, at up to 0.30 a month each; S3's own are free, and the readers' lag
 * has told of the trouble half a day before anything is given up.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
const givenUp = (failed: IBucket): Metric =>
  new Metric({
    namespace: 'AWS/S3',
    metricName: 'NumberOfObjects',
    dimensionsMap: { BucketName: failed.bucketName, StorageType: 'AllStorageTypes' },
    statistic: Stats.MAXIMUM,
    period: Duration.days(1),
  });

/** Both doors at which an event may be refused count under one name. */
const quarantined = (): MathExpression =>
  new MathExpression({
    label: 'Quarantined events',
    expression: 'FILL(collect, 0) + FILL(profiles, 0)',
    usingMetrics: {
      collect: countedBy('collect', 'EventsQuarantined'),
      profiles: countedBy('profiles', 'EventsQuarantined'),
    },
    period: PERIOD,
  });

/** How late somebody was looked at whose segments could change by time alone. */
const deadlineLag = (): Metric =>
  new Metric({
    namespace: 'Tributary',
    metricName: 'DeadlineLag',
    dimensionsMap: { service: 'profiles' },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });

const countedBy = (service: string, metricName: string): Metric =>
  new Metric({
    namespace: 'Tributary',
    metricName,
    dimensionsMap: { service },
    statistic: Stats.SUM,
    period: PERIOD,
  });

const throttled = (table: TableV2): MathExpression =>
  new MathExpression({
    expression: 'FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: {
      reads: table.metric('ReadThrottleEvents', { statistic: Stats.SUM, period: PERIOD }),
      writes: table.metric('WriteThrottleEvents', { statistic: Stats.SUM, period: PERIOD }),
    },
    period: PERIOD,
  });
