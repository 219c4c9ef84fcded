/** Keys that would reach a prototype when copied by assignment. */
const DANGEROUS = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a name that a sender chose must not become a key of ours. */
export const isDangerousKey = (key: string): boolean => DANGEROUS.has(key);

/** What is left to spend on one event; shared by all its payloads, and negative once it is overdrawn. */
export interface Budget {
  nodes: number;
  length: number;
}

/**
 * A payload free of prototype keys, or `undefined` when it is nested deeper or larger than allowed.
 *
 * A payload that needs no change is returned as it is, without a copy. The length is counted in
 * UTF-16 units of keys and texts, which is within a small factor of the JSON's bytes.
 */
export function tidy(value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value === 'string') {
    budget.length -= value.length;
    return budget.length < 0 ? undefined : value;
  }
  if (typeof value !== 'object' || value === null) {
    budget.length -= 8;
    return budget.length < 0 ? undefined : value;
  }
  if (depth === 0) return undefined;
  if (Array.isArray(value)) {
    budget.nodes -= value.length;
    if (budget.nodes < 0) return undefined;
    const entries = value.map((entry) => tidy(entry, depth - 1, budget));
    if (entries.includes(undefined)) return undefined;
    return entries.every((entry, index) => entry === value[index]) ? value : entries;
  }
  return tidyObject(value, depth, budget);
}

function tidyObject(value: object, depth: number, budget: Budget): unknown {
  let clean: Record<string, unknown> | undefined;
  for (const [key, entry] of Object.entries(value)) {
    if (DANGEROUS.has(key)) {
      clean ??= { ...value };
      delete clean[key];
      continue;
    }
    budget.nodes -= 1;
    budget.length -= key.length;
    if (budget.nodes < 0) return undefined;
    const tidied = tidy(entry, depth - 1, budget);
    if (tidied === undefined) return undefined;
    if (tidied !== entry) {
      clean ??= { ...value };
      clean[key] = tidied;
    }
  }
  return clean ?? value;
}
