import * as z from 'zod';

/** The three forms of EventBridge Scheduler: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const RATE = /^rate\(([1-9]\d{0,4}) (minute|minutes|hour|hours|day|days)\)$/;
const AT = /^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/;
const CRON = /^cron\(([^\s()]+ ){5}[^\s()]+\)$/;

/** When something runs by itself, in the words of EventBridge Scheduler. */
export const Schedule = z.strictObject({
  expression: z
    .string()
    .max(200)
    .refine(
      (text) => RATE.test(text) || AT.test(text) || CRON.test(text),
      'rate(1 day), at(2027-01-31T09:00:00) or cron(minutes hours day-of-month month day-of-week year)',
    ),
  /** An IANA name; without one, the workspace's time zone. */
  timezone: z.string().min(1).max(50).refine(isTimeZone, 'an IANA time zone such as Europe/Paris').optional(),
});
export type Schedule = z.infer<typeof Schedule>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
