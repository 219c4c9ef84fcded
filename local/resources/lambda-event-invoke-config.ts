import * as z from 'zod';
import { type Resource, resourcesOf, resourceType } from './resource-type.ts';

export const lambdaEventInvokeConfig = resourceType({
  type: 'AWS::Lambda::EventInvokeConfig',
  properties: z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    // what the local event bus does for every target (local/services/event-bus.ts)
    MaximumRetryAttempts: z.literal(2).optional(),
    MaximumEventAgeInSeconds: z.literal(21_600).optional(),
    DestinationConfig: z
      .strictObject({
        OnFailure: z.strictObject({ Destination: z.string().startsWith('arn:aws:s3:::') }).optional(),
      })
      .optional(),
  }),
  refused: { 'DestinationConfig.OnSuccess': 'what succeeds goes nowhere here' },

  identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
});

/** The bucket that gets the events at which every asynchronous invocation of a function has failed. */
export function asyncFailuresOf(functionName: string, resources: readonly Resource[]): string | undefined {
  const config = resourcesOf(lambdaEventInvokeConfig, resources).find(
    ({ properties }) => properties.FunctionName === functionName,
  );
  return config?.properties.DestinationConfig?.OnFailure?.Destination;
}
