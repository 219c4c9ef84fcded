import * as z from 'zod';
import { LIMITS } from '#shared/events/limits.ts';

/** Names in one list. */
export const MAX_LISTED_NAMES = 1_000;

const Names = z.array(z.string().trim().min(1).max(LIMITS.nameLength)).min(1).max(MAX_LISTED_NAMES);

/** Which names pass: those of `allow`, or all without it, less those of `deny`. They are written exactly so. */
export const NameList = z
  .strictObject({ allow: Names.optional(), deny: Names.optional() })
  .refine(({ allow, deny }) => allow !== undefined || deny !== undefined, 'needs allow or deny');
export type NameList = z.infer<typeof NameList>;

/** Makes the test whether a name passes. */
export function nameFilter({ allow, deny }: NameList): (name: string) => boolean {
  const denied = new Set(deny);
  if (allow === undefined) return (name) => !denied.has(name);
  const allowed = new Set(allow).difference(denied);
  return (name) => allowed.has(name);
}
