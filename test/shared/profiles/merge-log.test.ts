import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { MergeLog, mergesToRead, Parting } from '#shared/profiles/merge-log.ts';

const cause = { source: 's', messageId: 'm', at: 1, ofWinner: [], ofLoser: [] };

/** A merge that wrote a version of the survivor, and the version that undid it, if any. */
const merge = (loser: string, version: number, undone?: number): MergeLog => ({
  winner: Pid.parse('a'),
  loser: Pid.parse(loser),
  at: 100 - version,
  version,
  cause,
  ...(undone !== undefined && { undone: { at: 9, version: undone } }),
});

const names = (logs: readonly MergeLog[]): string => logs.map(({ loser }) => loser).join('');

describe('mergesToRead', () => {
  it.each([
    { name: 'the only merge', logs: [merge('b', 2)], undo: 'b', own: 'b', kept: '', gone: 'b' },
    {
      name: 'the first of several, with those that came after it',
      logs: [merge('d', 6), merge('b', 2), merge('c', 4)],
      undo: 'b',
      own: 'b',
      kept: 'cd',
      gone: 'b',
    },
    {
      name: 'the last of several, alone',
      logs: [merge('b', 2), merge('c', 4), merge('d', 6)],
      undo: 'd',
      own: 'd',
      kept: '',
      gone: 'd',
    },
    {
      name: 'one before which another was absorbed and let go',
      logs: [merge('b', 2, 3), merge('c', 4)],
      undo: 'c',
      own: 'c',
      kept: '',
      gone: 'c',
    },
    {
      name: 'one during which another was let go',
      logs: [merge('b', 2, 5), merge('c', 4)],
      undo: 'c',
      own: 'bc',
      kept: '',
      gone: 'bc',
    },
    {
      name: 'one that began while another was held that had begun while a third was',
      logs: [merge('b', 2, 5), merge('x', 3), merge('c', 4, 8), merge('d', 7)],
      undo: 'd',
      own: 'bcd',
      kept: 'x',
      gone: 'bcd',
    },
    {
      name: 'one after which another came and went',
      logs: [merge('b', 2), merge('c', 4, 5), merge('d', 6)],
      undo: 'b',
      own: 'bc',
      kept: 'd',
      gone: 'bc',
    },
  ])('reads for $name', ({ logs, undo, own, kept, gone }) => {
    const log = logs.find(({ loser }) => loser === undo);
    if (log === undefined) throw new TypeError('no such merge');

    const read = mergesToRead(logs, log);

    expect([names(read.own), names(read.kept), names(read.gone)]).toEqual([own, kept, gone]);
  });
});

describe('what is logged of a merge', () => {
  const log = merge('b', 2, 5);

  it('is read as it was written', () => {
    expect(MergeLog.parse(log)).toEqual(log);
    expect(MergeLog.parse(merge('b', 2))).toEqual(merge('b', 2));
  });

  it.each([
    { winner: undefined },
    { loser: '' },
    { at: -1 },
    { version: 0 },
    { version: 1.5 },
    { cause: undefined },
    { cause: { ...cause, ofLoser: undefined } },
    { cause: { ...cause, source: undefined } },
    { undone: { at: 9 } },
    { undone: { at: 9, version: 0 } },
    { more: 1 },
  ])('is not read with %j', (said) => {
    expect(MergeLog.safeParse({ ...log, ...said }).success).toBe(false);
  });
});

describe('what is logged of a parting', () => {
  const inseparable = { events: 1, traits: ['city'], identifiers: [], consents: [] };
  const parting = { survivor: 'a', loser: 'b', mergedAt: 1, at: 2, by: 'someone', inseparable };

  it('is read as it was written', () => {
    expect(Parting.parse(parting)).toEqual(parting);
  });

  it.each([
    { survivor: undefined },
    { mergedAt: undefined },
    { by: undefined },
    { inseparable: undefined },
    { inseparable: { ...inseparable, events: -1 } },
    { inseparable: { ...inseparable, traits: undefined } },
    { more: 1 },
  ])('is not read with %j', (said) => {
    expect(Parting.safeParse({ ...parting, ...said }).success).toBe(false);
  });
});
