import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LifecycleSettings } from '#shared/segments/lifecycle.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person } from '#test/support/person.ts';

afterEach(() => vi.restoreAllMocks());

const PATH = '/v1/lifecycle/settings';
const DEFAULT = LifecycleSettings.parse({});
const TWO = {
  stages: [
    { id: 'customer', name: 'Customer', condition: { event: { name: 'Order Completed' } } },
    { id: 'prospect', name: 'Prospect' },
  ],
};

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const put = (body: unknown = {}, claims: Record<string, string> = ADMIN) =>
  api.call('PUT', PATH, { body, claims });

describe('the life cycle', () => {
  it('begins when somebody puts it, with the stages of the code where none are given', async () => {
    expect(await api.call('GET', PATH)).toEqual({ status: 200, body: { settings: DEFAULT, version: 0 } });
    expect(await put()).toMatchObject({ status: 200, body: { settings: DEFAULT, version: 1 } });
    expect(await put(TWO)).toMatchObject({ body: { settings: TWO, version: 2 } });
    expect(await api.call('GET', PATH)).toMatchObject({ body: { settings: TWO, version: 2 } });
  });

  it('is changed by admins who are for every market and brand', async () => {
    expect(await put({}, { ...ADMIN, 'cognito:groups': '[marketer]' })).toMatchObject({ status: 403 });
    for (const name of ['custom:market', 'custom:brand']) {
      expect(await put({}, { ...ADMIN, [name]: 'x' })).toMatchObject({ body: { code: 'OUT_OF_SCOPE' } });
    }
  });

  it('refuses what is no life cycle', async () => {
    expect(await put({ stages: [TWO.stages[1]] })).toMatchObject({
      status: 400,
      body: { details: expect.arrayContaining([expect.objectContaining({ path: 'body.stages' })]) },
    });
  });

  it('asks for computed traits that there are, which stay as long as it does', async () => {
    const computed = { name: 'orders', atLeast: 2 };
    const stages = [{ id: 'loyal', name: 'Loyal', condition: { computed } }, TWO.stages[1]];
    const trait = { name: 'Orders', event: 'Order Completed', function: 'count' };

    expect(await put({ stages })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'body.stages[0].condition' }] },
    });
    await api.call('PUT', '/v1/computed-traits/orders', { body: trait });
    expect(await put({ stages })).toMatchObject({ status: 200 });
    expect(await api.call('DELETE', '/v1/computed-traits/orders')).toMatchObject({
      status: 409,
      body: { code: 'COMPUTED_TRAIT_IN_USE' },
    });
  });

  it('lets segments ask for its stages, which stay as long as one does', async () => {
    const body = { name: 'Loyal', condition: { segment: { id: 'lifecycle-customer' } } };

    expect(await api.call('PUT', '/v1/segments/loyal', { body })).toMatchObject({ status: 400 });
    await put(TWO);
    expect(await api.call('PUT', '/v1/segments/loyal', { body })).toMatchObject({ status: 200 });
    expect(await put()).toMatchObject({ status: 409, body: { code: 'SEGMENT_IN_USE' } });
  });

  it('shows the stage of a person, and why, to whoever may see the person', async () => {
    await put(TWO);
    const french = { ...ADMIN, 'custom:market': 'fr' };
    await api.store(
      person('p1', {
        profile: { market: { value: 'fr', at: 1, id: 'm' } },
        activity: {
          segments: { 'lifecycle-customer': 7 },
          events: { 'Order Completed': { count: 1, first: 7, last: 7 } },
        },
      }),
    );

    expect(await api.call('GET', '/v1/profiles/pid:p1', { claims: french })).toMatchObject({
      body: { lifecycle: { stage: 'customer', name: 'Customer', since: '1970-01-01T00:00:00.007Z' } },
    });
    const why = '/v1/profiles/pid:p1/segments/lifecycle-prospect/why';
    expect(await api.call('GET', why, { claims: french })).toMatchObject({
      status: 200,
      body: {
        segment: 'lifecycle-prospect',
        name: 'Prospect',
        holds: false,
        because: ['“Order Completed” happened: yes, it happened 1 time, last on 1 Jan 1970, 00:00'],
      },
    });
  });

  it('shows no stage before there are stages, or before anybody looked', async () => {
    await api.store(person('p1', { activity: { segments: { 'lifecycle-customer': 7 } } }));
    await api.store(person('p2'));

    expect(await api.call('GET', '/v1/profiles/pid:p1')).toMatchObject({
      body: expect.not.objectContaining({ lifecycle: expect.anything() }),
    });
    await put(TWO);
    expect(await api.call('GET', '/v1/profiles/pid:p2')).toMatchObject({
      body: expect.not.objectContaining({ lifecycle: expect.anything() }),
    });
  });

  it('has stages that are listed and counted as segments are, and that exports may be for', async () => {
    await put(TWO);
    await api.rows.enter({ segment: 'lifecycle-customer', pid: person('p1').pid, n: 1, at: 1 });
    const body = { name: 'Customers', segment: 'lifecycle-customer', columns: ['pid'] };

    expect(await api.call('GET', '/v1/segments/lifecycle-customer/size')).toMatchObject({
      body: { size: 1 },
    });
    expect(await api.call('GET', '/v1/segments/lifecycle-gone/size')).toMatchObject({ status: 404 });
    expect(await api.call('PUT', '/v1/exports/customers', { body })).toMatchObject({ status: 200 });
    expect(
      await api.call('PUT', '/v1/exports/gone', { body: { ...body, segment: 'lifecycle-gone' } }),
    ).toMatchObject({ status: 400 });
  });

  it('keeps a stage that an export is for', async () => {
    await put(TWO);
    await api.call('PUT', '/v1/exports/customers', {
      body: { name: 'Customers', segment: 'lifecycle-customer', columns: ['pid'] },
    });

    expect(await put()).toMatchObject({ status: 409, body: { code: 'SEGMENT_IN_USE' } });
    expect(await put({ stages: [TWO.stages[0], { id: 'other', name: 'Other' }] })).toMatchObject({
      status: 200,
    });
  });

  it('keeps the ids of its stages from segments', async () => {
    const body = { name: 'New', condition: TWO.stages[0]?.condition };

    expect(await api.call('PUT', '/v1/segments/lifecycle-new', { body })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'parameters.id' }] },
    });
    expect(await api.call('PUT', '/v1/segments/lifecycle', { body })).toMatchObject({ status: 200 });
  });
});
