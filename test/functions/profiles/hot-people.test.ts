import { describe, expect, it } from 'vitest';
import { HOT_EVENTS, hotPeople } from '#functions/profiles/hot-people.ts';
import { Pid } from '#shared/events/event.ts';
import { applying } from '#test/support/applying.ts';

const [ada, bob] = [Pid.parse('ada'), Pid.parse('bob')];

describe('hotPeople', () => {
  it('tells once a minute of somebody who gets very many events', () => {
    const clock = { now: 60_000 };
    const becomesHot = hotPeople(() => clock.now);

    expect(becomesHot(ada, HOT_EVENTS - 1)).toBe(false);
    expect(becomesHot(bob, 1)).toBe(false);
    expect(becomesHot(ada, 1)).toBe(true);
    expect(becomesHot(ada, HOT_EVENTS)).toBe(false);

    clock.now += 60_000;
    expect(becomesHot(ada, HOT_EVENTS - 1)).toBe(false);
    expect(becomesHot(ada, 2)).toBe(true);
  });

  it('is counted of whoever events are applied to', async () => {
    const there = applying();
    const said = Array.from({ length: HOT_EVENTS }, (_, n) => ({ userId: 'bot', messageId: `m${n}` }));
    const becomesHot = hotPeople(() => there.clock.now);

    const few = await there.apply(there.record([{ userId: 'ada', messageId: 'a' }]), { becomesHot });
    const many = await there.apply(there.record(said), { becomesHot });

    expect([few.hot, many.hot]).toEqual([0, 1]);
  });
});
