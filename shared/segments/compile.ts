import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { DEFAULT_TIME_ZONE } from '#shared/computed/workspace-settings.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import type { Definitions, Evaluation } from '#shared/profiles/definitions.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { indexReaders } from './affected.ts';
import { compileCondition } from './compile-condition.ts';
import type { Context, Leaf } from './leaf.ts';
import type { Segment } from './segment.ts';
import { allOf, leafNode, type Node } from './tree.ts';

/** What else people are written and read by, as of the same version. */
type Rules = Partial<Pick<Definitions, 'identity' | 'traits' | 'timeZone' | 'computed'>>;

/** Compiles the segments of one version of the catalog, which read people by its rules. */
export function compileSegments(
  segments: readonly Segment[],
  version: number,
  {
    identity = DEFAULT_IDENTITY,
    traits = DEFAULT_RULES,
    timeZone = DEFAULT_TIME_ZONE,
    computed = NO_AGGREGATES,
  }: Rules = {},
): Definitions {
  const compiled = compileAll(segments, { traits, timeZone, computed });

  const affected = indexReaders(compiled.map(({ node }) => node.reads));

  function evaluateAll(person: Person, now: EpochMs): Evaluation {
    const members = new Set<string>();
    let nextChange = Infinity;
    for (const { id, node } of compiled) {
      if (node.holds(person, now) === true) members.add(id);
      nextChange = Math.min(nextChange, node.next?.(person, now) ?? Infinity);
    }
    return nextChange < Infinity ? { members, nextChange } : { members };
  }

  /** What nothing has changed of, neither event nor time, stands as it did; and so does its next change. */
  function evaluateAffected(person: Person, now: EpochMs, before: Person): Evaluation {
    const members = new Set(Object.keys(before.activity.segments));
    let nextChange = before.activity.dueAt ?? Infinity;
    affected(before, person, (at) => {
      const segment = compiled[at];
      if (segment === undefined) return;
      const { id, node } = segment;
      if (node.holds(person, now) === true) members.add(id);
      else members.delete(id);
      nextChange = Math.min(nextChange, node.next?.(person, now) ?? Infinity);
    });
    return nextChange < Infinity ? { members, nextChange } : { members };
  }

  return {
    version,
    identity,
    traits,
    timeZone,
    computed,
    evaluate(person, now, before) {
      const stands = before !== undefined && isCurrent(before.activity, version, now);
      return stands ? evaluateAffected(person, now, before) : evaluateAll(person, now);
    },
    explain: (segment, person, now) => compiled.find(({ id }) => id === segment)?.node.explain(person, now),
  };
}

/** Whether who somebody was is what these definitions made of them, and no time has come since that could change it. */
const isCurrent = ({ definitionsVersion, dueAt }: Activity, version: number, now: EpochMs): boolean =>
  definitionsVersion === version && (dueAt === undefined || dueAt > now);

interface CompiledSegment {
  readonly id: string;
  readonly node: Node;
}

/** Compiles each segment once, those that others refer to before those. */
function compileAll(segments: readonly Segment[], context: Context): readonly CompiledSegment[] {
  const byId = new Map(segments.map((one) => [one.id, one]));
  const nodes = new Map<string, Node>();
  const underWay = new Set<string>();

  function compileOne(id: string): Node | undefined {
    const known = nodes.get(id);
    const segment = byId.get(id);
    if (known !== undefined || segment === undefined || underWay.has(id)) return known;
    underWay.add(id);
    const condition = compileCondition(segment.condition, { ...context, segment: compileOne });
    const node = inScope(segment, condition);
    underWay.delete(id);
    nodes.set(id, node);
    return node;
  }

  return segments.flatMap(({ id }) => {
    const node = compileOne(id);
    return node === undefined ? [] : [{ id, node }];
  });
}

/** A segment of a market holds its people alone, whatever its condition: who may see it relies on that. */
function inScope({ market, brand }: Segment, condition: Node): Node {
  const scope = [
    ...(market === undefined ? [] : [originNode('market', market)]),
    ...(brand === undefined ? [] : [originNode('brand', brand)]),
  ];
  return scope.length === 0 ? condition : allOf([...scope, condition]);
}

function originNode(of: 'market' | 'brand', value: string): Node {
  const leaf: Leaf = {
    test: ({ profile }) => profile[of]?.value === value,
    saw: ({ profile }) => profile[of]?.value ?? null,
    reads: [{ of, name: '' }],
  };
  return leafNode(leaf, { kind: of, asks: value });
}
