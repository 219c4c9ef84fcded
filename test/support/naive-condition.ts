import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Condition, IdentifierTest, TraitTest } from '#shared/segments/condition.ts';
import type { DateOperand } from '#shared/segments/date-test.ts';
import type { Trait } from '#shared/traits/trait.ts';
import { beginOf, comesWithin, endOf, isDateText, milliseconds } from './naive-dates.ts';
import { naiveHistory } from './naive-history.ts';
import { and, naiveValue, negate, or } from './naive-values.ts';
import type { Situation } from './situation.ts';

/**
 * What a condition means, said as plainly as can be and slowly: what the compiled one is held against.
 * It looks at what happened, never at what was kept of it.
 */
export function naiveTruth(condition: Condition, given: Situation): Truth {
  const { all, any, not, trait, identifier, sum, consent, segment } = condition;
  const { profile, activity } = given.person;
  if (all) return and(all.map((part) => naiveTruth(part, given)));
  if (any) return or(any.map((part) => naiveTruth(part, given)));
  if (not) return negate(naiveTruth(not, given));
  if (trait) return naiveTrait(trait, traitOf(given.person, trait.name), given);
  if (identifier) return naiveIdentifier(identifier, given.person);
  const history = naiveHistory(condition, given);
  if (history) return history.truth;
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

function naiveDate(test: TraitTest, value: unknown, { now, timeZone }: Situation): readonly Truth[] {
  const text = isDateText(value) ? value : undefined;
  const at = text === undefined ? Number.NaN : beginOf(text, timeZone);
  const truths: Truth[] = [];
  const push = (truth: boolean): void => void truths.push(text === undefined ? undefined : truth);
  const instant = (operand: DateOperand, of: typeof beginOf): number => {
    if (typeof operand === 'string') return of(operand, timeZone);
    return 'ago' in operand ? now - milliseconds(operand.ago) : now + milliseconds(operand.ahead);
  };
  if (test.before !== undefined) push(at < instant(test.before, beginOf));
  if (test.after !== undefined) push(at > instant(test.after, endOf));
  if (test.within !== undefined) push(at <= now && at > now - milliseconds(test.within));
  if (test.withinNext !== undefined) push(at >= now && at < now + milliseconds(test.withinNext));
  if (test.anniversary !== undefined) {
    push(text !== undefined && comesWithin(text, test.anniversary.withinDays, { now, timeZone }));
  }
  return truths;
}
