import * as z from 'zod';
import { IdentityStrategy, LegalEntity } from '#shared/events/stream-record.ts';
import { NameList } from './name-list.ts';
import { AllowedOrigin } from './origin.ts';

/** Lower case, for ids that people choose and that stand in keys, URLs and file names. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower case letters, digits and -, at most 64, no leading -')
  // `constructor`: who indexes a plain object by ids would find what every object inherits
  .refine((id) => !(id in Object.prototype), 'not a name that every object has');
export type Slug = z.infer<typeof Slug>;

/** What stands for itself in a URL: Segment's browser SDK puts its key into a path as it is. */
const WriteKey = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{8,100}$/, '8 to 100 letters, digits and any of - . _ ~ of ASCII');

/** Where events come from: a site, an app, a till. Its write keys only write. */
export const Source = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(200),
  /** Several, so that one can be replaced without losing what the old one still sends. */
  writeKeys: z.array(WriteKey).min(1).max(10),
  enabled: z.boolean().default(true),
  market: z.string().min(1).max(50),
  brand: z.string().min(1).max(50),
  /** The company in law that collects; people are joined across two only where that is authorised. */
  legalEntity: LegalEntity,
  /** What its events may join. @default convert */
  identity: IdentityStrategy.optional(),
  /** ISO 3166 alpha-2: how phone numbers without a country code are read. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'an ISO 3166 country code of two capitals')
    .optional(),
  /** Which pages may send; without it, all. */
  allowedOrigins: z.array(AllowedOrigin).min(1).max(100).optional(),
  /** Which track calls are taken, by their names; without it, all. */
  events: NameList.optional(),
  /** Which traits are kept, on whatever call they come; without it, all. */
  traits: NameList.optional(),
  /** The id of the tracking plan that its events are held to. */
  trackingPlan: Slug.optional(),
  /** Whether the sender's address is kept, as `context.ip`. @default false */
  ip: z.boolean().optional(),
});
export type Source = z.infer<typeof Source>;
