import * as z from 'zod';

const Moment = z.object({ timestamp: z.iso.datetime({ offset: true }) });

/** SES says so of opens and clicks that a machine made; which of the two places it says it in varies. */
const botFlag = { isBotEvent: z.union([z.boolean(), z.stringbool()]).optional() };

/**
 * What of an event of SES is needed, as EventBridge delivers it; the rest may be anything.
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 */
export const SesEvent = z.object({
  /** When EventBridge got it: our time, and the same in every delivery. */
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    eventType: z.string(),
    mail: z.object({
      messageId: z.string().min(1),
      destination: z.array(z.string()),
      tags: z.record(z.string(), z.array(z.string())).default({}),
    }),
    delivery: Moment.optional(),
    bounce: Moment.extend({ bounceType: z.string() }).optional(),
    complaint: Moment.optional(),
    open: Moment.extend(botFlag).optional(),
    click: Moment.extend({ link: z.string(), ...botFlag }).optional(),
    ...botFlag,
  }),
});
export type SesEvent = z.infer<typeof SesEvent>;
