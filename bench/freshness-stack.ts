import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { adminClient } from '#demo/admin-client.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { synthesize } from '#test/support/assembly.ts';
import { busListener } from '#test/support/bus-listener.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

/** What is heard on the bus, with when, by the clock of the stack. */
const CODE = `export const handler = async ({ 'detail-type': type, detail: { pid, segment, at } }) => {
  console.log(JSON.stringify({ type, pid, segment, at: Date.parse(at), heardAt: Date.now() }));
};`;

const News = z.object({
  type: z.string(),
  pid: z.string(),
  segment: z.string(),
  at: z.number(),
  heardAt: z.number(),
});
type News = z.infer<typeof News>;

/** How long after its cause a person was written as in a segment or out of it, and how long until it was told. */
export interface Delays {
  readonly written: readonly number[];
  readonly told: readonly number[];
}

const DAY = 86_400_000;

/** The running stack, by whose clock causes and effects are compared. */
export async function startFreshnessStack() {
  const edit = { ...busListener, code: { 'listener.zip': CODE } };
  const stack = await startFreshStack(await synthesize(), edit, { hasMovableClock: true });
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/segments/recent', {
    name: 'Ordered within thirty days',
    condition: { event: { name: 'Order Completed', within: '30d' } },
  });
  let ahead = 0;

  async function send(events: readonly { readonly userId: string; readonly at: number }[]): Promise<void> {
    const batch = events.map(({ userId, at }) => ({
      ...{ type: 'track', event: 'Order Completed', userId, messageId: userId },
      timestamp: new Date(at).toISOString(),
    }));
    const answer = await fetch(`${stack.urls.collect}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${LOCAL_WRITE_KEY}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch, sentAt: new Date(Date.now() + ahead).toISOString() }),
    });
    if (!answer.ok) throw new Error(`answered with ${answer.status}`);
  }

  return {
    /** Events of so many new people, one after the other at this rate: each enters a segment by it. */
    async events(count: number, aSecond: number): Promise<Delays> {
      // a stack that has just begun is no stack that runs
      await send(Array.from({ length: 200 }, (_, n) => ({ userId: `first-${n}`, at: Date.now() })));
      await untilConsumed(stack);
      const before = newsOf(stack).length;
      const startedAt = Date.now();
      const sentAt = new Map<string, number>();
      const sending: Promise<void>[] = [];
      for (let n = 0; n < count; n++) {
        await pause(Math.max(0, startedAt + (n * 1000) / aSecond - Date.now()));
        const at = Date.now();
        sentAt.set(`event-${n}`, at);
        sending.push(send([{ userId: `event-${n}`, at }]));
      }
      await Promise.all(sending);
      const news = await heard(stack, { type: 'Segment Entered', count, from: before });
      return delays(news, await causes(stack, sentAt));
    },

    /** So many people whose thirty days end in one minute. */
    async deadlines(count: number): Promise<Delays> {
      const base = Date.now() - DAY;
      const lastAt = new Map<string, number>();
      for (let from = 0; from < count; from += 250) {
        const people = Array.from({ length: Math.min(250, count - from) }, (_, n) => ({
          userId: `due-${from + n}`,
          at: base + Math.floor(((from + n) / count) * 60_000),
        }));
        for (const { userId, at } of people) lastAt.set(userId, at);
        await send(people);
      }
      await untilConsumed(stack);
      const before = newsOf(stack).length;
      ahead = (await stack.moveClock(base + 30 * DAY - 15_000 - Date.now())) - Date.now();
      const news = await heard(stack, { type: 'Segment Exited', count, from: before });
      const last = await causes(stack, lastAt);
      return delays(news, new Map([...last].map(([pid, at]) => [pid, at + 30 * DAY])));
    },
    close: stack.stop,
  };
}

const newsOf = (stack: StackProcess): readonly News[] =>
  stack
    .functionLog('Listener')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => News.parse(JSON.parse(line)));

/** Waits until so many are told of. */
async function heard(
  stack: StackProcess,
  { type, count, from = 0 }: { readonly type: string; readonly count: number; readonly from?: number },
): Promise<readonly News[]> {
  for (let waited = 0; waited < 300; waited++) {
    const news = newsOf(stack)
      .slice(from)
      .filter((one) => one.type === type);
    if (news.length >= count) return news;
    await pause(1_000);
  }
  throw new Error(`not all ${count} were told of`);
}

/** By pid, when what was to move them happened. */
async function causes(
  stack: StackProcess,
  times: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const people = await storedPeople(stack);
  return new Map(
    people.flatMap(({ pid, profile }) =>
      Object.keys(profile.identifiers).flatMap((key) => {
        const at = times.get(key.replace(/^userId#/, ''));
        return at === undefined ? [] : [[pid, at] as const];
      }),
    ),
  );
}

function delays(news: readonly News[], causes: ReadonlyMap<string, number>): Delays {
  const theirs = news.flatMap((one) => {
    const cause = causes.get(one.pid);
    return cause === undefined ? [] : [{ written: one.at - cause, told: one.heardAt - cause }];
  });
  if (theirs.length < causes.size) throw new Error('somebody was not told of');
  return { written: theirs.map(({ written }) => written), told: theirs.map(({ told }) => told) };
}
