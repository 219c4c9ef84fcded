import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collector: unknown = runInNewContext('gc');

/**
 * The CPU time of some work in milliseconds, that of the garbage collector's own threads included:
 * Lambda bills for all of it. What earlier work left behind young is collected before the clock starts;
 * a full collection would also throw away what the optimizer knows of the shapes of objects, which a
 * warm container keeps.
 */
export async function cpuMs(work: () => void | Promise<void>): Promise<number> {
  if (typeof collector === 'function') collector({ type: 'minor' });
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How many times the CPU time of `base` some work takes: the median of `rounds`, each between two runs
 * of `base`, so that a machine which slows down meanwhile slows both sides.
 */
export async function timesAsMuch(
  base: () => void,
  work: () => void | Promise<void>,
  { rounds = 9, warmUps = 4 }: { readonly rounds?: number; readonly warmUps?: number } = {},
): Promise<number> {
  const ratios: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const before = await cpuMs(base);
    const during = await cpuMs(work);
    const after = await cpuMs(base);
    if (round >= 0) ratios.push(during / ((before + after) / 2));
  }
  return percentile(ratios, 50);
}

/** The value that a share of the others are at most. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((share / 100) * sorted.length))] ?? Number.NaN;
}
