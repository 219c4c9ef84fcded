/** How a grouping compares with the true one, by pairs of records: each two records are together or not. */
export interface Pairwise {
  /** Of the pairs that were put together, how many belong together; 1 where there are none. */
  readonly precision: number;
  /** Of the pairs that belong together, how many were put together; 1 where there are none. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
}

/** @param records each with the person it is of, and the group it was put in. */
export function pairwise(
  records: readonly { readonly person: unknown; readonly group: unknown }[],
): Pairwise {
  const together = pairsIn(records.map(({ group }) => group));
  const belong = pairsIn(records.map(({ person }) => person));
  const right = [...Map.groupBy(records, ({ person }) => person).values()].reduce(
    (sum, ofPerson) => sum + pairsIn(ofPerson.map(({ group }) => group)),
    0,
  );
  const precision = together === 0 ? 1 : right / together;
  const recall = belong === 0 ? 1 : right / belong;
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** How many pairs of items are equal. */
function pairsIn(items: readonly unknown[]): number {
  return [...Map.groupBy(items, (item) => item).values()].reduce(
    (sum, { length }) => sum + (length * (length - 1)) / 2,
    0,
  );
}
