import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedSourceRules, dynamoTrackingPlans } from '#functions/adapters/dynamodb/source-rules.ts';
import { dynamoSources } from '#functions/adapters/dynamodb/sources.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { admitEvents } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { collected } from '#test/support/events.ts';

let db: TestDynamoDb;
beforeEach(async () => {
  db = await startDynamoDb();
});
afterEach(() => db.close());

const catalog = () => ({ client: db.documents, tableName: 'catalog' });
const source = (more: Partial<Source> = {}): Source =>
  Source.parse({
    ...{
      id: 'shop',
      name: 'Shop',
      writeKeys: ['write-key'],
      market: 'fr',
      brand: 'main',
      legalEntity: 'Main',
    },
    ...more,
  });
const plan = (unplannedEvents: 'allow' | 'flag') =>
  TrackingPlan.parse({ id: 'p', name: 'P', unplannedEvents });
const violations = (rules: Parameters<typeof admitEvents>[1]) =>
  admitEvents([collected()], rules).events[0]?.violations;

it('are none for a source that asks nothing', async () => {
  expect(await cachedSourceRules(catalog())(source())).toBeUndefined();
});

it('are those of the plan, as it is when the source is read', async () => {
  const plans = dynamoTrackingPlans(catalog());
  await plans.put(plan('flag'));
  const rulesOf = cachedSourceRules(catalog());
  const read = source({ trackingPlan: 'p' });
  expect(violations(await rulesOf(read))).toEqual(['unplanned_event']);

  await plans.put(plan('allow'));

  expect(violations(await rulesOf(read))).toEqual(['unplanned_event']);
  expect(violations(await rulesOf({ ...read }))).toBeUndefined();
});

it('compile one version of a plan once, whichever sources have it', async () => {
  await dynamoTrackingPlans(catalog()).put(plan('flag'));
  const rulesOf = cachedSourceRules(catalog());

  const [one, other] = await Promise.all([
    rulesOf(source({ trackingPlan: 'p' })),
    rulesOf(source({ id: 'app', trackingPlan: 'p' })),
  ]);

  const again = await rulesOf(source({ trackingPlan: 'p' }));
  expect(one?.check).toBeDefined();
  expect([one?.check, other?.check]).toContain(again?.check);
});

it('let events in, flagged, where the plan is not there', async () => {
  expect(violations(await cachedSourceRules(catalog())(source({ trackingPlan: 'lost' })))).toEqual([
    'no_tracking_plan',
  ]);
});

it('are looked for again after the table could not be read', async () => {
  await dynamoTrackingPlans(catalog()).put(plan('flag'));
  let isDown = true;
  const client = new Proxy(db.documents, {
    get: (of, name) =>
      name === 'send' && isDown ? () => Promise.reject(new Error('down')) : Reflect.get(of, name, of),
  });
  const rulesOf = cachedSourceRules({ ...catalog(), client });
  const read = source({ trackingPlan: 'p' });

  await expect(rulesOf(read)).rejects.toThrow('down');
  isDown = false;

  expect(violations(await rulesOf(read))).toEqual(['unplanned_event']);
});

describe('a tracking plan', () => {
  it('stays while a source is held to it, and takes none where it is not', async () => {
    const [plans, sources] = [dynamoTrackingPlans(catalog()), dynamoSources(catalog())];
    const [held, app] = [source({ trackingPlan: 'p' }), source({ id: 'app', writeKeys: ['app-write-key'] })];
    await expect(sources.put(held)).rejects.toMatchObject({ status: 409, code: 'CHANGED_MEANWHILE' });
    await plans.put(plan('flag'));
    await sources.put(held);
    await sources.put({ ...app, trackingPlan: 'p' });
    await plans.put(plan('allow'));

    const inUse = { status: 409, code: 'TRACKING_PLAN_IN_USE' };
    await expect(plans.remove('p')).rejects.toMatchObject(inUse);
    await sources.put(source());
    await expect(plans.remove('p')).rejects.toMatchObject(inUse);
    await sources.remove('app');

    expect(await plans.remove('p')).toBe(true);
    await expect(sources.put(held)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    await plans.put(plan('flag'));
    expect(await sources.put(held)).toMatchObject({ definition: { trackingPlan: 'p' } });
  });

  it('is left for another, and may then go', async () => {
    const [plans, sources] = [dynamoTrackingPlans(catalog()), dynamoSources(catalog())];
    for (const id of ['p', 'q']) await plans.put({ ...plan('flag'), id });
    await sources.put(source({ trackingPlan: 'p' }));

    await sources.put(source({ trackingPlan: 'q', name: 'once' }));
    await sources.put(source({ trackingPlan: 'q', name: 'again' }));

    expect(await plans.remove('p')).toBe(true);
    await expect(plans.remove('q')).rejects.toMatchObject({ code: 'TRACKING_PLAN_IN_USE' });
  });

  it('is never removed and given to a source at once', async () => {
    const [plans, sources] = [dynamoTrackingPlans(catalog()), dynamoSources(catalog())];
    for (let round = 0; round < 10; round++) {
      await plans.put(plan('flag'));

      const [removed, given] = await Promise.allSettled([
        plans.remove('p'),
        sources.put(source({ trackingPlan: 'p' })),
      ]);

      expect([removed.status, given.status].sort()).toEqual(['fulfilled', 'rejected']);
      await sources.put(source());
    }
  });
});
