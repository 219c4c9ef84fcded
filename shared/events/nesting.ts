/** Whether anything stands more than so many levels down. It goes no deeper itself: a sender's nesting may be endless. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** A copy down to so many levels, with `…` for each part that stands below. */
export function cutOff(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.map((part: unknown) => cutOff(part, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cutOff(part, levels - 1)]));
}
