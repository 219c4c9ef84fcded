import { ArnFormat, Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AdminEnv } from '#functions/admin/env.ts';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import type { StageConfig } from '#infra/config.ts';
import { acknowledgePatterns } from './acknowledge.ts';
import { AdminUsers } from './admin-users.ts';
import {
  allowDeleteObjects,
  allowGetObjects,
  allowIndex,
  allowPutObjects,
  allowPutRecords,
  allowReadRecords,
  allowTable,
} from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Evaluation } from './evaluation.ts';
import type { Events } from './events.ts';
import type { Exports } from './exports.ts';
import type { Imports } from './imports.ts';
import { LoggedHttpApi } from './logged-http-api.ts';
import { CONFLICTS_INDEX, type Profiles } from './profiles.ts';
import type { Quality } from './quality.ts';
import { schedulerRole } from './scheduler-role.ts';
import type { Segments } from './segments.ts';
import type { Sending } from './sending.ts';

export interface AdminProps {
  readonly catalog: Catalog;
  readonly events: Events;
  readonly quality: Quality;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly imports: Imports;
  readonly exports: Exports;
  readonly evaluation: Evaluation;
  readonly sending: Sending;
  /** Where the schedules of exports and campaigns stand. */
  readonly schedules: ScheduleGroup;
  readonly workspace: Pick<StageConfig, 'timezone' | 'legalEntity' | 'market' | 'brand' | 'dedupDays'>;
  readonly logRetention: RetentionDays;
}

/** Where people look things up, define things and start runs: an API behind the stage's own users. */
export class Admin extends Construct {
  readonly api: LoggedHttpApi;
  readonly users: AdminUsers;
  readonly adminApi: CdpFunction<AdminEnv>;

  constructor(scope: Construct, id: string, props: AdminProps) {
    super(scope, id);
    const { catalog, events, profiles, segments, imports, exports, evaluation, sending } = props;
    const { schedules, workspace, logRetention } = props;
    const scheduled = [exports.machine, sending.machine];
    const machines = [...scheduled, imports.machine, evaluation.machine];
    const scheduler = schedulerRole(this, schedules);
    for (const machine of scheduled) machine.grantStartExecution(scheduler);

    this.adminApi = new CdpFunction<AdminEnv>(this, 'AdminApi', {
      entry: 'functions/admin/admin-api.ts',
      environment: {
        PEOPLE_TABLE: profiles.people.tableName,
        IDENTITIES_TABLE: profiles.identities.tableName,
        AUDIENCES_TABLE: segments.audiences.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        IMPORTS_BUCKET: imports.bucket.bucketName,
        EXPORTS_BUCKET: exports.bucket.bucketName,
        EVENTS_STREAM: events.stream.streamName,
        EVENTS_STREAM_ARN: events.stream.streamArn,
        QUALITY_TABLE: props.quality.table.tableName,
        QUARANTINE_BUCKET: events.quarantine.bucketName,
        FAILED_BUCKET: events.failed.bucketName,
        DEDUP_DAYS: String(workspace.dedupDays),
        IMPORTS_STATE_MACHINE_ARN: imports.machine.stateMachineArn,
        EXPORTS_STATE_MACHINE_ARN: exports.machine.stateMachineArn,
        EVALUATIONS_STATE_MACHINE_ARN: evaluation.machine.stateMachineArn,
        CAMPAIGNS_STATE_MACHINE_ARN: sending.machine.stateMachineArn,
        SCHEDULE_GROUP: schedules.scheduleGroupName,
        SCHEDULER_ROLE_ARN: scheduler.roleArn,
        WORKSPACE_TIMEZONE: workspace.timezone,
        LEGAL_ENTITY: workspace.legalEntity,
        MARKET: workspace.market,
        BRAND: workspace.brand,
      },
      logRetention,
    });
    // Setting people apart writes both, and points their identifiers back; erasing deletes what is beside them
    allowTable(
      this.adminApi,
      profiles.people,
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'BatchWriteItem',
      // previews read a sample of everybody
      'Scan',
      'DescribeTable',
    );
    allowTable(this.adminApi, profiles.identities, 'BatchGetItem', 'UpdateItem');
    allowIndex(this.adminApi, profiles.people, CONFLICTS_INDEX);
    allowTable(this.adminApi, segments.audiences, 'Query');
    allowTable(this.adminApi, catalog.table, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    allowGetObjects(this.adminApi, exports.bucket, 'exports/');
    allowGetObjects(this.adminApi, exports.bucket, 'runs/campaigns/');
    // who holds a URL that it signs acts as it
    for (const prefix of ['imports/', 'dry-runs/']) {
      allowGetObjects(this.adminApi, imports.bucket, prefix);
      allowPutObjects(this.adminApi, imports.bucket, prefix);
    }
    allowGetObjects(this.adminApi, imports.bucket, 'runs/imports/');
    allowPutRecords(this.adminApi, events.stream);
    allowReadRecords(this.adminApi, events.stream);
    allowTable(this.adminApi, props.quality.table, 'Query');
    allowGetObjects(this.adminApi, events.quarantine, 'quarantine/');
    allowPutObjects(this.adminApi, events.quarantine, 'quarantine/');
    allowDeleteObjects(this.adminApi, events.quarantine, 'quarantine/');
    allowGetObjects(this.adminApi, events.failed, 'aws/lambda/');
    allowDeleteObjects(this.adminApi, events.failed, 'aws/lambda/');
    this.allowRuns(machines);
    this.allowSchedules(scheduler, schedules);

    this.users = new AdminUsers(this, 'Users');
    this.api = new LoggedHttpApi(this, 'Api', {
      description: 'Tributary Admin: profiles, definitions and runs, with a token',
      throttle: { rateLimit: 50, burstLimit: 100 },
      logRetention,
      defaultAuthorizer: new HttpUserPoolAuthorizer('Users', this.users.pool, {
        userPoolClients: [this.users.client],
      }),
    });
    const integration = new HttpLambdaIntegration('AdminApi', this.adminApi, {
      scopePermissionToRoute: false,
    });
    for (const { method, path } of ADMIN_ROUTES) {
      this.api.addRoutes({ path, methods: [HttpMethod[method]], integration });
    }
  }

  private allowRuns(machines: readonly StateMachine[]): void {
    Grant.addToPrincipal({
      grantee: this.adminApi,
      actions: ['states:StartExecution', 'states:ListExecutions'],
      resourceArns: machines.map((machine) => machine.stateMachineArn),
    });
    const runs = machines.map((machine) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${machine.stateMachineName}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    Grant.addToPrincipal({
      grantee: this.adminApi,
      actions: ['states:DescribeExecution'],
      resourceArns: runs,
    });
    this.acknowledge(runs, 'Runs of these machines: their names are made at run time.');
  }

  private allowSchedules(role: Role, schedules: ScheduleGroup): void {
    const own = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${schedules.scheduleGroupName}/*`,
    });
    Grant.addToPrincipal({
      grantee: this.adminApi,
      actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      resourceArns: [own],
    });
    this.acknowledge([own], 'Schedules of one group: their names are made at run time.');
    this.adminApi.addToRolePolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
  }

  private acknowledge(patterns: readonly string[], reason: string): void {
    acknowledgePatterns(this.adminApi.role ?? this.adminApi, patterns, reason);
  }
}
