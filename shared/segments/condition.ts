import * as z from 'zod';
import { Channel, Purpose } from '#shared/consent/consent.ts';
import { IdentifierType } from '#shared/identity/identifier.ts';
import { minorUnits } from '#shared/traits/money.ts';

const MAX_DEPTH = 10;
const MAX_CONDITIONS = 200;

/** A fault names what is allowed, so that nobody needs the manual open to mend a typing error. */
const allowing = (keys: readonly string[]) => ({
  error: (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
    issue.code === 'unrecognized_keys'
      ? `unknown: ${issue.keys?.join(', ')}; allowed here: ${keys.join(', ')}`
      : undefined,
});

/** Asks for one of several optional keys. */
const oneOf = (keys: readonly string[]) => ({
  holds: (value: object) => keys.some((key) => Reflect.get(value, key) !== undefined),
  message: `at least one of ${keys.join(', ')} is needed`,
});

const Name = z.string().min(1).max(200);
const Text = z.string().min(1).max(500);
const Scalar = z.union([z.string().max(500), z.number(), z.boolean()]);
const Ordered = z.union([z.string().max(500), z.number()]);
const Count = z.int().nonnegative();

const TRAIT_OPERATORS = {
  equals: Scalar.optional(),
  in: z.array(Scalar).min(1).max(1000).optional(),
  /** Part of a text, or a member of a list. */
  contains: Text.optional(),
  startsWith: Text.optional(),
  exists: z.boolean().optional(),
  greaterThan: Ordered.optional(),
  atLeast: Ordered.optional(),
  lessThan: Ordered.optional(),
  atMost: Ordered.optional(),
};
const traitOperators = oneOf(Object.keys(TRAIT_OPERATORS));

/**
 * What a trait must be: every operator given must hold. A missing trait (or one set to null) meets
 * none of them but `exists: false`; values of another type than the operand's do not compare.
 */
export const TraitTest = z
  .strictObject({ name: Name, ...TRAIT_OPERATORS }, allowing(['name', ...Object.keys(TRAIT_OPERATORS)]))
  .refine(traitOperators.holds, traitOperators.message);
export type TraitTest = z.infer<typeof TraitTest>;

/** How often an event must have happened; at least once, where nothing is said. Never is 0 times. */
export const EventTest = z.strictObject(
  { name: Name, atLeast: Count.optional(), atMost: Count.optional(), exactly: Count.optional() },
  allowing(['name', 'atLeast', 'atMost', 'exactly']),
);
export type EventTest = z.infer<typeof EventTest>;

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

/** Whether a person has an identifier of a type. */
export const IdentifierTest = z.strictObject(
  { type: IdentifierType, exists: z.boolean().default(true) },
  allowing(['type', 'exists']),
);
export type IdentifierTest = z.infer<typeof IdentifierTest>;

/** What a person said to a purpose: granted, or denied. Who was never asked is neither. */
export const ConsentTest = z.strictObject(
  { channel: Channel, purpose: Purpose, granted: z.boolean() },
  allowing(['channel', 'purpose', 'granted']),
);
export type ConsentTest = z.infer<typeof ConsentTest>;

/** What a condition may say: each names exactly one of these. */
export const CONDITION_KINDS = [
  'all',
  'any',
  'not',
  'trait',
  'identifier',
  'event',
  'sum',
  'consent',
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
    sum: SumTest.optional(),
    consent: ConsentTest.optional(),
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
