import { describe, expect, it } from 'vitest';
import { checkPattern, matchesPattern } from '#local/event-pattern.ts';

describe('matchesPattern', () => {
  it.each([
    ['a literal', { a: ['x', 'y'] }, { a: 'y' }, true],
    ['another literal', { a: ['x'] }, { a: 'y' }, false],
    ['null', { a: [null] }, { a: null }, true],
    ['a boolean', { a: [true] }, { a: 'true' }, false],
    ['every field', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
    ['nested fields', { a: { b: { c: [1] } } }, { a: { b: { c: 1 } } }, true],
    ['a member of a list', { a: ['x'] }, { a: ['w', 'x'] }, true],
    ['one element for the whole nested pattern', { a: { b: [1], c: [2] } }, { a: [{ b: 1, c: 2 }] }, true],
    ['no mix of elements', { a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    ['prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
    ['prefix of a number', { a: [{ prefix: '1' }] }, { a: 12 }, false],
    ['suffix', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, true],
    ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'ABC' }] }, { a: 'abc' }, true],
    ['exists', { a: { b: [{ exists: true }] } }, { a: { b: '' } }, true],
    ['exists on what is missing', { a: { b: [{ exists: true }] } }, { a: {} }, false],
    ['exists on an intermediate node', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ['exists false', { a: { b: [{ exists: false }] } }, {}, true],
    ['anything-but', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
    ['anything-but the value', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
    ['anything-but on what is missing', { a: [{ 'anything-but': 'x' }] }, {}, false],
    ['anything-but a prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'xy' }, false],
    ['anything-but a suffix', { a: [{ 'anything-but': { suffix: ['x'] } }] }, { a: 'xy' }, true],
    ['numeric within', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
    ['numeric outside', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 6 }, false],
    ['numeric on text', { a: [{ numeric: ['=', 5] }] }, { a: '5' }, false],
    ['$or', { $or: [{ a: [1] }, { b: [2] }], c: [3] }, { b: 2, c: 3 }, true],
    ['$or of neither', { $or: [{ a: [1] }, { b: [2] }] }, { b: 3 }, false],
  ])('decides %s', (_name, pattern, event, expected) => {
    checkPattern(pattern);

    expect(matchesPattern(pattern, event)).toBe(expected);
  });
});

describe('checkPattern', () => {
  it.each([
    [{ a: [{ wildcard: 'x*' }] }, 'operator "wildcard" at $.a is not honoured'],
    [{ a: [{ numeric: ['~', 1] }] }, 'operator "numeric" at $.a does not take'],
    [{ a: [{ prefix: 1 }] }, 'operator "prefix" at $.a does not take 1'],
    [{ a: 'x' }, '$.a has to be an object with fields'],
    [{ a: [] }, '$.a accepts nothing'],
    [{ a: [['x']] }, '$.a holds ["x"]'],
    [{ $or: [{ a: [{ cidr: '10.0.0.0/8' }] }] }, 'operator "cidr" at $.$or.a'],
    ['x', '$ has to be an object'],
    [{}, '$ has to be an object'],
  ])('refuses %j', (pattern, message) => {
    expect(() => checkPattern(pattern)).toThrow(message);
  });
});
