import { isJson, type Json } from './json.ts';
import { LIMITS } from './limits.ts';

/** Whether a name that a sender chose would reach a prototype when copied by assignment: it must not become a key of ours. */
export const isDangerousKey = (key: string): boolean =>
  key === '__proto__' || key === 'constructor' || key === 'prototype';

/** What is left to spend on one event; shared by all its payloads, and negative once it is overdrawn. */
export interface Budget {
  nodes: number;
  length: number;
}

/**
 * A payload free of prototype keys and of halves of characters, which no store takes, or `undefined`
 * when it is nested deeper or larger than allowed, or has longer or more keys.
 *
 * A payload that needs no change is returned as it is, without a copy. The length is counted in
 * UTF-16 units of keys and texts, which is within a small factor of the JSON's bytes.
 */
export function tidy(value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value === 'string') {
    budget.length -= value.length;
    return budget.length < 0 ? undefined : value.toWellFormed();
  }
  if (Array.isArray(value)) return depth === 0 ? undefined : tidyArray(value, depth - 1, budget);
  if (isJson(value)) return depth === 0 ? undefined : tidyObject(value, depth - 1, budget);
  budget.length -= 8;
  return budget.length < 0 ? undefined : value;
}

function tidyArray(values: readonly unknown[], depth: number, budget: Budget): unknown {
  budget.nodes -= values.length;
  if (budget.nodes < 0) return undefined;
  let clean: unknown[] | undefined;
  for (let index = 0; index < values.length; index++) {
    const entry = values[index];
    const tidied = tidy(entry, depth, budget);
    if (tidied === undefined) return undefined;
    if (tidied !== entry) {
      clean ??= [...values];
      clean[index] = tidied;
    }
  }
  return clean ?? values;
}

function tidyObject(value: Json, depth: number, budget: Budget): unknown {
  let clean: Record<string, unknown> | undefined;
  let keys = 0;
  // What JSON.parse makes inherits nothing that this loop would meet; it is the hottest one of decoding
  for (const key in value) {
    if (isDangerousKey(key) || !key.isWellFormed()) {
      clean ??= { ...value };
      delete clean[key];
      continue;
    }
    keys += 1;
    budget.nodes -= 1;
    budget.length -= key.length;
    if (budget.nodes < 0 || keys > LIMITS.objectKeys || key.length > LIMITS.keyLength) return undefined;
    const entry = value[key];
    const tidied = tidy(entry, depth, budget);
    if (tidied === undefined) return undefined;
    if (tidied !== entry) {
      clean ??= { ...value };
      clean[key] = tidied;
    }
  }
  return clean ?? value;
}
