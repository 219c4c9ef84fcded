import { describe, expect, it } from 'vitest';
import { ScanPart, ScanPlace } from '#shared/profiles/people-scan.ts';

describe('a part of everybody', () => {
  it('is one of so many, counted from 0', () => {
    expect(ScanPart.parse({ segment: 0, of: 1 })).toEqual({ segment: 0, of: 1 });
  });

  it.each([
    { segment: -1, of: 1 },
    { segment: 0, of: 0 },
    { segment: 0.5, of: 1 },
    { of: 1 },
    { segment: 0, of: 1, more: 1 },
  ])('is not %j', (part) => {
    expect(ScanPart.safeParse(part).success).toBe(false);
  });
});

describe('a place where a page ended', () => {
  it('is read as it was written', () => {
    expect(ScanPlace.parse({ pid: 'ada', sk: '!activity' })).toEqual({ pid: 'ada', sk: '!activity' });
  });

  it.each([{ pid: 'ada' }, { sk: '!activity' }, { pid: '', sk: 'x' }, { pid: 'ada', sk: 'x', more: 1 }])(
    'is not read from %j',
    (place) => {
      expect(ScanPlace.safeParse(place).success).toBe(false);
    },
  );
});
