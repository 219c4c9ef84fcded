import { describe, expect, it } from 'vitest';
import { compilePattern, Pattern } from '#shared/traits/pattern.ts';

const faultOf = (pattern: string) => Pattern.safeParse(pattern).error?.issues[0]?.message;

describe('a pattern', () => {
  it.each<[boolean | undefined, string, unknown]>([
    [true, '@example\\.(com|org)$', 'ada@example.org'],
    [false, '@example\\.(com|org)$', 'ada@example.org.uk'],
    [true, 'b', 'abc'],
    [false, '^b', 'abc'],
    [true, '(?i)^ada', 'Ada Lovelace'],
    [undefined, '1', 1],
    [undefined, 'a', ['a']],
    [undefined, 'a', undefined],
    [true, 'a$', 'a'.repeat(1000)],
    [undefined, 'a$', 'a'.repeat(1001)],
  ])('is %s of %s and %j', (expected, pattern, value) => {
    expect(compilePattern(Pattern.parse(pattern))(value)).toBe(expected);
  });

  it('is looked for in a time that nothing makes explode', () => {
    expect(compilePattern('^(a+)+$')(`${'a'.repeat(999)}!`)).toBe(false);
  });

  it.each([
    ['(a', 'missing closing )'],
    ['(?=a)', "RE2's syntax is allowed here"],
    ['(a)\\1', "RE2's syntax is allowed here"],
    ['(?:a{20}){20}', 'too long once its repetitions are written out: 402 of 250 steps'],
    ['', 'Too small'],
    ['a'.repeat(201), 'Too big'],
  ])('is refused as %s: %s', (pattern, fault) => {
    expect(faultOf(pattern)).toContain(fault);
  });

  it('is taken up to its bound', () => {
    expect(faultOf('a{248}')).toBeUndefined();
    expect(faultOf('a{249}')).toContain('251 of 250 steps');
  });
});
