import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { RefusedIdentifier } from '#shared/identity/refusal.ts';
import type { NormalisedEvent } from '#shared/profiles/normalise-event.ts';
import type { Refusal } from '#shared/profiles/profile.ts';
import { addRefusals as add, joinRefusals, REFUSAL_DAYS, REFUSAL_LIMIT } from '#shared/profiles/refusals.ts';
import { normalised, RECEIVED_AT } from '#test/support/events.ts';

const bob = Pid.parse('bob');
const listed = (n: number, at = n, said: Partial<Refusal> = {}): Refusal => ({
  identifier: `email#${n}`,
  reason: 'limit',
  at,
  messageId: `m${n}`,
  ...said,
});
const many = (length: number, at?: number): Refusal[] => Array.from({ length }, (_, n) => listed(n, at));
const refused = (key: string, said: Partial<RefusedIdentifier> = {}): RefusedIdentifier => ({
  key,
  reason: 'limit',
  ...said,
});

const event = normalised();
/** Refuses identifiers, and what traits the event itself says are too large. */
const addRefusals = (
  before: readonly Refusal[],
  of: NormalisedEvent,
  identifiers: readonly RefusedIdentifier[],
) => add(before, of, { refused: identifiers, refusedTraits: of.refusedTraits });
const EXPIRED = RECEIVED_AT - REFUSAL_DAYS * 86_400_000;

describe('addRefusals', () => {
  it('lists what was refused, by which message and when it was received', () => {
    const before = many(1);

    const { refusals, identifiers, unlisted } = addRefusals(before, event, [
      refused('email#e'),
      refused('phone#p', { reason: 'parted', other: bob }),
    ]);

    const [first, second] = [
      { identifier: 'email#e', reason: 'limit', at: RECEIVED_AT, messageId: 'm1' },
      { identifier: 'phone#p', reason: 'parted', other: bob, at: RECEIVED_AT, messageId: 'm1' },
    ];
    expect(refusals).toEqual([...before, first, second]);
    expect(identifiers).toEqual([
      { refusal: first, event },
      { refusal: second, event },
    ]);
    expect(unlisted).toBe(0);
  });

  it('lists traits that are too large, which are nobody’s identifiers', () => {
    const large = normalised({ type: 'identify', traits: { bio: 'x'.repeat(2_000) } });

    expect(addRefusals([], large, [])).toEqual({
      refusals: [{ identifier: 'trait#bio', reason: 'too_large', at: RECEIVED_AT, messageId: 'm1' }],
      identifiers: [],
      unlisted: 0,
    });
  });

  it('says the same once, and changes nothing where nothing is new', () => {
    const before = [listed(1), listed(2, 2, { other: bob })];
    const again = [refused('email#1'), refused('email#2', { other: bob })];

    const added = addRefusals(before, event, again);

    expect(added).toEqual({ refusals: before, identifiers: [], unlisted: 0 });
    expect(added.refusals).toBe(before);
  });

  it.each([
    refused('email#2', { other: bob }),
    refused('email#1', { reason: 'parted', other: bob }),
    refused('email#1', { other: Pid.parse('eve') }),
    refused('email#1'),
  ])('tells %j from what is listed', (other) => {
    const before = [listed(1, 1, { other: bob })];

    expect(addRefusals(before, event, [other]).identifiers).toHaveLength(1);
  });

  it('takes as many as there is place for, and counts the identifiers among the rest', () => {
    const large = normalised({ type: 'identify', traits: { bio: 'x'.repeat(2_000) } });
    const three = [refused('phone#1'), refused('phone#2'), refused('phone#3')];

    const { refusals, identifiers, unlisted } = addRefusals(
      many(REFUSAL_LIMIT - 1, RECEIVED_AT),
      large,
      three,
    );

    expect(refusals).toHaveLength(REFUSAL_LIMIT);
    expect(identifiers.map(({ refusal }) => refusal.identifier)).toEqual(['phone#1']);
    expect(unlisted).toBe(2);
  });

  it('leaves a full list as it is', () => {
    const full = many(REFUSAL_LIMIT, RECEIVED_AT);

    const added = addRefusals(full, event, [refused('phone#1')]);

    expect(added).toEqual({ refusals: full, identifiers: [], unlisted: 1 });
    expect(added.refusals).toBe(full);
  });

  it('lets those go that have had their time, once their place is needed', () => {
    const old = [listed(100, EXPIRED), listed(101, EXPIRED + 1)];
    const almostFull = [...old, ...many(REFUSAL_LIMIT - 3, RECEIVED_AT)];
    const full = [...old, ...many(REFUSAL_LIMIT - 2, RECEIVED_AT)];

    expect(addRefusals(almostFull, event, [refused('phone#1')]).refusals.slice(0, 2)).toEqual(old);
    expect(addRefusals(full, event, [refused('phone#1')]).refusals).toEqual([
      ...full.slice(1),
      listed(0, RECEIVED_AT, { identifier: 'phone#1', messageId: 'm1' }),
    ]);
  });
});

describe('joinRefusals', () => {
  it('joins those of two people, each once, the earliest first', () => {
    expect(joinRefusals([listed(3), listed(1)], [listed(2), listed(1, 9)])).toEqual([
      listed(1),
      listed(2),
      listed(3),
    ]);
  });

  it('keeps the earliest of many', () => {
    const [a, b] = [many(REFUSAL_LIMIT), [listed(500, 0.5), listed(501, 900)]];

    const joined = joinRefusals(a, b);

    expect(joined).toHaveLength(REFUSAL_LIMIT);
    expect(joined).toContainEqual(listed(500, 0.5));
    expect(joined.at(-1)).toEqual(listed(REFUSAL_LIMIT - 2));
  });

  it('is the same whoever is first, and in whatever order more are joined', () => {
    const some = fc.array(
      fc.record({
        identifier: fc.constantFrom('email#a', 'email#b', 'phone#1'),
        reason: fc.constantFrom('limit' as const, 'parted' as const),
        at: fc.integer({ min: 1, max: 3 }),
        messageId: fc.constantFrom('m1', 'm2'),
      }),
      { maxLength: REFUSAL_LIMIT },
    );
    const listOf = (refusals: readonly Refusal[]) => joinRefusals([], refusals);
    fc.assert(
      fc.property(some, some, some, (x, y, z) => {
        const [a, b, c] = [listOf(x), listOf(y), listOf(z)];

        expect(joinRefusals(b, a)).toEqual(joinRefusals(a, b));
        expect(joinRefusals(joinRefusals(a, b), c)).toEqual(joinRefusals(a, joinRefusals(b, c)));
        expect(joinRefusals(a, a)).toEqual(a);
      }),
    );
  });
});
