import { describe, expect, it } from 'vitest';
import { type Activity, emptyActivity } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';

const T = 1_790_000_000_000;
const PRINTS = ['AAAAAAAAAAA', 'BBBBBBBBBBB', 'CCCCCCCCCCC'] as const;
const [A, B, C] = PRINTS;

/** Somebody whose last messages are all among the seen ids, as they mostly are. */
const usual: Activity = {
  ...emptyActivity(),
  firstSeenAt: T,
  lastSeenAt: T + 9_000,
  seen: {
    ids: [
      [T, A],
      [T + 5_000, B],
      [T + 9_000, C],
    ],
  },
  recent: [
    [T + 9_000, 'Viewed', C],
    [T + 5_000, 'Viewed', B],
  ],
  affirmed: { plan: [[T + 9_000, C]], tags: [[T + 5_000, B], [T + 5_000, B], [T, A], null] },
};

describe('the packed activity', () => {
  it('says each fingerprint once, and one long time', () => {
    const text = packActivity(usual);

    for (const print of PRINTS) expect(text.split(print)).toHaveLength(2);
    expect(text.match(/\d{13}/g)).toEqual([String(T), String(T + 9_000), String(T)]);
    expect(unpackActivity(0, text)).toEqual(usual);
  });

  it('says that several values were said again together by one entry', () => {
    expect(packActivity(usual)).toContain('"tags":[[4000,1],1,[9000,0],0]');
  });

  it('keeps of the end of a mark only what is not as in its beginning', () => {
    const marks: Activity['marks'] = [
      ['a', '4967', '4967'],
      ['b', '4967', '4981'],
      ['c', '99', '102'],
    ];

    const text = packActivity({ ...usual, marks });

    expect(text).toContain('[["a","4967"],["b","4967","81"],["c","99","102"]]');
    expect(unpackActivity(0, text).marks).toEqual(marks);
  });

  it.each([
    '{}',
    '[]',
    packActivity(usual).replace('[3,', '[1,'),
    packActivity(usual).replace('[0,"Viewed",2]', '[0,"Viewed",3]'),
    packActivity(usual).replace('[0,"Viewed",2]', '[0,"Viewed"]'),
    packActivity(usual).replace('[0,"Viewed",2]', '[0,7,2]'),
    packActivity(usual).replace('"plan":[0,2]', '"plan":[]'),
    packActivity(usual).replace('"plan":[0,2]', '"plan":[0,3]'),
    packActivity(usual).replace('"plan":[0,2]', '"plan":[0]'),
    packActivity(usual).replace('"plan":[0,2]', '"plan":[[0,2],2]'),
    packActivity({ ...usual, events: { Viewed: { count: 2, first: T, last: T } } }).replace(
      '[2,0,0]',
      '[2,0]',
    ),
    packActivity({ ...usual, marks: [['key', '1', '1']] }).replace('["key","1"]', '["key"]'),
    packActivity({ ...usual, marks: [['key', '1', '2']] }).replace('"1","2"]', '"1",2]'),
    packActivity({ ...usual, sums: { spent: { EUR: 1 } } }).replace('{"EUR":1}', '{"EUR":1.5}'),
    packActivity({ ...usual, computed: { a: [[20_000, 2]] } }).replace('[20000,2]', '["20000",2]'),
  ])('is not read where it is none: %#', (text) => {
    expect(() => unpackActivity(0, text)).toThrow();
  });

  it('says of what is counted without a window the cell alone', () => {
    const computed = {
      ever: [[0, 7]],
      hours: [
        [3, 1],
        [5, 2],
      ],
      later: [[4, 9]],
    } satisfies Activity['computed'];
    const text = packActivity({ ...usual, computed });

    expect(text).toContain('{"ever":[7],"hours":[3,1,2,2],"later":[4,9]}');
    expect(unpackActivity(0, text).computed).toEqual(computed);
  });

  it('says which place among the seen ids there is not', () => {
    const text = packActivity(usual).replace('[0,"Viewed",2]', '[0,"Viewed",3]');

    expect(() => unpackActivity(0, text)).toThrow('no seen id has place 3');
  });
});
