import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ConfigurationSet, EmailIdentity, Identity, SuppressionReasons } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { SendingEnv } from '#functions/sending/env.ts';
import type { UnsubscribeEnv } from '#functions/sending/unsubscribe-env.ts';
import type { StageConfig } from '#infra/config.ts';
import { acknowledgeOpen } from './acknowledge.ts';
import { allowGetObjects, allowPutObjects, allowPutRecords, allowSecretValue, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Collect } from './collect.ts';
import type { Events } from './events.ts';
import type { Exports } from './exports.ts';
import type { Profiles } from './profiles.ts';
import { RunMachine } from './run-machine.ts';
import type { Segments } from './segments.ts';

export interface SendingProps {
  readonly encryptionKey: IKey;
  readonly email: StageConfig['email'];
  readonly catalog: Catalog;
  readonly events: Events;
  readonly collect: Collect;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly exports: Exports;
  readonly logRetention: RetentionDays;
}

/** Campaigns by e-mail: planned, sent chunk by chunk to those who agreed, and a way to unsubscribe. */
export class Sending extends Construct {
  readonly configurationSet: ConfigurationSet;
  /** The tasks of its machine. */
  readonly functions: Readonly<Record<string, CdpFunction<SendingEnv>>>;
  readonly unsubscribe: CdpFunction<UnsubscribeEnv>;
  readonly machine: RunMachine;

  constructor(scope: Construct, id: string, props: SendingProps) {
    super(scope, id);
    const { encryptionKey, catalog, profiles, segments, exports, collect, events, logRetention } = props;
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const { email } = props;
    const sender = new EmailIdentity(this, 'Sender', {
      identity: 'domain' in email ? Identity.domain(email.domain) : Identity.email(email.address),
      configurationSet: this.configurationSet,
    });
    const secret = new Secret(this, 'SigningSecret', {
      description: 'Signs unsubscribe links',
      encryptionKey,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new secret would break the unsubscribe links of every mail already sent.',
    });

    const shared = {
      environment: {
        PEOPLE_TABLE: profiles.people.tableName,
        AUDIENCES_TABLE: segments.audiences.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        EXPORTS_BUCKET: exports.bucket.bucketName,
        SES_CONFIGURATION_SET: this.configurationSet.configurationSetName,
        COLLECT_URL: collect.api.apiEndpoint,
        SIGNING_SECRET_ARN: secret.secretArn,
      },
      logRetention,
    };

    const plan = new CdpFunction<SendingEnv>(this, 'PlanCampaign', {
      ...shared,
      entry: 'functions/sending/plan-campaign.ts',
      memorySizeMb: 1024,
      timeout: Duration.minutes(10),
    });
    allowTable(plan, catalog.table, 'GetItem', 'Query');
    allowTable(plan, segments.audiences, 'Query');
    allowGetObjects(plan, exports.bucket, 'runs/campaigns/');
    allowPutObjects(plan, exports.bucket, 'runs/campaigns/');

    const send = new CdpFunction<SendingEnv>(this, 'SendChunk', {
      ...shared,
      entry: 'functions/sending/send-chunk.ts',
      memorySizeMb: 1024,
      // it stops by itself before that, and is tried again
      timeout: Duration.minutes(4),
    });
    allowTable(
      send,
      profiles.people,
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    );
    // reservations by address stand beside the rows of audiences
    allowTable(send, segments.audiences, 'PutItem', 'DeleteItem');
    allowGetObjects(send, exports.bucket, 'runs/campaigns/');
    allowSecretValue(send, secret);
    Grant.addToPrincipal({
      grantee: send,
      actions: ['ses:SendEmail'],
      resourceArns: [sender.emailIdentityArn, this.configurationSetArn()],
    });

    const finish = new CdpFunction<SendingEnv>(this, 'FinishCampaign', {
      ...shared,
      entry: 'functions/sending/finish-campaign.ts',
      timeout: Duration.minutes(1),
    });
    allowGetObjects(finish, exports.bucket, 'runs/campaigns/');
    allowPutObjects(finish, exports.bucket, 'runs/campaigns/');

    const unsubscribe = new CdpFunction<UnsubscribeEnv>(this, 'Unsubscribe', {
      entry: 'functions/sending/unsubscribe.ts',
      environment: { EVENTS_STREAM: events.stream.streamName, SIGNING_SECRET_ARN: secret.secretArn },
      logRetention,
    });
    allowPutRecords(unsubscribe, events.stream);
    allowSecretValue(unsubscribe, secret);
    acknowledgeOpen(
      collect.api.addRoutes({
        path: '/u/{token}',
        methods: [HttpMethod.GET, HttpMethod.POST],
        integration: new HttpLambdaIntegration('Unsubscribe', unsubscribe, { scopePermissionToRoute: false }),
      }),
      'A mail client proves itself by the signed token in the link; it has no other credentials.',
    );

    this.functions = { PlanCampaign: plan, SendChunk: send, FinishCampaign: finish };
    this.unsubscribe = unsubscribe;
    this.machine = new RunMachine(this, 'Machine', {
      idField: 'campaignId',
      plan,
      work: send,
      finish,
      // two chunks at a time keep a new SES account below the rate that it may send at
      maxConcurrency: 2,
      // nobody is written to twice, so that a part may be tried again after anything that passes
      heldUpBy: [
        'SendingHeldUpError',
        'PartUnfinishedError',
        'PersonContentionError',
        'UnavailableError',
        'Sandbox.Timedout',
        'Lambda.Unknown',
      ],
      logRetention,
    });
  }

  private configurationSetArn(): string {
    return this.configurationSet.stack.formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: this.configurationSet.configurationSetName,
    });
  }
}
