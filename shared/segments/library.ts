import * as z from 'zod';
import { LIMITS } from '#shared/events/limits.ts';
import { allowing } from '#shared/traits/allowing.ts';
import type { Condition } from './condition.ts';
import { Duration, durationMs } from './duration.ts';

/** A definition that is ready to be used: a condition with a few things to choose, each of which has a default. */
export interface ReadySegment {
  readonly id: string;
  readonly name: string;
  /** Whom it is about, and what for. */
  readonly about: string;
  readonly parameters: z.ZodObject;
  /** @throws {z.ZodError} for parameters that are none of its own. */
  readonly conditionOf: (parameters: unknown) => Condition;
}

const EventName = z.string().min(1).max(LIMITS.nameLength);
const TraitName = z.string().min(1).max(200);
const Currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR');
const Values = z.array(z.string().min(1).max(500)).min(1).max(100);

const order = EventName.default('Order Completed').describe('the event of a purchase');
const never = (name: string): Condition => ({ event: { name, exactly: 0 } });

/** Ties the parameters of a definition to the condition that they make. */
function ready<S extends z.ZodRawShape>({
  parameters: shape,
  shorter,
  conditionOf,
  ...about
}: Pick<ReadySegment, 'id' | 'name' | 'about'> & {
  readonly parameters: S;
  /** Two durations of which the former must be the shorter one. */
  readonly shorter?: readonly [string, string];
  readonly conditionOf: (parameters: z.output<z.ZodObject<S>>) => Condition;
}): ReadySegment {
  const object = z.strictObject(shape, allowing(Object.keys(shape)));
  const parameters = object.superRefine((given, context) => {
    const [one = '', other = ''] = (shorter ?? []).map(
      (name) => Duration.safeParse(Reflect.get(given, name)).data,
    );
    if (shorter === undefined || durationMs(one) < durationMs(other)) return;
    context.addIssue({ code: 'custom', path: [shorter[0]], message: `is to be shorter than ${shorter[1]}` });
  });
  return { ...about, parameters, conditionOf: (given) => conditionOf(parameters.parse(given)) };
}

/**
 * The definitions that a CRM team begins with. What they count, with the parameters that they have by
 * default, is counted of everybody from the first day: `shared/computed/library.ts`.
 */
