import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventBridgeAnnouncer } from '#functions/adapters/eventbridge/announcer.ts';
import { Pid } from '#shared/events/event.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Announcement } from '#shared/segments/announcement.ts';

const bridge = mockClient(EventBridgeClient);
const announcer = eventBridgeAnnouncer({ client: new EventBridgeClient(), busName: 'bus', pauseMs: () => 0 });
const news = (segment: string): Announcement => ({
  kind: 'Segment Entered',
  id: `ada#1#${segment}`,
  pid: Pid.parse('ada'),
  segment,
  at: 1_795_000_000_000,
});
const sent = () =>
  bridge
    .commandCalls(PutEventsCommand)
    .map(({ args: [{ input }] }) => input.Entries?.map(({ Detail = '{}' }) => JSON.parse(Detail).segment));

beforeEach(() => {
  bridge.reset();
});

const accepting = (count: number) => Array.from({ length: count }, (_, n) => ({ EventId: String(n) }));

describe('eventBridgeAnnouncer', () => {
  it('puts what happened on the bus', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: accepting(1) });

    await announcer.announce([news('vip')]);

    expect(bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'bus',
        Source: 'tributary',
        DetailType: 'Segment Entered',
        Time: new Date(1_795_000_000_000),
        Detail: '{"id":"ada#1#vip","pid":"ada","segment":"vip","at":"2026-11-18T11:06:40.000Z"}',
      },
    ]);
  });

  it('sends nothing for nothing, and ten at most at a time', async () => {
    bridge.on(PutEventsCommand).callsFake(({ Entries }) => ({ Entries: accepting(Entries.length) }));

    await announcer.announce([]);
    await announcer.announce(Array.from({ length: 12 }, (_, n) => news(`s${n}`)));

    expect(sent().map((entries) => entries?.length)).toEqual([10, 2]);
  });

  it('sends again only what was refused', async () => {
    bridge
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }, { EventId: '3' }] })
      .resolves({ Entries: accepting(1) });

    await announcer.announce([news('a'), news('b'), news('c')]);

    expect(sent()).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it('gives up, for the stream to bring it again, when the bus goes on refusing', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'InternalFailure' }] });

    await expect(announcer.announce([news('a')])).rejects.toThrow(UnavailableError);
    expect(sent()).toHaveLength(5);
  });
});
