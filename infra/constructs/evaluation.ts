import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule, type ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import {
  DistributedMap,
  JsonPath,
  StateMachineType,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EvaluationEnv } from '#functions/evaluation/env.ts';
import type { StageConfig } from '#infra/config.ts';
import { allowGetObjects, allowPutObjects, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import type { Exports } from './exports.ts';
import { LoggedMachine, runTask } from './logged-machine.ts';
import type { Profiles } from './profiles.ts';
import { schedulerRole } from './scheduler-role.ts';
import type { Segments } from './segments.ts';

export interface EvaluationProps {
  readonly catalog: Catalog;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly exports: Exports;
  readonly schedules: ScheduleGroup;
  readonly keep: Pick<StageConfig, 'timelineDays' | 'dedupDays' | 'timezone'>;
  readonly logRetention: RetentionDays;
}

/**
 * Parts worked on at a time. Each reads some 750 units a second: twelve stay below the 12,000 that a new table
 * on demand gives, so that events never wait for a run.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
const PARTS_AT_ONCE = 12;

/** As the Admin API names what a run is of. */
const EVERYBODY = 'everybody';

/** An attempt at a part goes on for this long, and is then called again. */
const ATTEMPT = Duration.minutes(10);

/** Evaluates everybody: after a change of what they are evaluated by, and every day, to mend and to count. */
export class Evaluation extends Construct {
  readonly evaluateEveryone: CdpFunction<EvaluationEnv>;
  readonly machine: LoggedMachine;

  constructor(scope: Construct, id: string, props: EvaluationProps) {
    super(scope, id);
    const { catalog, profiles, segments, exports, schedules, keep, logRetention } = props;
    this.evaluateEveryone = new CdpFunction<EvaluationEnv>(this, 'EvaluateEveryone', {
      entry: 'functions/evaluation/evaluate-everyone.ts',
      environment: {
        PEOPLE_TABLE: profiles.people.tableName,
        IDENTITIES_TABLE: profiles.identities.tableName,
        AUDIENCES_TABLE: segments.audiences.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        EXPORTS_BUCKET: exports.bucket.bucketName,
        EVENT_BUS_NAME: segments.bus.eventBusName,
        TIMELINE_DAYS: String(keep.timelineDays),
        DEDUP_DAYS: String(keep.dedupDays),
      },
      // one processor, which evaluating keeps busy
      memorySizeMb: 1769,
      timeout: ATTEMPT,
      logRetention,
    });
    const evaluate = this.evaluateEveryone;
    allowTable(evaluate, profiles.people, 'Scan', 'DescribeTable', 'Query', 'BatchGetItem', 'PutItem');
    allowTable(evaluate, segments.audiences, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    allowTable(evaluate, catalog.table, 'GetItem', 'Query');
    allowGetObjects(evaluate, exports.bucket, 'runs/evaluations/');
    allowPutObjects(evaluate, exports.bucket, 'runs/evaluations/');
    segments.bus.grantPutEventsTo(evaluate);

    this.machine = new LoggedMachine(this, 'Machine', {
      steps: this.steps(),
      tasks: [evaluate],
      logRetention,
    });

    const role = schedulerRole(this, schedules);
    this.machine.grantStartExecution(role);
    new CfnSchedule(this, 'EveryDay', {
      description: 'Mends what the stream of people has lost, and counts the segments',
      groupName: schedules.scheduleGroupName,
      scheduleExpression: 'cron(0 3 * * ? *)',
      scheduleExpressionTimezone: keep.timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.machine.stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ scopeId: EVERYBODY }),
      },
    });
  }

  private steps() {
    const runId = JsonPath.stringAt('$$.Execution.Name');
    const plan = this.step('Plan', TaskInput.fromObject({ step: 'plan', runId }));
    const wait = new Wait(this, 'UntilOldDefinitionsAreGone', {
      time: WaitTime.secondsPath('$.waitSeconds'),
    });
    const parts = new DistributedMap(this, 'Parts', {
      itemsPath: '$.parts',
      maxConcurrency: PARTS_AT_ONCE,
      mapExecutionType: StateMachineType.STANDARD,
      resultPath: JsonPath.DISCARD,
    }).itemProcessor(this.step('EvaluatePart'));
    const shards = new DistributedMap(this, 'Shards', {
      itemsPath: '$.shards',
      maxConcurrency: PARTS_AT_ONCE,
      mapExecutionType: StateMachineType.STANDARD,
      resultPath: JsonPath.DISCARD,
    }).itemProcessor(this.step('CompareShard'));
    const finish = this.step('Finish', TaskInput.fromObject({ step: 'finish', runId }));
    return plan.next(wait).next(parts).next(shards).next(finish);
  }

  private step(id: string, payload?: TaskInput) {
    return runTask(
      this,
      id,
      { lambdaFunction: this.evaluateEveryone, ...(payload !== undefined && { payload }) },
      // each goes on from where it noted its place
      [
        'StretchEndedError',
        'PersonContentionError',
        'UnavailableError',
        'Sandbox.Timedout',
        'Lambda.Unknown',
      ],
    );
  }
}
