import { computedLeaf } from './computed-leaf.ts';
import type { Condition, ConditionKind } from './condition.ts';
import { CONDITION_KINDS } from './condition.ts';
import { eventLeaf } from './event-leaf.ts';
import { consentLeaf, identifierLeaf, sumLeaf } from './fact-leaves.ts';
import { compareLeaf, returnedLeaf, sequenceLeaf } from './history-leaves.ts';
import type { Context, Leaf } from './leaf.ts';
import { traitLeaf } from './trait-leaf.ts';
import { allOf, anyOf, leafNode, memberOf, type Node, notOf } from './tree.ts';

type TreeKind = 'all' | 'any' | 'not' | 'segment';
type LeafKind = Exclude<ConditionKind, TreeKind>;
type Operand<K extends ConditionKind> = NonNullable<Condition[K]>;

/** One entry a kind of condition that has no others in it: what it means. */
const LEAVES: { readonly [K in LeafKind]: (operand: Operand<K>, context: Context) => Leaf } = {
  trait: traitLeaf,
  identifier: identifierLeaf,
  event: eventLeaf,
  sequence: sequenceLeaf,
  returned: returnedLeaf,
  compare: compareLeaf,
  computed: computedLeaf,
  sum: sumLeaf,
  consent: consentLeaf,
};

/** What conditions are compiled with. */
export interface CompileContext extends Context {
  /** Another segment, compiled; `undefined` for one that there is not, of which nothing is known then. */
  readonly segment: (id: string) => Node | undefined;
}

/** Makes a condition functions, once, so that evaluating a person only calls closures. */
export function compileCondition(condition: Condition, context: CompileContext): Node {
  const { all, any, not, segment } = condition;
  const compile = (part: Condition): Node => compileCondition(part, context);
  if (all !== undefined) return allOf(all.map(compile));
  if (any !== undefined) return anyOf(any.map(compile));
  if (not !== undefined) return notOf(compile(not));
  if (segment !== undefined) {
    const other = context.segment(segment.id);
    return other === undefined ? unknownSegment(segment) : memberOf(other, segment);
  }
  for (const kind of CONDITION_KINDS) {
    const leaf = isLeafKind(kind) ? compileLeaf(kind, condition, context) : undefined;
    if (leaf !== undefined) return leaf;
  }
  throw new TypeError(`a condition without any of ${CONDITION_KINDS.join(', ')}`);
}

const isLeafKind = (kind: ConditionKind): kind is LeafKind => kind in LEAVES;

function compileLeaf<K extends LeafKind>(kind: K, condition: Condition, context: Context): Node | undefined {
  const operand = condition[kind];
  return operand === undefined
    ? undefined
    : leafNode(LEAVES[kind](operand, context), { kind, asks: operand });
}

/** Two definitions that change at once can leave one; nobody is in what refers to it, or out of it. */
const unknownSegment = (asks: Operand<'segment'>): Node =>
  leafNode({ test: () => undefined, saw: () => null, reads: [] }, { kind: 'segment', asks });
