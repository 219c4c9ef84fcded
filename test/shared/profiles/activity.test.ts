import { describe, expect, it } from 'vitest';
import { Activity, emptyActivity, Transitions } from '#shared/profiles/activity.ts';

const activity = {
  ...emptyActivity(),
  version: 3,
  events: { Viewed: { count: 2, first: 1, last: 5 } },
  sums: { total_spent: { EUR: 500, USD: '9007199254740993' } },
  segments: { loyal: 4 },
  marks: [['key', '1', '2']],
  seen: { ids: [[1, 'a']], lowWater: [0, 'z'] },
  recent: [[5, 'Viewed', 'a']],
  affirmed: { plan: [[5, 'a'], null] },
};

describe('Activity', () => {
  it('is of somebody of whom nothing is stored, or anything', () => {
    expect(Activity.parse(emptyActivity())).toEqual(emptyActivity());
    expect(Activity.parse(activity)).toEqual(activity);
  });

  it.each([
    { version: -1 },
    { firstSeenAt: undefined },
    { events: { Viewed: { count: 0, first: 1, last: 5 } } },
    { events: { Viewed: { count: 1, first: 1 } } },
    { sums: { total_spent: { EUR: 0.5 } } },
    { marks: [['key', '1']] },
    { seen: { ids: [[1]] } },
    { seen: { ids: [], more: 1 } },
    { recent: [[5, 'Viewed']] },
    { affirmed: { plan: [undefined] } },
    { more: 1 },
  ])('is not of %j', (said) => {
    expect(Activity.safeParse({ ...activity, ...said }).success).toBe(false);
  });
});

describe('Transitions', () => {
  const transitions = { n: 1, at: 5, entered: ['loyal'], exited: [], moved: ['active'] };

  it('are read as they were written', () => {
    expect(Transitions.parse(transitions)).toEqual(transitions);
  });

  it.each([
    { n: 0 },
    { at: undefined },
    { entered: undefined },
    { exited: 'loyal' },
    { moved: [7] },
    { more: 1 },
  ])('are not read with %j', (said) => {
    expect(Transitions.safeParse({ ...transitions, ...said }).success).toBe(false);
  });
});
