/** Numbers that are the same for the same seed. */
export interface Random {
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** A linear congruential generator with the constants of Knuth's MMIX, its high bits alone. */
export function seededRandom(seed: number): Random {
  let state = BigInt(seed);
  const unit = (): number => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 33n) / 2 ** 31;
  };
  const integer = (least: number, most: number): number => least + Math.floor(unit() * (most - least + 1));
  return {
    integer,
    chance: (probability) => unit() < probability,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
  };
}
