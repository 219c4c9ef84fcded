import type { Person } from '#shared/profiles/activity.ts';
import type { Condition, TraitTest } from '#shared/segments/condition.ts';
import type { Trait } from '#shared/traits/trait.ts';

/** What a condition means, said as plainly as can be and slowly: what the compiled one is held against. */
export function naiveHolds(condition: Condition, person: Person): boolean {
  const { all, any, not, trait, identifier, event, sum, consent } = condition;
  const { profile, activity } = person;
  if (all) return all.filter((part) => naiveHolds(part, person)).length === all.length;
  if (any) return any.filter((part) => naiveHolds(part, person)).length > 0;
  if (not) return !naiveHolds(not, person);
  if (trait) return naiveTrait(trait, traitOf(person, trait.name));
  if (identifier) {
    const types = Object.keys(profile.identifiers).map((key) => key.split('#')[0]);
    return types.includes(identifier.type) === identifier.exists;
  }
  if (event) {
    const times = activity.events[event.name]?.count ?? 0;
    if (event.exactly !== undefined && times !== event.exactly) return false;
    if (event.atMost !== undefined && times > event.atMost) return false;
    if (event.atLeast !== undefined) return times >= event.atLeast;
    return event.exactly !== undefined || event.atMost !== undefined || times > 0;
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
  throw new TypeError('an empty condition');
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

function naiveTrait(test: TraitTest, value: unknown): boolean {
  const missing = value === undefined || value === null;
  const verdicts: boolean[] = [];
  if (test.exists !== undefined) verdicts.push(test.exists === !missing);
  if (test.equals !== undefined) verdicts.push(value === test.equals);
  if (test.in !== undefined) verdicts.push(test.in.some((one) => one === value));
  if (test.contains !== undefined) {
    const part = test.contains;
    verdicts.push(
      Array.isArray(value)
        ? value.some((one) => one === part)
        : String(value).includes(part) && typeof value === 'string',
    );
  }
  if (test.startsWith !== undefined) {
    verdicts.push(typeof value === 'string' && value.slice(0, test.startsWith.length) === test.startsWith);
  }
  if (test.greaterThan !== undefined) verdicts.push(same(value, test.greaterThan, (a, b) => a > b));
  if (test.atLeast !== undefined) verdicts.push(same(value, test.atLeast, (a, b) => a >= b));
  if (test.lessThan !== undefined) verdicts.push(same(value, test.lessThan, (a, b) => a < b));
  if (test.atMost !== undefined) verdicts.push(same(value, test.atMost, (a, b) => a <= b));
  return !verdicts.includes(false);
}

function same(
  value: unknown,
  operand: string | number,
  compare: (a: string | number, b: string | number) => boolean,
): boolean {
  if (typeof value === 'number') return typeof operand === 'number' && compare(value, operand);
  return typeof value === 'string' && typeof operand === 'string' && compare(value, operand);
}
