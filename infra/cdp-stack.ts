import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { StageConfig } from './config.ts';
import { Admin } from './constructs/admin.ts';
import { Catalog } from './constructs/catalog.ts';
import { Collect } from './constructs/collect.ts';
import { Due } from './constructs/due.ts';
import { Evaluation } from './constructs/evaluation.ts';
import { Events } from './constructs/events.ts';
import { Exports } from './constructs/exports.ts';
import { Feedback } from './constructs/feedback.ts';
import { Imports } from './constructs/imports.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { Profiles } from './constructs/profiles.ts';
import { Quality } from './constructs/quality.ts';
import { Segments } from './constructs/segments.ts';
import { Sending } from './constructs/sending.ts';

export interface CdpStackProps extends StackProps {
  readonly config: StageConfig;
}

/** One stage of Tributary, in the order in which an event flows through it. */
export class CdpStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: CdpStackProps) {
    super(scope, id, { ...props, env: { region: config.region } });
    const logRetention = config.logRetentionDays;
    const encryptionKey = new Key(this, 'Key', {
      description: `Encrypts what ${id} keeps`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    const schedules = new ScheduleGroup(this, 'Schedules', { removalPolicy: RemovalPolicy.DESTROY });

    const catalog = new Catalog(this, 'Catalog', { encryptionKey });
    const quality = new Quality(this, 'Quality', { encryptionKey });
    const events = new Events(this, 'Events', { encryptionKey, capacity: config.stream });
    const collect = new Collect(this, 'Collect', {
      events,
      catalog,
      quality,
      capacity: config.stream,
      throttling: config.throttling,
      logRetention,
    });
    const profiles = new Profiles(this, 'Profiles', {
      encryptionKey,
      events,
      catalog,
      quality,
      keep: config,
      logRetention,
    });
    const segments = new Segments(this, 'Segments', { encryptionKey, events, profiles, logRetention });
    const due = new Due(this, 'Due', {
      events,
      catalog,
      profiles,
      capacity: config.stream,
      schedules,
      logRetention,
    });
    const imports = new Imports(this, 'Imports', {
      encryptionKey,
      events,
      catalog,
      quality,
      capacity: config.stream,
      logRetention,
    });
    const exports = new Exports(this, 'Exports', {
      encryptionKey,
      catalog,
      profiles,
      segments,
      logRetention,
    });
    const evaluation = new Evaluation(this, 'Evaluation', {
      catalog,
      profiles,
      segments,
      exports,
      schedules,
      keep: config,
      logRetention,
    });
    const sending = new Sending(this, 'Sending', {
      encryptionKey,
      email: config.email,
      catalog,
      events,
      collect,
      profiles,
      segments,
      exports,
      logRetention,
    });
    const feedback = new Feedback(this, 'Feedback', { events, sending, logRetention });
    const admin = new Admin(this, 'Admin', {
      catalog,
      events,
      quality,
      profiles,
      segments,
      imports,
      exports,
      evaluation,
      sending,
      schedules,
      workspace: config,
      logRetention,
    });
    new Monitoring(this, 'Monitoring', {
      encryptionKey,
      apis: { Collect: collect.api, Admin: admin.api },
      stream: events.stream,
      failed: events.failed,
      readers: { Profiles: profiles.applyEvents, Segments: segments.keepAudiences },
      tables: {
        People: profiles.people,
        Identities: profiles.identities,
        Audiences: segments.audiences,
        Catalog: catalog.table,
      },
      functions: {
        CollectEvents: collect.collectEvents,
        ApplyEvents: profiles.applyEvents,
        KeepAudiences: segments.keepAudiences,
        SweepDeadlines: due.sweepDeadlines,
        Unsubscribe: sending.unsubscribe,
        RecordFeedback: feedback.recordFeedback,
        AdminApi: admin.adminApi,
      },
      tasks: {
        ...imports.functions,
        EvaluateEveryone: evaluation.evaluateEveryone,
        ...exports.functions,
        ...sending.functions,
      },
      machines: {
        Imports: imports.machine,
        Evaluations: evaluation.machine,
        Exports: exports.machine,
        Campaigns: sending.machine,
      },
      schedules,
      ...(config.alarmEmail !== undefined && { alarmEmail: config.alarmEmail }),
    });

    this.output({
      CollectUrl: collect.api.apiEndpoint,
      AdminUrl: admin.api.apiEndpoint,
      UserPoolId: admin.users.pool.userPoolId,
      UserPoolClientId: admin.users.client.userPoolClientId,
      EventsStream: events.stream.streamName,
      PeopleTable: profiles.people.tableName,
      IdentitiesTable: profiles.identities.tableName,
      AudiencesTable: segments.audiences.tableName,
      CatalogTable: catalog.table.tableName,
      ImportsBucket: imports.bucket.bucketName,
      ExportsBucket: exports.bucket.bucketName,
      QuarantineBucket: events.quarantine.bucketName,
    });
  }

  private output(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value });
  }
}
