import {
  cellsOf,
  hourOf,
  MAX_CELLS,
  OTHER,
  type QualityCell,
  type QualityCounts,
  type QualityHour,
  type QualityReader,
  roomlessCell,
} from '#shared/quality/quality-count.ts';

/** Counts in memory. */
export function memoryQuality(): QualityCounts & QualityReader {
  const sources = new Map<string, Map<number, { cells: QualityHour['cells']; lastAt: number | undefined }>>();

  function raise(cells: QualityHour['cells'], cell: QualityHour['cells'][number]): QualityHour['cells'] {
    const has = cells.some((one) => isSame(one, cell));
    if (has) return cells.map((one) => (isSame(one, cell) ? { ...one, count: one.count + cell.count } : one));
    if (cells.length < MAX_CELLS || cell.event === OTHER) return [...cells, cell];
    return raise(cells, { ...roomlessCell(cell), count: cell.count });
  }

  return {
    async add(counts) {
      for (const { source, at, ...count } of counts) {
        const hours = sources.get(source) ?? new Map();
        sources.set(source, hours);
        const { cells, lastAt } = hours.get(hourOf(at)) ?? { cells: [], lastAt: undefined };
        const isApplied = count.outcome === 'accepted' || count.outcome === 'flagged';
        hours.set(hourOf(at), {
          cells: cellsOf(count).reduce(raise, cells),
          lastAt: isApplied ? Math.max(at, lastAt ?? 0) : lastAt,
        });
      }
    },

    async hours(source, { from, to }) {
      return [...(sources.get(source) ?? [])]
        .filter(([hour]) => hour >= hourOf(from) && hour <= hourOf(to))
        .toSorted(([a], [b]) => a - b)
        .map(([hour, { cells, lastAt }]) => ({ hour, cells, ...(lastAt !== undefined && { lastAt }) }));
    },

    async lastAt(source, since) {
      const hours = [...(sources.get(source) ?? [])].filter(([hour]) => hour >= hourOf(since));
      const times = hours.flatMap(([, { lastAt }]) => (lastAt === undefined ? [] : [lastAt]));
      return times.length === 0 ? undefined : Math.max(...times);
    },
  };
}

const isSame = (a: QualityCell, b: QualityCell): boolean =>
  a.event === b.event && a.kind === b.kind && a.reason === b.reason;
