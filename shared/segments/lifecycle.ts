import * as z from 'zod';
import { own } from '#shared/kernel/own.ts';
import type { Activity } from '#shared/profiles/activity.ts';
import { Slug } from '#shared/sources/source.ts';
import { allowing } from '#shared/traits/allowing.ts';
import { Condition } from './condition.ts';
import type { Segment } from './segment.ts';

/** Stages are segments of these ids, which no other segment may have. */
const PREFIX = 'lifecycle-';

/** Everybody has one, and each is as dear as a segment. */
export const MAX_STAGES = 12;

/** Whether it asks for membership of another segment. */
function asksOfSegments({ all, any, not, segment }: Condition): boolean {
  const parts = all ?? any ?? (not === undefined ? [] : [not]);
  return segment !== undefined || parts.some(asksOfSegments);
}

/** How far somebody has come as a customer. */
export const Stage = z.strictObject(
  {
    id: Slug.refine((id) => id.length <= 64 - PREFIX.length, `at most ${64 - PREFIX.length} characters`),
    name: z.string().min(1).max(200),
    /** The last stage has none: it is that of everybody else. */
    condition: Condition.refine((condition) => !asksOfSegments(condition), {
      message:
        'a stage asks of people themselves: in a segment one may ask for a stage, not the other way about',
    }).optional(),
  },
  allowing(['id', 'name', 'condition']),
);
export type Stage = z.infer<typeof Stage>;

const ORDER = 'Order Completed';

/** How a shop sees its customers: by when they bought last. */
export const DEFAULT_STAGES: readonly Stage[] = [
  { id: 'new', name: 'New', condition: { event: { name: ORDER, first: true, within: '30d' } } },
  {
    id: 'won-back',
    name: 'Won back',
    condition: {
      all: [{ returned: { event: ORDER, after: '180d' } }, { event: { name: ORDER, within: '90d' } }],
    },
  },
  { id: 'active', name: 'Active', condition: { event: { name: ORDER, within: '90d' } } },
  { id: 'at-risk', name: 'At risk', condition: { event: { name: ORDER, within: '180d' } } },
  { id: 'lapsed', name: 'Lapsed', condition: { event: { name: ORDER } } },
  { id: 'prospect', name: 'Prospect' },
];

/**
 * The stages of the life cycle: everybody is in the first whose condition holds of them, hence in exactly
 * one. A condition of which it is not known whether it holds does not.
 */
export const LifecycleSettings = z.strictObject({
  stages: z
    .array(Stage)
    .min(2)
    .max(MAX_STAGES)
    .default([...DEFAULT_STAGES])
    .superRefine((stages, context) => {
      const refuse = (path: readonly PropertyKey[], message: string): void =>
        context.addIssue({ code: 'custom', path: [...path], message });
      stages.forEach(({ id, condition }, n) => {
        const isLast = n === stages.length - 1;
        if (stages.findIndex((other) => other.id === id) < n) refuse([n, 'id'], 'another stage has this id');
        if (isLast && condition !== undefined)
          refuse([n, 'condition'], 'the last stage takes everybody else');
        if (!isLast && condition === undefined) refuse([n, 'condition'], 'only the last stage has none');
      });
    }),
});
export type LifecycleSettings = z.infer<typeof LifecycleSettings>;

/** The settings as the catalog keeps them, among definitions that each have an id. */
export const StoredLifecycle = LifecycleSettings.extend({ id: z.literal('lifecycle') });
export type StoredLifecycle = z.infer<typeof StoredLifecycle>;

/** The segment that those of a stage are in. */
export const stageSegment = ({ id }: Pick<Stage, 'id'>): string => `${PREFIX}${id}`;

/** Stages as segments that ask at least what they do: of whoever is in one, whether it is one before. */
export const stageSegments = ({ stages }: LifecycleSettings): readonly Segment[] =>
  stages.map((stage, place) => ({
    id: stageSegment(stage),
    name: stage.name,
    condition: { all: stages.slice(0, place + 1).flatMap(({ condition }) => condition ?? []) },
  }));

/** Whether an id is kept for stages. */
export const isStageSegment = (id: string): boolean => id.startsWith(PREFIX);

/** The stage whose segment has this id. */
export const stageOf = (id: string, { stages }: LifecycleSettings): Stage | undefined =>
  stages.find((stage) => stageSegment(stage) === id);

/** The stage that somebody is in, and since when; nothing for who was not looked at since there are stages. */
export function currentStage(
  { segments }: Pick<Activity, 'segments'>,
  { stages }: LifecycleSettings,
): { readonly stage: Stage; readonly since: number } | undefined {
  for (const stage of stages) {
    const since = own(segments, stageSegment(stage));
    if (since !== undefined) return { stage, since };
  }
  return undefined;
}
