import type { EpochMs, Pid } from '#shared/events/event.ts';

/** What {@link areParted} needs to know of a person. */
export interface PartedPerson {
  readonly pid: Pid;
  /** The people whom this one absorbed, and those whom they had absorbed. */
  readonly absorbed: Readonly<Record<Pid, EpochMs>>;
  /** The people from whom an un-merge set this one, or somebody whom they absorbed, apart. */
  readonly parted: Readonly<Record<Pid, EpochMs>>;
}

/**
 * Whether somebody decided that two people are not one, so that no event may merge them again: not by
 * themselves, nor through a third person who has absorbed one of them meanwhile.
 *
 * Symmetric. A merge joins both sides' `parted`, so it holds of whoever absorbs one of the two.
 */
export const areParted = (a: PartedPerson, b: PartedPerson): boolean =>
  isPartedFrom(a, b) || isPartedFrom(b, a);

const isPartedFrom = ({ parted }: PartedPerson, { pid, absorbed }: PartedPerson): boolean =>
  Object.keys(parted).some((other) => other === pid || Object.hasOwn(absorbed, other));
