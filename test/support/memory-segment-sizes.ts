import { dayOf, type SegmentSize, type SegmentSizes } from '#shared/segments/segment-sizes.ts';

/** Sizes in memory. */
export function memorySegmentSizes(): SegmentSizes {
  const latest = new Map<string, SegmentSize>();
  const days = new Map<string, SegmentSize>();
  return {
    async keep(segment, size) {
      latest.set(segment, size);
      days.set(`${segment} ${dayOf(size.at)}`, size);
    },
    latest: async () => new Map([...latest].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    history: async (segment, most) =>
      [...days]
        .filter(([key]) => key.startsWith(`${segment} `))
        .toSorted(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, most)
        .map(([, size]) => size),
    forget: async (segment) => void latest.delete(segment),
  };
}
