/** How often something must have happened. */
export interface Times {
  readonly least: number;
  readonly most: number;
}

interface Said {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  readonly exactly?: number | undefined;
}

/** What a condition says of how often; at least once where it says nothing. */
export function timesOf({ atLeast, atMost, exactly }: Said): Times {
  const least = atLeast ?? (exactly === undefined && atMost === undefined ? 1 : 0);
  return { least: Math.max(least, exactly ?? 0), most: Math.min(atMost ?? Infinity, exactly ?? Infinity) };
}

export const isOnce = ({ least, most }: Times): boolean => least === 1 && most === Infinity;
export const isNever = ({ least, most }: Times): boolean => least === 0 && most === 0;
