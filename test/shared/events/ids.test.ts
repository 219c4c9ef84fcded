import { describe, expect, it } from 'vitest';
import { idOf } from '#shared/events/ids.ts';
import { LIMITS } from '#shared/events/limits.ts';

describe('idOf', () => {
  it.each([
    ['user-1', 'user-1'],
    [' user-1\n', 'user-1'],
    [42, '42'],
    ['-12', '-12'],
    ['0-0-1', '0-0-1'],
    ['"quoted"', '"quoted"'],
    ['testing', 'testing'],
    ['x'.repeat(LIMITS.idLength), 'x'.repeat(LIMITS.idLength)],
  ])('reads %j', (value, id) => {
    expect(idOf(value)).toBe(id);
  });

  it.each([
    '',
    '  ',
    '0',
    '-',
    '-1',
    '00000000-0000-0000-0000-000000000000',
    'null',
    'NaN',
    'Guest',
    '[object Object]',
    '"undefined"',
    "'null",
    'null`',
    '"" 0 ""',
    '""',
    'x'.repeat(LIMITS.idLength + 1),
    0,
    -1,
    1.5,
    2 ** 53,
    null,
    undefined,
    true,
    ['user-1'],
    { id: 'user-1' },
  ])('takes %j for nobody', (value) => {
    expect(idOf(value)).toBeUndefined();
  });
});
