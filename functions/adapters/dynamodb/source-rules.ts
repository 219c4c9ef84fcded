import { type AdmissionRules, admissionRules } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';

/** Finds what a source asks of its events; made once for each source that was read. */
export function cachedSourceRules(): (source: Source) => Promise<AdmissionRules | undefined> {
  const made = new WeakMap<Source, Promise<AdmissionRules | undefined>>();
  return (source) => {
    const known = made.get(source);
    if (known !== undefined) return known;
    const rules = Promise.resolve(admissionRules(source));
    made.set(source, rules);
    return rules;
  };
}
