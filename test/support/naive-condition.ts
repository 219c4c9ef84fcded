import { Temporal } from 'temporal-polyfill';
import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Condition, IdentifierTest, TraitTest } from '#shared/segments/condition.ts';
import type { DateOperand } from '#shared/segments/date-test.ts';
import type { Segment } from '#shared/segments/segment.ts';
import type { Trait } from '#shared/traits/trait.ts';

/** An event as its sender told of it. */
export interface RawEvent {
  readonly name: string;
  readonly at: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** All there is to know: facts of a person, everything they did, and what the workspace says. */
export interface Situation {
  readonly person: Person;
  readonly events: readonly RawEvent[];
  readonly segments: readonly Segment[];
  readonly timeZone: string;
  readonly now: number;
}

/**
 * What a condition means, said as plainly as can be and slowly: what the compiled one is held against.
 * It looks at what happened, never at what was kept of it.
 */
export function naiveTruth(condition: Condition, given: Situation): Truth {
  const { all, any, not, trait, identifier, event, sum, consent, segment } = condition;
  const { profile, activity } = given.person;
  if (all) return and(all.map((part) => naiveTruth(part, given)));
  if (any) return or(any.map((part) => naiveTruth(part, given)));
  if (not) return negate(naiveTruth(not, given));
  if (trait) return naiveTrait(trait, traitOf(given.person, trait.name), given);
  if (identifier) return naiveIdentifier(identifier, given.person);
  if (event) {
    const { name, within } = event;
    const since = within === undefined ? -Infinity : given.now - milliseconds(within);
    const times = given.events.filter((one) => one.name === name && one.at > since).length;
    return naiveTimes(event, times);
  }
  if (sum) {
    const cents = Number(activity.sums[sum.name]?.[sum.currency] ?? 0);
    const amount = sum.currency === 'JPY' ? cents : cents / 100;
    return !(amount < (sum.atLeast ?? amount)) && !(amount > (sum.atMost ?? amount));
  }
  if (consent) {
    const status = profile.consents[`${consent.channel}/${consent.purpose}`]?.status;
    return status === (consent.granted ? 'granted' : 'denied');
  }
  if (segment) return isMember(segment.id, given) === segment.member;
  throw new TypeError('an empty condition');
}

/** Whether somebody is in a segment: of its market and brand, and known to be what it asks for. */
export function isMember(id: string, given: Situation): boolean {
  const { profile } = given.person;
  const segment = given.segments.find((one) => one.id === id);
  if (segment === undefined) throw new TypeError(`no segment ${id}`);
  if (segment.market !== undefined && segment.market !== profile.market?.value) return false;
  if (segment.brand !== undefined && segment.brand !== profile.brand?.value) return false;
  return naiveTruth(segment.condition, given) === true;
}

function and(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

const or = (truths: readonly Truth[]): Truth => negate(and(truths.map(negate)));
const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

function naiveTimes(
  said: { atLeast?: number | undefined; atMost?: number | undefined; exactly?: number | undefined },
  times: number,
): boolean {
  if (said.exactly !== undefined && times !== said.exactly) return false;
  if (said.atMost !== undefined && times > said.atMost) return false;
  if (said.atLeast !== undefined) return times >= said.atLeast;
  return said.exactly !== undefined || said.atMost !== undefined || times > 0;
}

function traitOf({ profile }: Person, name: string): unknown {
  const whole = profile.traits[name];
  if (whole) return onlyValue(whole);
  const [outer = '', inner] = name.split('.');
  const value = onlyValue(profile.traits[outer]);
  return inner !== undefined && typeof value === 'object' && value !== null
    ? Reflect.get(value, inner)
    : undefined;
}

const onlyValue = (trait: Trait | undefined): unknown => (Array.isArray(trait) ? undefined : trait?.value);

function naiveIdentifier({ type, ...test }: IdentifierTest, { profile }: Person): Truth {
  const values = [...Object.keys(profile.identifiers), ...Object.keys(profile.contacts)]
    .filter((key) => key.split('#')[0] === type)
    .map((key) => key.split('#')[1]);
  const { exists, ...asked } = test;
  if (Object.values(asked).every((operand) => operand === undefined))
    return values.length > 0 === (exists ?? true);
  const found = values.length === 0 ? undefined : or(values.map((value) => and(naiveValue(asked, value))));
  return and([exists === undefined || values.length > 0 === exists, found]);
}

function naiveTrait(test: TraitTest, value: unknown, given: Situation): Truth {
  return and([...naiveValue(test, value), ...naiveDate(test, value, given)]);
}

type ValueTest = Omit<TraitTest, 'name'>;

function naiveValue(test: ValueTest, value: unknown): readonly Truth[] {
  const missing = value === undefined || value === null;
  const truths: Truth[] = [];
  if (test.exists !== undefined) truths.push(test.exists === !missing);
  if (test.equals !== undefined) truths.push(naiveEquals(value, test.equals));
  if (test.in !== undefined)
    truths.push(or(test.in.map((one) => naiveEquals(value, one))) ?? naiveIn(value, test.in));
  if (test.contains !== undefined) {
    const part = test.contains;
    if (Array.isArray(value)) truths.push(value.some((one) => one === part));
    else truths.push(typeof value === 'string' ? value.split(part).length > 1 : undefined);
  }
  if (test.startsWith !== undefined) {
    const begins = typeof value === 'string' && value.slice(0, test.startsWith.length) === test.startsWith;
    truths.push(typeof value === 'string' ? begins : undefined);
  }
  if (test.greaterThan !== undefined) truths.push(same(value, test.greaterThan, (a, b) => a > b));
  if (test.atLeast !== undefined) truths.push(same(value, test.atLeast, (a, b) => a >= b));
  if (test.lessThan !== undefined) truths.push(same(value, test.lessThan, (a, b) => a < b));
  if (test.atMost !== undefined) truths.push(same(value, test.atMost, (a, b) => a <= b));
  return truths;
}

const naiveEquals = (value: unknown, operand: string | number | boolean): Truth =>
  typeof value === typeof operand ? value === operand : undefined;

/** One of a list that it could be compared with is enough to know that it is none. */
const naiveIn = (value: unknown, operands: readonly unknown[]): Truth =>
  operands.some((operand) => typeof operand === typeof value) ? false : undefined;

function same(
  value: unknown,
  operand: string | number,
  compare: (a: string | number, b: string | number) => boolean,
): Truth {
  if (typeof value === 'number') return typeof operand === 'number' ? compare(value, operand) : undefined;
  return typeof value === 'string' && typeof operand === 'string' ? compare(value, operand) : undefined;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT/;

function naiveDate(test: ValueTest, value: unknown, { now, timeZone }: Situation): readonly Truth[] {
  const isDate = typeof value === 'string' && (DAY.test(value) || MOMENT.test(value));
  const at = isDate ? begin(value, timeZone) : Number.NaN;
  const truths: Truth[] = [];
  const push = (truth: boolean): void => void truths.push(isDate ? truth : undefined);
  if (test.before !== undefined) push(at < instant(test.before, { now, timeZone, of: begin }));
  if (test.after !== undefined) push(at > instant(test.after, { now, timeZone, of: last }));
  if (test.within !== undefined) push(at <= now && at > now - milliseconds(test.within));
  if (test.withinNext !== undefined) push(at >= now && at < now + milliseconds(test.withinNext));
  if (test.anniversary !== undefined) {
    const days = test.anniversary.withinDays;
    push(isDate && comesWithin(value, days, { now, timeZone }));
  }
  return truths;
}

/** The days from today on, one by one, until the day of the year is the same. */
function comesWithin(
  value: string,
  days: number,
  { now, timeZone }: Pick<Situation, 'now' | 'timeZone'>,
): boolean {
  const born = DAY.test(value) ? Temporal.PlainDate.from(value) : dateAt(Date.parse(value), timeZone);
  const today = dateAt(now, timeZone);
  return Array.from({ length: days + 1 }, (_, ahead) => today.add({ days: ahead })).some((day) => {
    const isLeapDay = born.month === 2 && born.day === 29 && !day.inLeapYear;
    return day.month === born.month && day.day === (isLeapDay ? 28 : born.day);
  });
}

const dateAt = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

function begin(text: string, timeZone: string): number {
  if (!DAY.test(text)) return Date.parse(text);
  return Temporal.PlainDate.from(text).toZonedDateTime(timeZone).epochMilliseconds;
}

function last(text: string, timeZone: string): number {
  if (!DAY.test(text)) return Date.parse(text);
  const next = Temporal.PlainDate.from(text).add({ days: 1 });
  return next.toZonedDateTime(timeZone).epochMilliseconds - 1;
}

function instant(
  operand: DateOperand,
  { now, timeZone, of }: Pick<Situation, 'now' | 'timeZone'> & { readonly of: typeof begin },
): number {
  if (typeof operand === 'string') return of(operand, timeZone);
  return 'ago' in operand ? now - milliseconds(operand.ago) : now + milliseconds(operand.ahead);
}

function milliseconds(duration: string): number {
  const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? Number.NaN);
}
