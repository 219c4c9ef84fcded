import * as z from 'zod';
import { Channel, Purpose } from '#shared/consent/consent.ts';
import { IdentifierType } from '#shared/identity/identifier.ts';
import { Slug } from '#shared/sources/source.ts';
import { allowing, oneOf } from '#shared/traits/allowing.ts';
import { minorUnits } from '#shared/traits/money.ts';
import { VALUE_OPERATORS } from '#shared/traits/value-test.ts';
import { DATE_OPERATORS } from './date-test.ts';
import { CompareTest, EventTest, ReturnedTest, SequenceTest } from './event-test.ts';

const MAX_DEPTH = 10;
const MAX_CONDITIONS = 200;

const Name = z.string().min(1).max(200);

const TRAIT_OPERATORS = { ...VALUE_OPERATORS, ...DATE_OPERATORS };
const traitOperators = oneOf(Object.keys(TRAIT_OPERATORS));

/**
 * What a trait must be: every operator given must hold. Of a missing trait (or one set to null) nothing
 * is known but that it does not exist, and values of another type than the operand's do not compare.
 */
export const TraitTest = z
  .strictObject({ name: Name, ...TRAIT_OPERATORS }, allowing(['name', ...Object.keys(TRAIT_OPERATORS)]))
  .refine(traitOperators.holds, traitOperators.message);
export type TraitTest = z.infer<typeof TraitTest>;

const sumOperators = oneOf(['atLeast', 'atMost']);

/** What a computed sum must come to in one currency, in major units; a sum of nothing is 0. */
export const SumTest = z
  .strictObject(
    {
      name: z.enum(['total_spent']),
      currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR'),
      atLeast: z.number().optional(),
      atMost: z.number().optional(),
    },
    allowing(['name', 'currency', 'atLeast', 'atMost']),
  )
  .refine(sumOperators.holds, sumOperators.message)
  .refine(
    ({ currency, atLeast = 0, atMost = 0 }) =>
      [atLeast, atMost].every((amount) => minorUnits(amount, currency) !== undefined),
    'the amount is too large to be counted exactly',
  );
export type SumTest = z.infer<typeof SumTest>;

const { equals, in: among, contains, startsWith, matches, exists } = VALUE_OPERATORS;
const IDENTIFIER_OPERATORS = { equals, in: among, contains, startsWith, matches, exists };

/**
 * Whether a person has an identifier of a type, or one that is what is asked for: of several any may be
 * it. They are compared in their normal form.
 */
export const IdentifierTest = z.strictObject(
  { type: IdentifierType, ...IDENTIFIER_OPERATORS },
  allowing(['type', ...Object.keys(IDENTIFIER_OPERATORS)]),
);
export type IdentifierTest = z.infer<typeof IdentifierTest>;

/** What a person said to a purpose: granted, or denied. Who was never asked is neither. */
export const ConsentTest = z.strictObject(
  { channel: Channel, purpose: Purpose, granted: z.boolean() },
  allowing(['channel', 'purpose', 'granted']),
);
export type ConsentTest = z.infer<typeof ConsentTest>;

const computedOperators = oneOf(Object.keys(VALUE_OPERATORS));

/** What a computed trait must have come to; every operator given must hold. */
export const ComputedTest = z
  .strictObject({ name: Slug, ...VALUE_OPERATORS }, allowing(['name', ...Object.keys(VALUE_OPERATORS)]))
  .refine(computedOperators.holds, computedOperators.message);
export type ComputedTest = z.infer<typeof ComputedTest>;

/** Whether a person is in another segment, which is decided for itself: who is not known to be in it is not in it. */
export const SegmentTest = z.strictObject(
  { id: Slug, member: z.boolean().default(true) },
  allowing(['id', 'member']),
);
export type SegmentTest = z.infer<typeof SegmentTest>;

/** What a condition may say: each names exactly one of these. */
export const CONDITION_KINDS = [
  'all',
  'any',
  'not',
  'trait',
  'identifier',
  'event',
  'sequence',
  'returned',
  'compare',
  'computed',
  'sum',
  'consent',
  'segment',
] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/** A condition before its bounds are looked at. */
export const ConditionTree = z.strictObject(
  {
    get all() {
      return z.array(ConditionTree).min(1).max(100).optional();
    },
    get any() {
      return z.array(ConditionTree).min(1).max(100).optional();
    },
    get not() {
      return ConditionTree.optional();
    },
    trait: TraitTest.optional(),
    identifier: IdentifierTest.optional(),
    event: EventTest.optional(),
    sequence: SequenceTest.optional(),
    returned: ReturnedTest.optional(),
    compare: CompareTest.optional(),
    computed: ComputedTest.optional(),
    sum: SumTest.optional(),
    consent: ConsentTest.optional(),
    segment: SegmentTest.optional(),
  },
  allowing(CONDITION_KINDS),
);

/**
 * Who is in a segment, as a tree: `all`, `any` and `not` over tests of traits, identifiers, events,
 * sums and consents. Bounded in depth and size, so that evaluating a person costs a bounded time.
 *
 * A new kind is one schema here and one entry in the handler map of `compile.ts`.
 */
export const Condition = ConditionTree.superRefine((root, context) => {
  let conditions = 0;
  const report = (path: readonly PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });

  const visit = (node: Condition, path: readonly PropertyKey[], depth: number): void => {
    conditions += 1;
    const kinds = CONDITION_KINDS.filter((kind) => node[kind] !== undefined);
    if (kinds.length !== 1) report(path, `exactly one of ${CONDITION_KINDS.join(', ')} is needed`);
    if (depth > MAX_DEPTH) {
      report(path, `conditions stand within each other at most ${MAX_DEPTH} deep`);
      return;
    }
    node.all?.forEach((part, n) => {
      visit(part, [...path, 'all', n], depth + 1);
    });
    node.any?.forEach((part, n) => {
      visit(part, [...path, 'any', n], depth + 1);
    });
    if (node.not !== undefined) visit(node.not, [...path, 'not'], depth + 1);
  };

  visit(root, [], 1);
  if (conditions > MAX_CONDITIONS) report([], `at most ${MAX_CONDITIONS} conditions in all`);
});
export type Condition = z.infer<typeof ConditionTree>;
