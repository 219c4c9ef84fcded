/** How many there are, by a sample of them. */
export interface Estimate {
  readonly size: number;
  /** Of a hundred samples, in ninety-five the true number lies between these two. */
  readonly atLeast: number;
  readonly atMost: number;
}

/** Of the standard normal distribution, between minus and plus this lie 95 %. */
const Z = 1.96;

/**
 * How many people a group has of whom so many stood in a sample, when the sample holds each person with the
 * probability `share`.
 *
 * The margin is of the score interval: those numbers M for which `found` is no further from its mean
 * `share * M` than 1.96 standard deviations of a binomial draw. So it is right for none found too, and
 * without a width for a sample of everybody.
 */
export function estimateSize(found: number, share: number): Estimate {
  const slack = (Z * Z * (1 - share)) / 2;
  const root = Z * Math.sqrt((1 - share) * found + (slack * slack) / (Z * Z));
  return {
    size: Math.round(found / share),
    // at the least those who were found, whatever a small sample would allow
    atLeast: Math.max(found, Math.floor((found + slack - root) / share)),
    atMost: Math.ceil((found + slack + root) / share),
  };
}
