import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { FeedbackEnv } from '#functions/feedback/env.ts';
import { allowFailedRecords, allowPutRecords } from './allow.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Events } from './events.ts';
import type { Sending } from './sending.ts';

export interface FeedbackProps {
  readonly events: Events;
  readonly sending: Sending;
  readonly logRetention: RetentionDays;
}

/** What came of a message, back on the stream as one more event. */
export class Feedback extends Construct {
  readonly recordFeedback: CdpFunction<FeedbackEnv>;

  constructor(scope: Construct, id: string, { events, sending, logRetention }: FeedbackProps) {
    super(scope, id);
    this.recordFeedback = new CdpFunction<FeedbackEnv>(this, 'RecordFeedback', {
      entry: 'functions/feedback/record-feedback.ts',
      environment: { EVENTS_STREAM: events.stream.streamName },
      logRetention,
    });
    allowPutRecords(this.recordFeedback, events.stream);
    this.recordFeedback.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: {
        bind: (_scope, feedback) => {
          allowFailedRecords(feedback, events.failed);
          return { destination: events.failed.bucketArn };
        },
      },
    });

    // SES publishes to the default bus and to no other
    const bus = EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    sending.configurationSet.addEventDestination('ToDefaultBus', {
      destination: EventDestination.eventBus(bus),
    });
    new Rule(this, 'SesEvents', {
      eventBus: bus,
      description: 'What SES tells of the mails that this stage sent',
      eventPattern: {
        source: ['aws.ses'],
        detail: {
          mail: { tags: { 'ses:configuration-set': [sending.configurationSet.configurationSetName] } },
        },
      },
      targets: [new LambdaFunction(this.recordFeedback)],
    });
  }
}
