import fc from 'fast-check';
import { type Change, changeAt, type JsonTree, treeOf, verbatim, writeTree } from './json-tree.ts';
import { NO_JSON, ODD_KEYS, ODD_TEXTS, ODD_TIMES } from './odd-values.ts';

/** What is done to one place of a body. */
export interface JsonMutation {
  /** Which node, counted round and round. */
  readonly at: number;
  readonly how: How;
}

/** A text of the body's own, so that whatever is made up stays unlike that of any other body. */
interface Body {
  readonly whole: JsonTree;
  readonly id: string;
}

type How = (body: Body) => Change;

const DEPTHS = [1, 2, 11, 12, 13, 31, 33, 63, 64, 65, 66, 200] as const;
const LENGTHS = [64, 65, 100, 101, 200, 201, 400, 401, 5_000, 32_700, 32_768, 32_769] as const;
const COUNTS = [0, 10, 151, 1_990, 2_001] as const;

const instead = (text: string): How => {
  return () => () => [{ value: verbatim(text) }];
};

/** Longer than any name, key or text may be; in `unit`s that take one to four bytes each. */
const longText = fc
  .record({ length: fc.constantFrom(...LENGTHS), unit: fc.constantFrom('a', 'é', '💥', ' ', '\\u0041') })
  .map(({ length, unit }) => `"${unit.repeat(Math.ceil(length / (unit === '💥' ? 2 : 1)))}"`);

const manyEntries = fc
  .record({ count: fc.constantFrom(...COUNTS), isList: fc.boolean() })
  .map(({ count, isList }) => {
    const entries = Array.from({ length: count }, (_, n) => (isList ? `${n}` : `"k${n}":${n}`)).join(',');
    return isList ? `[${entries}]` : `{${entries}}`;
  });

const nested = (levels: number, isList: boolean): How => {
  const [open, close] = isList ? ['[', ']'] : ['{"a":', '}'];
  return () => (node) => [
    { value: verbatim(`${open.repeat(levels)}${writeTree(node)}${close.repeat(levels)}`) },
  ];
};

/** An entry of a list once more as a message of its own; a member once more under another name. */
const again = (salt: number): How => {
  return () => (node, place) => {
    if (node.kind !== 'object' || !place.isInList)
      return [{ value: node }, { key: `again${salt}`, value: node }];
    const own = treeOf({ again: salt, messageId: `again-${salt}` });
    const members = node.members.filter(({ key }) => key !== 'messageId');
    const copy = { ...node, members: own.kind === 'object' ? [...members, ...own.members] : members };
    return [{ value: node }, { value: copy }];
  };
};

const sameKeyTwice = (text: string, isFirst: boolean): How => {
  const other = { value: verbatim(text) };
  return () => (node, place) => {
    if (place.isInList) return [{ value: node }];
    return isFirst ? [other, { value: node }] : [{ value: node }, other];
  };
};

const oddText = fc.constantFrom(...ODD_TEXTS);

const how: fc.Arbitrary<How> = fc.oneof(
  { weight: 10, arbitrary: oddText.map(instead) },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => instead(JSON.stringify(value))) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TIMES).map(instead) },
  { weight: 3, arbitrary: fc.constant<How>(() => () => []) },
  { weight: 2, arbitrary: fc.noShrink(fc.noBias(fc.nat())).map(again) },
  {
    weight: 2,
    arbitrary: fc.tuple(oddText, fc.boolean()).map(([text, isFirst]) => sameKeyTwice(text, isFirst)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...ODD_KEYS).map(
      (key): How =>
        () =>
        (value) => [{ key, value }],
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...DEPTHS), fc.boolean())
      .map(([levels, isList]) => nested(levels, isList)),
  },
  {
    weight: 1,
    arbitrary: fc.constant<How>(({ whole }) => () => [{ value: whole }]),
  },
  { weight: 2, arbitrary: longText.map(instead) },
  { weight: 1, arbitrary: manyEntries.map(instead) },
  { weight: 1, arbitrary: fc.constantFrom(...NO_JSON).map(instead) },
);

export const jsonMutation: fc.Arbitrary<JsonMutation> = fc.record({ at: fc.noBias(fc.nat(1_000_000)), how });

/**
 * The body with one mutation after the other. A message id stays unlike any other: two messages of one
 * id are one message, and what is counted here are messages.
 */
export function mutated(
  tree: JsonTree,
  { id, mutations }: { readonly id: string; readonly mutations: readonly JsonMutation[] },
): JsonTree {
  return mutations.reduce((whole, mutation) => {
    const change = mutation.how({ whole, id });
    return changeAt(whole, mutation.at, (node, place) =>
      change(node, place).map(({ key, value }) => ({
        ...(key !== undefined && { key }),
        value: place.key === 'messageId' && value !== node ? withOwn(value, id) : value,
      })),
    );
  }, tree);
}

function withOwn(value: JsonTree, id: string): JsonTree {
  const isText = value.kind === 'text' && value.text.startsWith('"');
  return isText ? verbatim(`"${id}${value.text.slice(1)}`) : value;
}
