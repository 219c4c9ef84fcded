import { describe, expect, it } from 'vitest';
import { pairwise } from '#bench/pairwise.ts';

/** Records as `<person> <group>`. */
const of = (...records: readonly string[]) =>
  pairwise(
    records.map((record) => {
      const [person, group] = record.split(' ');
      return { person, group };
    }),
  );

describe('pairwise', () => {
  it('is perfect where every person is one group', () => {
    expect(of('a 1', 'a 1', 'a 1', 'b 2', 'b 2')).toEqual({ precision: 1, recall: 1, f1: 1 });
  });

  it('counts a person in two groups as pairs not found', () => {
    // of ab ac bc only one is together
    expect(of('a 1', 'a 1', 'a 2')).toEqual({ precision: 1, recall: 1 / 3, f1: 0.5 });
  });

  it('counts two people in one group as pairs wrongly found', () => {
    expect(of('a 1', 'a 1', 'b 1')).toEqual({ precision: 1 / 3, recall: 1, f1: 0.5 });
  });

  it('is without fault where there is nothing to find, and finds nothing', () => {
    expect(of('a 1', 'b 2', 'c 3')).toEqual({ precision: 1, recall: 1, f1: 0 });
  });

  it('finds nothing where everybody is alone', () => {
    expect(of('a 1', 'a 2')).toEqual({ precision: 1, recall: 0, f1: 0 });
  });
});
