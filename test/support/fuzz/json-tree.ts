/**
 * JSON text in the making. Unlike a value it can hold what parsing loses or refuses: a key that stands
 * twice, a number of too many digits, nesting without an end.
 */
export type JsonTree =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly JsonTree[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

export interface Member {
  readonly key: string;
  readonly value: JsonTree;
}

/** Where a node stands: under a key, in a list, or at the top. */
export interface Place {
  readonly key?: string;
  readonly isInList: boolean;
}

/** What comes into a node's place: nothing, one node or several. A key is the one that it had, unless given. */
export type Change = (node: JsonTree, place: Place) => readonly { readonly key?: string; value: JsonTree }[];

/** Text that is written as it stands, JSON or not. */
export const verbatim = (text: string): JsonTree => ({ kind: 'text', text });

export const objectOf = (members: Readonly<Record<string, JsonTree>>): JsonTree => ({
  kind: 'object',
  members: Object.entries(members).map(([key, value]) => ({ key, value })),
});

export function treeOf(value: unknown): JsonTree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return verbatim(JSON.stringify(value) ?? 'null');
  const entries = Object.entries(value).filter(([, said]) => said !== undefined);
  return { kind: 'object', members: entries.map(([key, said]) => ({ key, value: treeOf(said) })) };
}

export function writeTree(tree: JsonTree): string {
  if (tree.kind === 'text') return tree.text;
  if (tree.kind === 'list') return `[${tree.items.map(writeTree).join(',')}]`;
  return `{${tree.members.map(({ key, value }) => `${JSON.stringify(key)}:${writeTree(value)}`).join(',')}}`;
}

export function countNodes(tree: JsonTree): number {
  if (tree.kind === 'text') return 1;
  const children = tree.kind === 'list' ? tree.items : tree.members.map(({ value }) => value);
  return children.reduce((sum, child) => sum + countNodes(child), 1);
}

/** The tree with its n-th node changed, counted round and round in the order of writing. */
export function changeAt(tree: JsonTree, n: number, change: Change): JsonTree {
  const left = { nodes: n % countNodes(tree) };

  function changed(node: JsonTree, place: Place): ReturnType<Change> {
    left.nodes -= 1;
    if (left.nodes === -1) return change(node, place);
    if (left.nodes < 0 || node.kind === 'text') return [{ value: node }];
    if (node.kind === 'list') {
      const items = node.items.flatMap((item) => changed(item, { isInList: true }));
      return [{ value: { kind: 'list', items: items.map(({ value }) => value) } }];
    }
    const members = node.members.flatMap((member) =>
      changed(member.value, { key: member.key, isInList: false }).map(({ key = member.key, value }) => ({
        key,
        value,
      })),
    );
    return [{ value: { kind: 'object', members } }];
  }

  return changed(tree, { isInList: false })[0]?.value ?? verbatim('');
}
