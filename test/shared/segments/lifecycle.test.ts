import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_REGISTRY } from '#shared/computed/registry.ts';
import { compileCatalog } from '#shared/segments/catalog.ts';
import { currentStage, LifecycleSettings, stageOf, stageSegment } from '#shared/segments/lifecycle.ts';
import { Segment } from '#shared/segments/segment.ts';
import { person, traits } from '#test/support/person.ts';

const DAY_MS = 86_400_000;
const NOW = 1_795_000_000_000;
const DEFAULT = LifecycleSettings.parse({});

const definitionsOf = (lifecycle: LifecycleSettings, segments: readonly Segment[] = []) =>
  compileCatalog({
    version: 1,
    segments,
    computedTraits: [],
    lifecycle,
    timeZone: 'UTC',
    traits: [],
    registry: NO_REGISTRY,
  });

const member = { event: { name: 'Order Completed' } };
const condition = (name: string) => ({ trait: { name, equals: true } });

/** Stages by the traits a, b and c, of which any may be unknown. */
const abc = LifecycleSettings.parse({
  stages: [
    { id: 'one', name: 'One', condition: condition('a') },
    { id: 'two', name: 'Two', condition: { not: condition('b') } },
    { id: 'three', name: 'Three', condition: { any: [condition('b'), condition('c')] } },
    { id: 'rest', name: 'Rest' },
  ],
});
const truth = fc.constantFrom(true, false, undefined);

