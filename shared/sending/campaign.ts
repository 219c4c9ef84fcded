import * as z from 'zod';
import { Purpose } from '#shared/consent/consent.ts';
import { Schedule } from '#shared/sources/schedule.ts';
import { Slug } from '#shared/sources/source.ts';
import { parseMailbox } from './mailbox.ts';
import { compileTemplate, type TemplateKind } from './template.ts';

const Mailbox = z
  .string()
  .max(320)
  .refine(
    (text) => parseMailbox(text) !== undefined,
    'an address: shop@example.com or Shop <shop@example.com>',
  );

/** A template's text, refused where it is defined and not at the first person it is rendered for. */
const template = (kind: TemplateKind, text = z.string().min(1).max(200_000)) =>
  text.superRefine((value, context) => {
    const compiled = compileTemplate(value, kind);
    if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.fault });
  });

const SubjectText = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\r\n]*$/, 'one line: a line break would begin another header');

/**
 * A message to a segment: who gets it, what it is for, and its text as Liquid templates.
 *
 * The templates see `traits`, `email`, `campaign` and `unsubscribe_url`; a value that a person lacks
 * renders as nothing, and values are escaped in `html`.
 */
export const Campaign = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(200),
  segment: Slug,
  channel: z.literal('email'),
  purpose: Purpose,
  from: Mailbox,
  replyTo: Mailbox.optional(),
  subject: template('plain', SubjectText),
  html: template('html'),
  text: template('plain').optional(),
  schedule: Schedule.optional(),
  market: z.string().min(1).max(50).optional(),
  brand: z.string().min(1).max(50).optional(),
});
export type Campaign = z.infer<typeof Campaign>;
