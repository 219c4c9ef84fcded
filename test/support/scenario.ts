import { expect } from 'vitest';
import { meetDeadlines } from '#functions/profiles/meet-deadlines.ts';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { compileCatalog, wantedAggregates } from '#shared/segments/catalog.ts';
import { durationMs } from '#shared/segments/duration.ts';
import type { LifecycleSettings } from '#shared/segments/lifecycle.ts';
import { Segment } from '#shared/segments/segment.ts';
import { applying } from './applying.ts';

/** What happens to one person, in order. */
export type Step =
  /** They do something, now. */
  | readonly ['does', string, Readonly<Record<string, unknown>>?, Partial<CollectedEvent>?]
  /** They say who they are, now. */
  | readonly ['says', Readonly<Record<string, unknown>>, Partial<CollectedEvent>?]
  /** Time passes in which they do nothing. */
  | readonly ['waits', string]
  /** They are in just these segments. */
  | readonly ['isIn', ...string[]];

interface Scenario {
  readonly segments: Readonly<Record<string, unknown>>;
  readonly computedTraits?: readonly unknown[];
  readonly lifecycle?: LifecycleSettings;
  readonly timeZone?: string;
  /** @default 2026-11-22T09:15:00Z */
  readonly startAt?: string;
  readonly steps: readonly Step[];
}

/**
 * Plays a scenario on a test clock: events go through the pipeline, and while time passes the person is
 * looked at when they are due and at no other time. So where they stand is what was written of them.
 * In the end each transition was told once.
 */
export async function play({
  segments,
  lifecycle,
  timeZone = 'UTC',
  steps,
  ...more
}: Scenario): Promise<void> {
  const counting = {
    segments: Object.entries(segments).map(([id, condition]) => Segment.parse({ id, name: id, condition })),
    computedTraits: (more.computedTraits ?? []).map((trait) => ComputedTrait.parse(trait)),
    lifecycle,
    timeZone,
  };
  const registry = nextRegistry(NO_REGISTRY, { wanted: wantedAggregates(counting), timeZone, since: 0 });
  const definitions = compileCatalog({ ...counting, version: 1, traits: [], registry });
  const lambda = applying({ startAt: Date.parse(more.startAt ?? '2026-11-22T09:15:00Z') });
  const ports = { ...lambda.ports, definitions: { current: async () => definitions } };
  const { clock } = lambda;
  let messages = 0;

  const submit = async (event: Partial<CollectedEvent>): Promise<void> => {
    const said = { userId: 'ada', messageId: `m${++messages}`, timestamp: clock.now, ...event };
    await lambda.apply(lambda.record([said]), ports);
  };

  async function pass(ms: number): Promise<void> {
    const until = clock.now + ms;
    for (;;) {
      const due = lambda.everybody().filter(({ activity }) => (activity.dueAt ?? Infinity) <= until);
      const at = Math.min(...due.map(({ activity }) => activity.dueAt ?? Infinity));
      if (at === Infinity) break;
      clock.now = Math.max(clock.now, at);
      await meetDeadlines([{ pids: due.map(({ pid }) => pid), isOverdue: false }], ports);
    }
    clock.now = until;
  }

  for (const [place, step] of steps.entries()) {
    const [kind, what, ...others] = step;
    if (kind === 'does') {
      const [, name, properties = {}, event = {}] = step;
      await submit({ type: 'track', event: name, properties, ...event });
    } else if (kind === 'says') {
      const [, traits, event = {}] = step;
      await submit({ type: 'identify', traits, ...event });
    } else if (kind === 'waits') {
      await pass(durationMs(what));
    } else {
      const stands = Object.keys(lambda.everybody()[0]?.activity.segments ?? {}).sort();
      const expected = [what, ...others].filter((id) => id !== undefined).sort();
      expect(stands, `after ${JSON.stringify(steps.slice(0, place))}`).toEqual(expected);
    }
  }
  expectToldOnce(lambda.outbox.map(({ transitions }) => transitions));
}

interface Told {
  readonly entered: readonly string[];
  readonly exited: readonly string[];
}

/** Whoever enters was out, and whoever exits was in. */
function expectToldOnce(transitions: readonly Told[]): void {
  const stands = new Set<string>();
  for (const { entered, exited } of transitions) {
    for (const id of entered) {
      expect(stands.has(id), `entered ${id} twice`).toBe(false);
      stands.add(id);
    }
    for (const id of exited) {
      expect(stands.has(id), `exited ${id} without having entered`).toBe(true);
      stands.delete(id);
    }
  }
}
