import { describe, expect, it } from 'vitest';
import type { KeyedRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { Pid } from '#shared/events/event.ts';
import type { QualityCount } from '#shared/quality/quality-count.ts';
import { applying } from '#test/support/applying.ts';

function world() {
  const there = applying();
  const tally = batchTally();
  const apply = (records: KeyedRecords) => there.apply(records, { tally });
  const said = () =>
    tally
      .take()
      .map(({ event, outcome, reason, violations = [], count }: QualityCount) => [
        outcome,
        event,
        ...(reason === undefined ? [] : [reason]),
        ...violations,
        count,
      ]);
  return { ...there, apply, tally, said };
}

const viewed = (messageId: string) => ({ userId: 'u', event: 'Viewed', messageId });

describe('batchTally', () => {
  it('counts each message that is applied once, whatever comes with it, twice or again', async () => {
    const w = world();
    const record = w.record([viewed('1'), viewed('1'), { ...viewed('2'), event: 'Order' }]);

    await w.apply(record);
    await w.apply(record);
    await w.apply(w.record([viewed('1'), viewed('3')]));

    expect(w.said()).toEqual([
      ['accepted', 'Viewed', 1],
      ['accepted', 'Order', 1],
      ['accepted', 'Viewed', 1],
    ]);
    expect(w.said()).toEqual([]);
  });

  it('counts by source, and by when it was received', async () => {
    const w = world();
    const receivedAt = w.clock.now - 86_400_000;

    await w.apply(w.record([viewed('1')], { receivedAt, source: { id: 'till', legalEntity: 'e' } }));

    expect(w.tally.take()).toEqual([
      { source: 'till', at: receivedAt, event: 'Viewed', outcome: 'accepted', violations: [], count: 1 },
    ]);
  });

  it('counts what is kept in quarantine, under its reason', async () => {
    const w = world();

    await w.apply(w.record([{ ...viewed('1'), userId: 'null' }]));

    expect(w.said()).toEqual([['quarantined', 'Viewed', 'no_identifier', 1]]);
  });

  it('counts what is kept in quarantine once, however often its record comes', async () => {
    const w = world();
    const record = w.record([{ ...viewed('1'), userId: 'null' }, viewed('2')]);

    await w.apply(record);
    await w.apply(record);

    expect(w.said()).toEqual([
      ['quarantined', 'Viewed', 'no_identifier', 1],
      ['accepted', 'Viewed', 1],
    ]);
  });

  it('counts what is not as its plan says under all that is wrong with it', async () => {
    const w = world();
    const violations = ['required /properties/total', 'unplanned_property /properties/ada@example.com'];

    await w.apply(
      w.record([
        { ...viewed('1'), violations },
        { ...viewed('2'), violations: [] },
      ]),
    );

    expect(w.said()).toEqual([
      ['flagged', 'Viewed', 'required /properties/total', '…', 1],
      ['accepted', 'Viewed', 1],
    ]);
  });

  it('counts what comes a second time apart, and not again when it fails again', async () => {
    const w = world();

    await w.apply(w.record([viewed('1'), { ...viewed('2'), userId: 'null' }], { redrive: true }));

    expect(w.said()).toEqual([['redriven', 'Viewed', 1]]);
  });

  it('counts what comes back of a batch given up as if it came first', async () => {
    const w = world();
    const stray = { ...viewed('2'), userId: 'null' };
    const batch = { redrive: true, uncounted: true } as const;

    await w.apply(w.record([viewed('1'), stray, { ...viewed('3'), violations: ['unplanned_event'] }], batch));

    expect(w.said()).toEqual([
      ['quarantined', 'Viewed', 'no_identifier', 1],
      ['accepted', 'Viewed', 1],
      ['flagged', 'Viewed', 'unplanned_event', 1],
    ]);
    expect([...w.quarantined.values()].map(({ record }) => Object.keys(record ?? {}))).toEqual([
      ['v', 'source', 'receivedAt'],
    ]);
  });

  it('counts nothing that is our own', async () => {
    const w = world();
    await w.apply(w.record([viewed('1')]));
    w.said();
    const pid = w.ownerOf('userId#u')?.pid ?? Pid.parse('none');

    await w.apply(w.record([{ event: 'Email Opened', messageId: 'm' }], { person: { pid } }));

    expect(w.said()).toEqual([]);
  });
});
