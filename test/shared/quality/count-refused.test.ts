import { expect, it } from 'vitest';
import { countRefused } from '#shared/quality/count-refused.ts';

it('counts what is kept apart from what is not wanted, each under its reason', () => {
  const viewed = { type: 'track', event: 'Viewed' };

  const counts = countRefused({ source: 'shop', at: 7 }, [
    { rejected: [{ reason: 'plan_violation', details: ['type /a', 'x@y'], event: viewed }] },
    { rejected: [], dropped: [{ reason: 'event_denied', event: { type: 'page' } }] },
  ]);

  expect(counts).toEqual([
    {
      source: 'shop',
      at: 7,
      event: 'Viewed',
      outcome: 'quarantined',
      reason: 'plan_violation',
      violations: ['type /a', '…'],
      count: 1,
    },
    { source: 'shop', at: 7, event: 'page', outcome: 'dropped', reason: 'event_denied', count: 1 },
  ]);
  expect(countRefused({ source: 'shop', at: 7 }, [{ rejected: [], dropped: [] }])).toEqual([]);
});
