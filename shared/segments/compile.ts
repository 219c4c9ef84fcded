import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { DEFAULT_TIME_ZONE } from '#shared/computed/workspace-settings.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import type { Definitions, Evaluation } from '#shared/profiles/definitions.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { indexReaders } from './affected.ts';
import { compileCondition } from './compile-condition.ts';
import type { Condition } from './condition.ts';
import type { Context, Leaf } from './leaf.ts';
import { type LifecycleSettings, type Stage, stageSegment } from './lifecycle.ts';
import type { Segment } from './segment.ts';
import { allOf, leafNode, memberOf, type Node } from './tree.ts';

/** What else people are written and read by, as of the same version. */
type Rules = Partial<Pick<Definitions, 'identity' | 'traits' | 'timeZone' | 'computed'>> & {
  /** @default everybody is in no stage */
  readonly lifecycle?: LifecycleSettings | undefined;
};

/** Compiles the segments of one version of the catalog, which read people by its rules. */
export function compileSegments(
  segments: readonly Segment[],
  version: number,
  {
    identity = DEFAULT_IDENTITY,
    traits = DEFAULT_RULES,
    timeZone = DEFAULT_TIME_ZONE,
    computed = NO_AGGREGATES,
    lifecycle = { stages: [] },
  }: Rules = {},
): Definitions {
  const compiled = compileAll({ segments, ...lifecycle }, { traits, timeZone, computed });

  const nodeOf = (segment: string): Node | undefined => compiled.find(({ id }) => id === segment)?.node;
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
    segmentIds: compiled.map(({ id }) => id),
    identity,
    traits,
    timeZone,
    computed,
    evaluate(person, now, before) {
      const stands = before !== undefined && isCurrent(before.activity, version, now);
      return stands ? evaluateAffected(person, now, before) : evaluateAll(person, now);
    },
    isMember: (segment, person, now) => nodeOf(segment)?.holds(person, now) === true,
    explain: (segment, person, now) => nodeOf(segment)?.explain(person, now),
  };
}

/** Whether who somebody was is what these definitions made of them, and no time has come since that could change it. */
const isCurrent = ({ definitionsVersion, dueAt }: Activity, version: number, now: EpochMs): boolean =>
  definitionsVersion === version && (dueAt === undefined || dueAt > now);

interface CompiledSegment {
  readonly id: string;
  readonly node: Node;
}

interface Groups {
  readonly segments: readonly Segment[];
  readonly stages: readonly Stage[];
}

/** Compiles each segment once, those that others refer to before those. */
function compileAll({ segments, stages }: Groups, context: Context): readonly CompiledSegment[] {
  const makers = new Map([
    ...segments.map((segment) => [segment.id, () => compileSegment(segment)] as const),
    ...stages.map((stage, place) => [stageSegment(stage), () => compileStage(place)] as const),
  ]);
  const nodes = new Map<string, Node>();
  const underWay = new Set<string>();
  const criteria = new Map<Stage, Node>();

  function compileOne(id: string): Node | undefined {
    const known = nodes.get(id);
    const make = makers.get(id);
    if (known !== undefined || make === undefined || underWay.has(id)) return known;
    underWay.add(id);
    const node = make();
    underWay.delete(id);
    nodes.set(id, node);
    return node;
  }

  const compile = (condition: Condition): Node =>
    compileCondition(condition, { ...context, segment: compileOne });
  const compileSegment = (segment: Segment): Node => inScope(segment, compile(segment.condition));

  /** Whoever is in none of the stages before it: as none of their conditions is known to hold. */
  function compileStage(place: number): Node {
    const before = stages.slice(0, place).flatMap((stage) => {
      const criterion = criterionOf(stage);
      return criterion === undefined ? [] : [memberOf(criterion, { id: stageSegment(stage), member: false })];
    });
    const stage = stages[place];
    const own = stage && criterionOf(stage);
    return allOf(own === undefined ? before : [...before, own]);
  }

  function criterionOf(stage: Stage): Node | undefined {
    if (stage.condition === undefined) return undefined;
    const criterion = criteria.get(stage) ?? compile(stage.condition);
    criteria.set(stage, criterion);
    return criterion;
  }

  return [...makers.keys()].flatMap((id) => {
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
