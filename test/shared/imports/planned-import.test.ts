import { describe, expect, it } from 'vitest';
import { addSummaries } from '#shared/imports/planned-import.ts';

describe('addSummaries', () => {
  it('adds counts, and reasons in the order of their names', () => {
    const parts = [
      {
        part: 2,
        rows: 5,
        accepted: 2,
        rejected: 2,
        flagged: 1,
        dropped: 1,
        rejectedFor: { bad_email: 2 },
        droppedFor: { event_denied: 1 },
      },
      {
        part: 1,
        rows: 3,
        accepted: 1,
        rejected: 2,
        flagged: 0,
        dropped: 0,
        rejectedFor: { bad_email: 1, bad_date: 1 },
        droppedFor: {},
      },
    ];

    const sums = addSummaries(parts);

    expect(sums).toEqual({
      rows: 8,
      accepted: 3,
      rejected: 4,
      flagged: 1,
      dropped: 1,
      rejectedFor: { bad_date: 1, bad_email: 3 },
      droppedFor: { event_denied: 1 },
    });
    expect(Object.keys(sums.rejectedFor)).toEqual(['bad_date', 'bad_email']);
    expect(addSummaries(parts.toReversed())).toEqual(sums);
  });
});
