import { expect, it } from 'vitest';
import { cutOff, isDeeper } from '#shared/events/nesting.ts';

const value = { a: [{ b: 1 }], c: null };

it.each([
  [0, true],
  [2, true],
  [3, false],
])('tells whether a value of three levels is deeper than %d', (levels, deeper) => {
  expect(isDeeper(value, levels)).toBe(deeper);
});

it.each([
  [0, '…'],
  [1, { a: '…', c: null }],
  [2, { a: ['…'], c: null }],
  [3, value],
])('cuts a value off below %d levels', (levels, left) => {
  expect(cutOff(value, levels)).toEqual(left);
});

it('goes no deeper than it is asked to', () => {
  const endless: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

  expect(isDeeper(endless, 5)).toBe(true);
  expect(cutOff(endless, 2)).toEqual([['…']]);
});