export const LIBRARY: readonly ReadySegment[] = [
  ready({
    id: 'new-customers',
    name: 'New customers',
    about: 'Whose first purchase was not long ago: to be welcomed',
    parameters: { event: order, within: Duration.default('30d').describe('how long somebody is new') },
    conditionOf: ({ event, within }) => ({ event: { name: event, first: true, within } }),
  }),

  ready({
    id: 'active-customers',
    name: 'Active customers',
    about: 'Who bought lately',
    parameters: {
      event: order,
      within: Duration.default('90d').describe('how long a purchase keeps active'),
    },
    conditionOf: ({ event, within }) => ({ event: { name: event, within } }),
  }),

  ready({
    id: 'at-risk-customers',
    name: 'Customers at risk',
    about: 'Who used to buy and has not for a while, but not for so long that they are gone',
    parameters: {
      event: order,
      after: Duration.default('90d').describe('without a purchase for so long'),
      until: Duration.default('180d').describe('from then on somebody has lapsed'),
    },
    shorter: ['after', 'until'],
    conditionOf: ({ event, after, until }) => ({
      all: [{ event: { name: event, within: until } }, { event: { name: event, within: after, exactly: 0 } }],
    }),
  }),

  ready({
    id: 'lapsed-customers',
    name: 'Lapsed customers',
    about: 'Who bought once, and has not for long: to be won back, or let go',
    parameters: { event: order, after: Duration.default('180d').describe('without a purchase for so long') },
    conditionOf: ({ event, after }) => ({
      all: [{ event: { name: event } }, { event: { name: event, within: after, exactly: 0 } }],
    }),
  }),

  ready({
    id: 'won-back-customers',
    name: 'Won back customers',
    about: 'Who bought again lately, after a long time without',
    parameters: {
      event: order,
      after: Duration.default('180d').describe('so long without a purchase'),
      within: Duration.default('90d').describe('how long ago they came back at most'),
    },
    conditionOf: ({ event, after, within }) => ({
      all: [{ returned: { event, after } }, { event: { name: event, within } }],
    }),
  }),

  ready({
    id: 'one-time-buyers',
    name: 'One-time buyers',
    about: 'Who bought exactly once: a second purchase makes a customer',
    parameters: { event: order },
    conditionOf: ({ event }) => ({ event: { name: event, exactly: 1 } }),
  }),

  ready({
    id: 'vip-by-spend',
    name: 'VIP by spend',
    about: 'Who has spent much, over all time',
    parameters: {
      amount: z.number().positive().default(1_000).describe('so much or more, in major units'),
      currency: Currency.default('EUR').describe('purchases in other currencies do not count'),
    },
    conditionOf: ({ amount, currency }) => ({ sum: { name: 'total_spent', currency, atLeast: amount } }),
  }),

  ready({
    id: 'abandoned-basket',
    name: 'Abandoned basket',
    about: 'Who put something into the basket and did not buy: to be reminded while it is fresh',
    parameters: {
      added: EventName.default('Product Added').describe('the event that fills the basket'),
      event: order,
      after: Duration.default('1h').describe('so long after the last product was added'),
      until: Duration.default('7d').describe('from then on the basket is forgotten'),
    },
    shorter: ['after', 'until'],
    // The last of each is known of everybody without counting anything
    conditionOf: ({ added, event, after, until }) => ({
      all: [
        { event: { name: added, within: until } },
        { event: { name: added, within: after, exactly: 0 } },
        { any: [never(event), { compare: { last: { event: added }, laterThan: { event } } }] },
      ],
    }),
  }),

  ready({
    id: 'birthday',
    name: 'Birthday',
    about: 'Whose birthday comes in the next days: in time for a card',
    parameters: {
      trait: TraitName.default('birthday').describe('the trait with the date of birth'),
      days: z.int().min(0).max(365).default(7).describe('so many days ahead; 0: today'),
    },
    conditionOf: ({ trait, days }) => ({ trait: { name: trait, anniversary: { withinDays: days } } }),
  }),

  ready({
    id: 'newsletter-never-opened',
    name: 'Newsletter never opened',
    about:
      'Who has got mail for long, still gets it, and has opened none in that time: to be asked, or spared',
    parameters: {
      delivered: EventName.default('Email Delivered').describe('the event of a mail that arrived'),
      opened: EventName.default('Email Opened').describe('the event of a mail that was opened'),
      within: Duration.default('90d').describe('opened none for so long'),
    },
    conditionOf: ({ delivered, opened, within }) => ({
      all: [
        { event: { name: delivered, before: { ago: within } } },
        { event: { name: delivered, within } },
        { event: { name: opened, within, exactly: 0 } },
      ],
    }),
  }),

  ready({
    id: 'shop-and-web-buyers',
    name: 'Buyers in both channels',
    about: 'Who bought in a shop and on the web',
    parameters: {
      event: order,
      property: TraitName.default('channel').describe('the property of the event that names the channel'),
      shop: Values.default(['shop', 'store', 'pos']).describe('what it says of a purchase in a shop'),
      web: Values.default(['web', 'online', 'app']).describe('what it says of a purchase on the web'),
    },
    conditionOf: ({ event, property, shop, web }) => ({
      all: [
        { event: { name: event, where: [{ property, in: shop }] } },
        { event: { name: event, where: [{ property, in: web }] } },
      ],
    }),
  }),

  ready({
    id: 'over-solicited',
    name: 'Over-solicited',
    about: 'Who got so many mails lately that one more is too many: to be left out',
    parameters: {
      event: EventName.default('Email Delivered').describe('the event of a mail that arrived'),
      messages: z.int().min(1).max(1_000).default(5).describe('so many or more'),
      days: z.int().min(1).max(90).default(7).describe('today and the days before it'),
    },
    conditionOf: ({ event, messages, days }) => ({
      event: { name: event, atLeast: messages, within: `${days}d` },
    }),
  }),
];
