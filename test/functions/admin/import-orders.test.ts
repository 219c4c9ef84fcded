import { expect, it } from 'vitest';
import { IMPORT_ORDERS } from '#functions/admin/import-orders.ts';

const dropped = (key: string, more: object = {}) => ({
  version: '0',
  source: 'aws.s3',
  detail: { version: '0', bucket: { name: 'b' }, object: { key, size: 3 }, reason: 'PutObject' },
  ...more,
});

it.each([
  ['imports/contacts/a b.csv', { definitionId: 'contacts', dryRun: false }],
  ['dry-runs/contacts/2026/a.csv', { definitionId: 'contacts', dryRun: true }],
  ['imports/a.csv', { definitionId: '', dryRun: false }],
  ['imports/No Import!/a.csv', { definitionId: '', dryRun: false }],
])('reads what EventBridge tells of %s', (key, expected) => {
  expect(IMPORT_ORDERS.read(dropped(key))).toEqual({ bucket: 'b', key, ...expected });
});

it.each([true, false])(
  'reads what it wrote, which says itself whether the file is only tried: %j',
  (dryRun) => {
    const order = { definitionId: 'contacts', bucket: 'b', key: 'dry-runs/contacts/a.csv', dryRun };

    expect(IMPORT_ORDERS.read(IMPORT_ORDERS.write(order))).toEqual(order);
  },
);
