import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** How often a metric is looked at; an alarm that reads it at another pace would read another metric. */
export const PERIOD = Duration.minutes(5);

interface AlarmSpec {
  /** Read by whoever is woken: what is wrong and where to look. */
  readonly description: string;
  readonly metric: IMetric;
  /** @default 1 */
  readonly threshold?: number;
  /** How many periods in a row. @default 1 */
  readonly periods?: number;
  /** How many of the periods must be over the threshold. @default all */
  readonly ofPeriods?: number;
}

export interface AlarmsProps {
  readonly encryptionKey: IKey;
  /** @default nobody is told */
  readonly email?: string;
}

/** The stage's alarms, each telling the same people. Silence is not an alarm: nothing may be happening. */
export class Alarms extends Construct {
  readonly #actions: readonly IAlarmAction[];

  constructor(scope: Construct, id: string, { encryptionKey, email }: AlarmsProps) {
    super(scope, id);
    if (email === undefined) {
      this.#actions = [];
      return;
    }
    const topic = new Topic(this, 'Topic', { masterKey: encryptionKey, enforceSSL: true });
    // an alarm cannot publish on a topic whose key it may not use, and says so nowhere
    encryptionKey.grant(
      new ServicePrincipal('cloudwatch.amazonaws.com'),
      'kms:Decrypt',
      'kms:GenerateDataKey',
    );
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    topic.addSubscription(new EmailSubscription(email));
    this.#actions = [new SnsAction(topic)];
  }

  add(id: string, { description, metric, threshold = 1, periods = 1, ofPeriods }: AlarmSpec): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: periods,
      ...(ofPeriods !== undefined && { datapointsToAlarm: ofPeriods }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...this.#actions);
  }
}
