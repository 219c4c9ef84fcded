import { NODE_IDS, type SpillNode, type SpillNodes, type SpillPlace } from '#shared/profiles/spill-tree.ts';

/** The nodes of spills in memory, each forgotten when its time is over. */
export function memorySpillNodes(now: () => number): SpillNodes & {
  readonly all: () => Map<string, SpillNode>;
} {
  const nodes = new Map<string, SpillNode>();
  const keyOf = ({ pid, path }: SpillPlace): string => `${pid} ${path}`;
  const find = (place: SpillPlace): SpillNode | undefined => {
    const node = nodes.get(keyOf(place));
    return node !== undefined && node.until >= now() ? node : undefined;
  };

  return {
    async readMany(places) {
      return places.flatMap((place) => {
        const node = find(place);
        return node === undefined ? [] : [{ ...node, ...place }];
      });
    },
    async addMany(additions, until) {
      return additions.flatMap((addition) => {
        const { ids = new Set<string>(), ...node } = find(addition) ?? { isFull: false, until: 0 };
        if (node.isFull || ids.size > NODE_IDS - addition.ids.length) return [{ ...addition, node }];
        nodes.set(keyOf(addition), { ids: new Set([...ids, ...addition.ids]), isFull: false, until });
        return [];
      });
    },
    async closeMany(places, until) {
      for (const place of places) {
        nodes.set(keyOf(place), { ids: find(place)?.ids ?? new Set(), isFull: true, until });
      }
    },
    all: () => nodes,
  };
}
