import type { Functions } from '#local/lambda/functions.ts';
import type { DynamoDb } from '#local/services/dynamodb.ts';
import type { EventBusService } from '#local/services/event-bus.ts';
import type { Kinesis } from '#local/services/kinesis.ts';
import type { S3 } from '#local/services/s3.ts';
import type { SchedulerService } from '#local/services/scheduler.ts';
import type { SecretsManager } from '#local/services/secrets-manager.ts';
import type { StatesService } from '#local/services/states.ts';
import type { Resource } from './resource-type.ts';

/** What resources are made with. */
export interface Services {
  readonly dynamodb: DynamoDb;
  readonly kinesis: Kinesis;
  readonly s3: S3;
  readonly secrets: SecretsManager;
  readonly states: StatesService;
  readonly scheduler: SchedulerService;
  readonly events: EventBusService;
  readonly ses: {
    createConfigurationSet(c: { name: string }): void;
    addEventDestination(d: { configurationSet: string; eventTypes: readonly string[] }): void;
    createIdentity(name: string): void;
  };
  readonly functions: Functions;
  /** Where functions find all of the above. */
  readonly endpointUrl: string;
  /** The whole stack, for what one resource has to know of another. */
  readonly resources: readonly Resource[];
}