describe('the stages of a life cycle', () => {
  it('are the first whose condition is known to hold: everybody is in exactly one', () => {
    const definitions = definitionsOf(abc);
    fc.assert(
      fc.property(truth, truth, truth, (a, b, c) => {
        const ada = person('p1', { profile: { traits: traits({ a, b, c }) } });
        const expected = a ? 'one' : b === false ? 'two' : b || c ? 'three' : 'rest';

        expect([...definitions.evaluate(ada, NOW).members]).toEqual([`lifecycle-${expected}`]);
      }),
    );
  });

  it('are the same to who looks only at what has changed', () => {
    const definitions = definitionsOf(abc);
    fc.assert(
      fc.property(fc.array(truth, { minLength: 6, maxLength: 6 }), ([a, b, c, d, e, f]) => {
        const was = person('p1', { profile: { traits: traits({ a, b, c }) } });
        const segments = Object.fromEntries(
          [...definitions.evaluate(was, NOW).members].map((id) => [id, NOW]),
        );
        const before = { ...was, activity: { ...was.activity, segments, definitionsVersion: 1 } };
        const after = { ...before, profile: { ...was.profile, traits: traits({ a: d, b: e, c: f }) } };

        expect(definitions.evaluate(after, NOW, before).members).toEqual(
          definitions.evaluate(after, NOW).members,
        );
      }),
    );
  });

  it('are those of customers by default, by when they bought', () => {
    const stageOfOrders = (first: number | undefined, last: number, times: readonly number[] = []) => {
      const orders = { count: 2, first: NOW - (first ?? 0) * DAY_MS, last: NOW - last * DAY_MS };
      const events = first === undefined ? {} : { 'Order Completed': orders };
      const computed = { A: [[0, times.map((days) => NOW - days * DAY_MS)] as const] };
      const ada = person('p1', { activity: { firstSeenAt: 1, events, computed } });
      return [...definitionsOf(DEFAULT).evaluate(ada, NOW).members].join();
    };

    expect(stageOfOrders(undefined, 0)).toBe('lifecycle-prospect');
    expect(stageOfOrders(29, 29, [29])).toBe('lifecycle-new');
    expect(stageOfOrders(30, 30, [30])).toBe('lifecycle-active');
    expect(stageOfOrders(400, 89, [89, 268])).toBe('lifecycle-active');
    expect(stageOfOrders(400, 89, [89, 269])).toBe('lifecycle-won-back');
    expect(stageOfOrders(400, 90, [90, 269])).toBe('lifecycle-at-risk');
    expect(stageOfOrders(400, 179, [179])).toBe('lifecycle-at-risk');
    expect(stageOfOrders(400, 180, [180])).toBe('lifecycle-lapsed');
  });

  it('change by themselves, at a time that is known beforehand', () => {
    const bought = { count: 1, first: NOW, last: NOW };
    const ada = person('p1', { activity: { events: { 'Order Completed': bought } } });

    expect(definitionsOf(DEFAULT).evaluate(ada, NOW)).toEqual({
      members: new Set(['lifecycle-new']),
      nextChange: NOW + 30 * DAY_MS,
    });
  });

  it('can be asked for in segments', () => {
    const segment = Segment.parse({
      id: 'mail-to-new',
      name: 'New, with an address',
      condition: { all: [{ segment: { id: 'lifecycle-new' } }, { trait: { name: 'a', equals: true } }] },
    });
    const definitions = definitionsOf(DEFAULT, [segment]);
    const ada = person('p1', {
      profile: { traits: traits({ a: true }) },
      activity: { events: { 'Order Completed': { count: 1, first: NOW, last: NOW } } },
    });

    expect(definitions.segmentIds).toEqual(['mail-to-new', ...DEFAULT.stages.map(stageSegment)]);
    expect(definitions.isMember('mail-to-new', ada, NOW)).toBe(true);
    expect(definitions.isMember('mail-to-new', ada, NOW + 31 * DAY_MS)).toBe(false);
    expect(definitions.isMember('lifecycle-gone', ada, NOW)).toBe(false);
  });

  it('say why: what of the stages before does not hold, and what holds', () => {
    const ada = person('p1', { profile: { traits: traits({ a: false, b: true }) } });

    expect(definitionsOf(abc).explain('lifecycle-three', ada, NOW)).toMatchObject({
      kind: 'all',
      holds: true,
      parts: [
        { kind: 'segment', asks: { id: 'lifecycle-one', member: false }, holds: true },
        { kind: 'segment', asks: { id: 'lifecycle-two', member: false }, holds: true },
        { kind: 'any', holds: true },
      ],
    });
  });

  it('are shown with since when', () => {
    const ada = person('p1', { activity: { segments: { 'lifecycle-two': 7, other: 1 } } });

    expect(currentStage(ada.activity, abc)).toEqual({ stage: abc.stages[1], since: 7 });
    expect(currentStage(person('p2').activity, abc)).toBeUndefined();
    expect(stageOf('lifecycle-two', abc)).toBe(abc.stages[1]);
    expect(stageOf('two', abc)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    [
      'stages.0.id',
      [
        { id: 'A', name: 'A', condition: member },
        { id: 'b', name: 'B' },
      ],
    ],
    [
      'stages.0.id',
      [
        { id: 'a'.repeat(55), name: 'A', condition: member },
        { id: 'b', name: 'B' },
      ],
    ],
    [
      'stages.1.id',
      [
        { id: 'a', name: 'A', condition: member },
        { id: 'a', name: 'B' },
      ],
    ],
    [
      'stages.0.condition',
      [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
      ],
    ],
    [
      'stages.1.condition',
      [
        { id: 'a', name: 'A', condition: member },
        { id: 'b', name: 'B', condition: member },
      ],
    ],
    ['stages', [{ id: 'a', name: 'A' }]],
    [
      'stages.0.condition',
      [
        { id: 'a', name: 'A', condition: { not: { any: [member, { segment: { id: 's' } }] } } },
        { id: 'b', name: 'B' },
      ],
    ],
    [
      'stages.0',
      [
        { id: 'a', name: 'A', condition: member, market: 'fr' },
        { id: 'b', name: 'B' },
      ],
    ],
  ])('are refused at %s: %j', (path, stages) => {
    const parsed = LifecycleSettings.safeParse({ stages });

    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('may have ids up to the length of a segment id', () => {
    const stages = [
      { id: 'a'.repeat(54), name: 'A', condition: member },
      { id: 'b', name: 'B' },
    ];

    expect(LifecycleSettings.safeParse({ stages }).success).toBe(true);
  });
});
