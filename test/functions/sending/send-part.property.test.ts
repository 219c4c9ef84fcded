import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PartPorts, sendPart } from '#functions/sending/send-part.ts';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ContactRepository } from '#shared/sending/contact-repository.ts';
import type { EmailMessage, EmailSender } from '#shared/sending/email-sender.ts';
import { type MemoryContacts, memoryContacts, mergeInMemory } from '#test/support/contacts.ts';
import { partPorts, sendJob, subscriber } from '#test/support/sending.ts';

const NAMES = ['ada', 'bob', 'cy', 'dee'] as const;
const PIDS = NAMES.map((name) => Pid.parse(name));

/** What the provider does with a call, and what its caller hears of it. */
const answer = fc.constantFrom(
  'accepted',
  'throttled',
  'rejected',
  'halted',
  'lost before it arrived',
  'lost after it arrived',
);
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

/** One child over the part: the calls it makes before it is killed, and whether it has time to wait. */
const child = fc.record({
  killedAfter: fc.option(fc.nat(25), { nil: Number.POSITIVE_INFINITY }),
  patient: fc.boolean(),
  answers: fc.array(answer, { maxLength: 5 }),
});

type Child = typeof child extends fc.Arbitrary<infer T> ? T : never;

const world = fc.record({
  /** Few addresses, so that people often share one. */
  addresses: fc.tuple(...NAMES.map(() => fc.constantFrom('x@example.com', 'y@example.com', 'z@example.com'))),
  children: fc.array(child, { minLength: 2, maxLength: 3 }),
  merges: fc.array(fc.tuple(fc.constantFrom(...PIDS), fc.constantFrom(...PIDS)), { maxLength: 2 }),
});

interface Provider {
  readonly takenOver: EmailMessage[];
}

function senderOf(answers: readonly Answer[], { takenOver }: Provider): EmailSender {
  const left = [...answers];
  const accepted = { kind: 'accepted', providerMessageId: 'm' } as const;
  return {
    async send(message) {
      switch (left.shift() ?? 'accepted') {
        case 'accepted':
          takenOver.push(message);
          return accepted;
        case 'lost after it arrived':
          takenOver.push(message);
          return { kind: 'unknown', reason: 'TimeoutError' };
        case 'lost before it arrived':
          return { kind: 'unknown', reason: 'TimeoutError' };
        case 'throttled':
          return { kind: 'throttled' };
        case 'halted':
          return { kind: 'halted', reason: 'SendingPausedException', detail: 'sending is paused' };
        default:
          return { kind: 'rejected', reason: 'MessageRejected' };
      }
    },
  };
}

/** After its last call a killed child's call has still happened; nothing of it happens later. */
function killable(calls: { left: number }) {
  return <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (calls.left <= 0) throw new Error('killed');
      calls.left -= 1;
      const result = await call(...args);
      if (calls.left <= 0) throw new Error('killed');
      return result;
    };
}

const survivorOf = (contacts: MemoryContacts, pid: Pid): Pid => {
  const found = contacts.people.get(pid);
  return found !== undefined && 'mergedInto' in found ? survivorOf(contacts, found.mergedInto) : pid;
};

/** Notes each reservation that gives one person, as they are known at that moment, a second message. */
const watched = (contacts: MemoryContacts, seconds: string[]): ContactRepository['reserve'] => {
  return async (reservation) => {
    const before = new Map(contacts.stored);
    const reserved = await contacts.reserve(reservation);
    if (reserved.kind === 'reserved') {
      const self = survivorOf(contacts, reservation.key.pid);
      for (const place of before.keys()) {
        if (survivorOf(contacts, Pid.parse(place.split(' ')[0])) === self) seconds.push(place);
      }
    }
    return reserved;
  };
};

describe('sendPart under kills, repetition and merges', () => {
  it('sends no person and no address anything twice, and ends with everybody accounted for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), world, async (scheduler, { addresses, children, merges }) => {
        const people: Person[] = NAMES.map((name, n) => subscriber(name, addresses[n]));
        const contacts = memoryContacts(people);
        const provider: Provider = { takenOver: [] };
        const seconds: string[] = [];

        const portsOf = ({ killedAfter, patient, answers }: Child): PartPorts => {
          const guard = killable({ left: killedAfter });
          const act = <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
            guard(scheduler.scheduleFunction(call));
          return partPorts(
            contacts,
            { send: act(senderOf(answers, provider).send) },
            {
              people: { findMany: act(contacts.findMany) },
              contacts: {
                reserve: act(watched(contacts, seconds)),
                find: act(contacts.find),
                advance: act(contacts.advance),
                release: act(contacts.release),
              },
              remainingMs: () => (patient ? 240_000 : 30_050),
            },
          );
        };

        const runs = children.map((one, n) =>
          sendPart(PIDS, sendJob({ attempt: `a${n}` }), portsOf(one)).catch(() => undefined),
        );
        for (const [winner, loser] of merges) {
          scheduler.schedule(Promise.resolve(), `merge ${winner} ${loser}`).then(() => {
            mergeInMemory(contacts, winner, loser);
          });
        }
        await scheduler.waitIdle();
        await Promise.all(runs);

        const report = await sendPart(
          PIDS,
          sendJob({ attempt: 'last' }),
          partPorts(contacts, senderOf([], provider)),
        );

        expect(seconds).toEqual([]);
        const sentTo = provider.takenOver.map(({ to }) => to);
        expect(new Set(sentTo).size).toBe(sentTo.length);
        const states = [...contacts.stored.values()].map(({ state }) => state);
        expect(states).not.toContain('reserved');
        for (const [place, { state }] of contacts.stored) {
          const messages = provider.takenOver.filter(({ tags }) => `${tags.pid} ${tags.contact}` === place);
          if (state === 'sent') expect(messages).toHaveLength(1);
          if (state === 'failed') expect(messages).toHaveLength(0);
        }
        expect(provider.takenOver.length).toBeGreaterThanOrEqual(
          states.filter((one) => one === 'sent').length,
        );
        const { sent, unknown, failed, excluded } = report;
        const left = Object.values(excluded).reduce((sum, n) => sum + n, 0);
        expect(sent + unknown + failed + left).toBe(PIDS.length);
        expect(sent).toBe(states.filter((state) => state === 'sent').length);
      }),
      { numRuns: 500 },
    );
  });
});
