import * as z from 'zod';

/** What the feedback function needs from the stack; infra is type-checked against it. */
export const FeedbackEnv = z.object({
  EVENTS_STREAM: z.string().min(1),
});
export type FeedbackEnv = z.infer<typeof FeedbackEnv>;
