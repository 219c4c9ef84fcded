import * as z from 'zod';
import { checkPattern } from '#local/event-pattern.ts';
import type { Caller } from '#local/gate/aws-call.ts';

/** A filter's pattern: JSON, and nothing whose matching would differ from AWS's. */
const Pattern = z.string().superRefine((text, context) => {
  try {
    checkPattern(JSON.parse(text));
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
});

/**
 * `AWS::Lambda::EventSourceMapping` for a stream, with Lambda's own defaults. Strict: what is not honoured
 * (tumbling windows, for one) is refused by name.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export const StreamMappingProperties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.literal(true).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
  StartingPositionTimestamp: z.number().optional(),
  BatchSize: z.int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  ParallelizationFactor: z.int().min(1).max(10).default(1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.union([z.literal(-1), z.int().min(60).max(604_800)]).default(-1),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern })).min(1).max(5) }).optional(),
  DestinationConfig: z
    .strictObject({
      OnFailure: z.strictObject({ Destination: z.string().regex(/^arn:[^:]+:(s3|sqs):/) }),
    })
    .optional(),
});
export type StreamMappingProperties = z.infer<typeof StreamMappingProperties>;

/** The patterns of which one has to select a record; undefined where all are delivered. */
export const patternsOf = ({ FilterCriteria }: StreamMappingProperties): readonly unknown[] | undefined =>
  FilterCriteria?.Filters.map((filter) => JSON.parse(filter.Pattern));

/** A mapping as the template makes it, its references resolved. */
export interface StreamMapping {
  /** A UUID that stays the same over restarts: checkpoints and failed batches are kept under it. */
  readonly id: string;
  readonly functionArn: string;
  /** The function's role, which reads the stream and writes failed batches. */
  readonly caller: Caller;
  readonly roleArn: string;
  readonly properties: StreamMappingProperties;
}
