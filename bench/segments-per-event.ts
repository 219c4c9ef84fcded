import { computedRules } from '#shared/computed/computed-rules.ts';
import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { Segment } from '#shared/segments/segment.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { cpuMs, percentile } from './measure.ts';
import { customer, NOW, seeded } from './segment-people.ts';

const PEOPLE = 500;
const ROUNDS = 15;
const DAY_MS = 86_400_000;

/** Three terms each, over 40 events and 30 traits; every seventh asks for orders, every fourth looks back. */
function segmentsOf(count: number): readonly Segment[] {
  return Array.from({ length: count }, (_, n) => {
    const event = n % 7 === 0 ? 'Order Completed' : `Event ${n % 40}`;
    const said = n % 4 === 0 ? { within: '30d' } : { atLeast: 1 + (n % 5) };
    const third =
      n % 10 === 0
        ? { sum: { name: 'total_spent', currency: 'EUR', atLeast: n } }
        : { consent: { channel: 'email', purpose: 'marketing', granted: true } };
    const counted = { event: { name: 'Order Completed', atLeast: 2, within: '30d' } };
    return Segment.parse({
      id: `s${n}`,
      name: `S${n}`,
      condition: {
        all: [
          { event: { name: event, ...said } },
          {
            any: [
              { trait: { name: `trait${n % 30}`, exists: false } },
              { trait: { name: 'age', atLeast: n % 60 } },
            ],
          },
          n % 25 === 0 ? counted : third,
        ],
      },
    });
  });
}

interface Change {
  readonly before: Person;
  readonly after: Person;
}

/** What one order changes: how often it happened, what was spent, and what is counted of 30 days. */
function changes(definitions: ReturnType<typeof definitionsOf>): readonly Change[] {
  const random = seeded(7);
  return Array.from({ length: PEOPLE }, (_, place) => {
    const person = customer(place, random);
    const { members, nextChange } = definitions.evaluate(person, NOW);
    const activity = {
      ...person.activity,
      definitionsVersion: definitions.version,
      segments: Object.fromEntries([...members].map((id) => [id, NOW])),
      ...(nextChange !== undefined && { dueAt: nextChange }),
    };
    const before: Person = { ...person, activity };
    const event = normaliseEvent(
      {
        type: 'track',
        messageId: `order${place}`,
        timestamp: NOW,
        originalTimestamp: NOW,
        anonymousId: 'a',
        event: 'Order Completed',
        properties: { total: 60, currency: 'EUR' },
      },
      {
        source: { id: 'web', legalEntity: 'main', market: 'fr', brand: 'main', country: 'FR' },
        receivedAt: NOW,
      },
    );
    const rules = { spilled: new Set<string>(), traits: DEFAULT_RULES, computed: definitions.computed };
    return { before, after: foldEvents(before, [{ event, link: [], refused: [] }], rules).person };
  });
}

function definitionsOf(count: number) {
  const segments = segmentsOf(count);
  const wanted = segments.flatMap(({ condition }) => aggregatesOf(condition, 'UTC'));
  const registry = nextRegistry(NO_REGISTRY, { wanted, timeZone: 'UTC', since: NOW - 90 * DAY_MS });
  const computed = computedRules({ wanted, traits: [], registry, timeZone: 'UTC' });
  return compileSegments(segments, 1, { computed });
}

/** What it takes to evaluate one person after one event, with ever more segments defined. */
export async function segmentsPerEvent(
  print: (line: string) => void,
): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = {};
  for (const count of [100, 1_000]) {
    const definitions = definitionsOf(count);
    const all = changes(definitions);
    for (const { before, after } of all) {
      const [some, whole] = [definitions.evaluate(after, NOW, before), definitions.evaluate(after, NOW)];
      if ([...some.members].sort().join() !== [...whole.members].sort().join()) {
        throw new Error(`${before.pid} comes out otherwise when only what changed is looked at`);
      }
    }
    const evaluate = (isWhole: boolean) => () => {
      for (const { before, after } of all) definitions.evaluate(after, NOW, isWhole ? undefined : before);
    };
    const [some, whole]: [number[], number[]] = [[], []];
    for (let round = -4; round < ROUNDS; round++) {
      const before = await cpuMs(evaluate(false));
      const between = await cpuMs(evaluate(true));
      const after = await cpuMs(evaluate(false));
      if (round < 0) continue;
      some.push(((before + after) / 2 / PEOPLE) * 1_000);
      whole.push((between / PEOPLE) * 1_000);
    }
    figures[`segments_${count}_per_event_us`] = percentile(some, 50);
    figures[`segments_${count}_all_of_them_us`] = percentile(whole, 50);
    print(`${count} segments, ${PEOPLE} people: the same as when all of them are evaluated`);
  }
  const [few = Number.NaN, many = Number.NaN] = [100, 1_000].map(
    (count) => figures[`segments_${count}_per_event_us`],
  );
  return { ...figures, segments_growth_100_to_1000: many / few };
}
