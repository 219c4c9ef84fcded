import type { Aggregate } from './aggregate.ts';

/**
 * What is counted of everybody from the first day, whatever is defined, by the key of its states: what
 * ready definitions ask for. A key is never given to another aggregate.
 */
export const LIBRARY_AGGREGATES: Readonly<Record<string, Aggregate>> = {};
