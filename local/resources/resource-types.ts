import { apiGatewayV2Api } from './api-gateway-v2-api.ts';
import { apiGatewayV2Authorizer } from './api-gateway-v2-authorizer.ts';
import { apiGatewayV2Integration } from './api-gateway-v2-integration.ts';
import { apiGatewayV2Route } from './api-gateway-v2-route.ts';
import { apiGatewayV2Stage } from './api-gateway-v2-stage.ts';
import { cognitoUserPool, cognitoUserPoolClient, cognitoUserPoolGroup } from './cognito-user-pool.ts';
import { DECLARED_TYPES } from './declared-types.ts';
import { dynamoDbGlobalTable } from './dynamodb-global-table.ts';
import { eventsEventBus } from './events-event-bus.ts';
import { eventsRule } from './events-rule.ts';
import { iamManagedPolicy, iamPolicy } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { kinesisStream } from './kinesis-stream.ts';
import { kmsKey } from './kms-key.ts';
import { lambdaEventInvokeConfig } from './lambda-event-invoke-config.ts';
import { lambdaEventSourceMapping } from './lambda-event-source-mapping.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import type { ResourceType } from './resource-type.ts';
import { s3Bucket } from './s3-bucket.ts';
import { s3BucketPolicy } from './s3-bucket-policy.ts';
import { schedulerSchedule } from './scheduler-schedule.ts';
import { schedulerScheduleGroup } from './scheduler-schedule-group.ts';
import { secretsManagerSecret } from './secrets-manager-secret.ts';
import { sesConfigurationSet } from './ses-configuration-set.ts';
import { sesEmailIdentity } from './ses-email-identity.ts';
import { sesEventDestination } from './ses-event-destination.ts';
import { stepFunctionsStateMachine } from './step-functions-state-machine.ts';

const HONOURED: readonly ResourceType[] = [
  apiGatewayV2Api,
  apiGatewayV2Authorizer,
  apiGatewayV2Integration,
  apiGatewayV2Route,
  apiGatewayV2Stage,
  cognitoUserPool,
  cognitoUserPoolClient,
  cognitoUserPoolGroup,
  dynamoDbGlobalTable,
  eventsEventBus,
  eventsRule,
  iamManagedPolicy,
  iamPolicy,
  iamRole,
  kinesisStream,
  kmsKey,
  lambdaEventInvokeConfig,
  lambdaEventSourceMapping,
  lambdaFunction,
  lambdaPermission,
  s3Bucket,
  s3BucketPolicy,
  schedulerSchedule,
  schedulerScheduleGroup,
  secretsManagerSecret,
  sesConfigurationSet,
  sesEmailIdentity,
  sesEventDestination,
  stepFunctionsStateMachine,
];

/** Every type that a template may hold, by its name; any other is an error. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [...HONOURED, ...DECLARED_TYPES].map((type) => [type.type, type]),
);
