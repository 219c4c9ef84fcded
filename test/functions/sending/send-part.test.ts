import { describe, expect, it } from 'vitest';
import { sendPart } from '#functions/sending/send-part.ts';
import { Pid } from '#shared/events/event.ts';
import type { SendResult } from '#shared/sending/email-sender.ts';
import { type MemoryContacts, memoryContacts, mergeInMemory } from '#test/support/contacts.ts';
import { person } from '#test/support/person.ts';
import { campaign, memorySender, partPorts, sendJob, subscriber } from '#test/support/sending.ts';

const pids = (...names: string[]) => names.map((name) => Pid.parse(name));
const contactsOf = (contacts: MemoryContacts) => [...contacts.stored.values()];

describe('sendPart', () => {
  it('writes to those who may be, and says why it left the others out', async () => {
    const contacts = memoryContacts([subscriber('ada'), person('bob'), subscriber('cy', 'ada@example.com')]);
    const sender = memorySender();

    const report = await sendPart(pids('ada', 'bob', 'cy', 'nobody'), sendJob(), partPorts(contacts, sender));

    expect(report).toEqual({
      sent: 1,
      unknown: 0,
      failed: 0,
      excluded: { no_consent: 1, duplicate_address: 1, no_such_person: 1 },
    });
    expect(sender.handedOver.map(({ to }) => to)).toEqual(['ada@example.com']);
    expect(contactsOf(contacts)).toMatchObject([
      { state: 'sent', member: 'ada', sentAt: 1_000, providerMessageId: 'm0', campaign: 'spring' },
    ]);
  });

  it('of a campaign of one market writes to the people of no other', async () => {
    const german = subscriber('bob');
    const contacts = memoryContacts([
      subscriber('ada'),
      { ...german, profile: { ...german.profile, market: { value: 'de', at: 1, id: 'm' } } },
    ]);
    const sender = memorySender();
    const job = sendJob({ campaign: campaign({ market: 'de' }) });

    const report = await sendPart(pids('ada', 'bob'), job, partPorts(contacts, sender));

    expect(report).toMatchObject({ sent: 1, excluded: { other_market: 1 } });
    expect(sender.handedOver.map(({ to }) => to)).toEqual(['bob@example.com']);
  });

  it('repeated, says the same again and sends nothing', async () => {
    const contacts = memoryContacts([subscriber('ada'), subscriber('bob')]);
    const sender = memorySender();
    const first = await sendPart(pids('ada', 'bob'), sendJob(), partPorts(contacts, sender));

    const second = await sendPart(
      pids('ada', 'bob'),
      sendJob({ attempt: 'a2' }),
      partPorts(contacts, sender),
    );

    expect(second).toEqual(first);
    expect(sender.handedOver).toHaveLength(2);
  });

  it('sends to the same people in another run', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    await sendPart(pids('ada'), sendJob(), partPorts(contacts, sender));

    await sendPart(pids('ada'), sendJob({ run: 'run-2' }), partPorts(contacts, sender));

    expect(sender.handedOver).toHaveLength(2);
  });

  it.each<{ name: string; answer: SendResult; state: string; counted: object }>([
    {
      name: 'a refusal is a failure',
      answer: { kind: 'rejected', reason: 'MessageRejected' },
      state: 'failed',
      counted: { failed: 1 },
    },
    {
      name: 'no clear answer is unknown',
      answer: { kind: 'unknown', reason: 'TimeoutError' },
      state: 'unknown',
      counted: { unknown: 1 },
    },
  ])('$name, kept with its reason and not tried again', async ({ answer, state, counted }) => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    sender.answers.push(answer);

    const report = await sendPart(pids('ada'), sendJob(), partPorts(contacts, sender));
    const again = await sendPart(pids('ada'), sendJob({ attempt: 'a2' }), partPorts(contacts, sender));

    expect(report).toEqual({ sent: 0, unknown: 0, failed: 0, excluded: {}, ...counted });
    expect(again).toEqual(report);
    expect(contactsOf(contacts)).toMatchObject([{ state, reason: 'reason' in answer ? answer.reason : '' }]);
  });

  it('tries a throttled message again', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    sender.answers.push({ kind: 'throttled' }, { kind: 'throttled' });
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);

    const report = await sendPart(pids('ada'), sendJob(), partPorts(contacts, sender, { sleep }));

    expect(report.sent).toBe(1);
    expect(waits).toEqual([100, 200]);
  });

  it('takes the reservation back when there is no time left to wait, so that a retry sends', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    sender.answers.push({ kind: 'throttled' });
    const late = partPorts(contacts, sender, { remainingMs: () => 30_050 });

    await expect(sendPart(pids('ada'), sendJob(), late)).rejects.toMatchObject({ code: 'SENDING_HELD_UP' });
    expect(contactsOf(contacts)).toEqual([]);

    const report = await sendPart(pids('ada'), sendJob({ attempt: 'a2' }), partPorts(contacts, sender));
    expect(report.sent).toBe(1);
    expect(sender.handedOver).toHaveLength(1);
  });

  it('stops at once, and burns nobody, when the account may not send', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    const detail = 'User: SendChunk is not authorized to perform: ses:SendEmail on resource: arn:aws:ses:…';
    sender.answers.push({ kind: 'halted', reason: 'AccessDeniedException', detail });

    await expect(sendPart(pids('ada'), sendJob(), partPorts(contacts, sender))).rejects.toMatchObject({
      code: 'SENDING_HALTED',
      retryable: false,
      message: expect.stringContaining(`AccessDeniedException: ${detail}`),
    });
    expect(contactsOf(contacts)).toEqual([]);
  });

  it('begins with nobody when time is nearly up', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    const late = partPorts(contacts, sender, { remainingMs: () => 29_000 });

    await expect(sendPart(pids('ada'), sendJob(), late)).rejects.toMatchObject({
      code: 'PART_UNFINISHED',
      retryable: true,
    });
    expect(sender.handedOver).toEqual([]);
  });

  it('calls unknown what another attempt began, and does not send it', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const sender = memorySender();
    const killed = partPorts(contacts, { send: () => Promise.reject(new Error('killed')) });
    await expect(sendPart(pids('ada'), sendJob(), killed)).rejects.toThrow('killed');

    const report = await sendPart(pids('ada'), sendJob({ attempt: 'a2' }), partPorts(contacts, sender));

    expect(report).toEqual({ sent: 0, unknown: 1, failed: 0, excluded: {} });
    expect(sender.handedOver).toEqual([]);
    expect(contactsOf(contacts)).toMatchObject([{ state: 'unknown', reason: 'interrupted' }]);
  });

  it('counts as sent what feedback proves to have gone out', async () => {
    const contacts = memoryContacts([subscriber('ada')]);
    const killed = partPorts(contacts, { send: () => Promise.reject(new Error('killed')) });
    await expect(sendPart(pids('ada'), sendJob(), killed)).rejects.toThrow('killed');
    for (const [place, contact] of contacts.stored) contacts.stored.set(place, { ...contact, delivered: 5 });

    const report = await sendPart(
      pids('ada'),
      sendJob({ attempt: 'a2' }),
      partPorts(contacts, memorySender()),
    );

    expect(report.sent).toBe(1);
  });

  it('counts as sent whoever unsubscribed between two attempts', async () => {
    const ada = subscriber('ada');
    const contacts = memoryContacts([ada]);
    const sender = memorySender();
    await sendPart(pids('ada'), sendJob(), partPorts(contacts, sender));
    contacts.people.set(ada.pid, { ...ada, profile: { ...ada.profile, consents: {} } });

    const report = await sendPart(pids('ada'), sendJob({ attempt: 'a2' }), partPorts(contacts, sender));

    expect(report).toEqual({ sent: 1, unknown: 0, failed: 0, excluded: {} });
  });

  it.each([
    { name: 'the survivor', first: 'ada', second: 'bob' },
    { name: 'the one absorbed', first: 'bob', second: 'ada' },
  ])('writes once to two who became one after $name was written to', async ({ first, second }) => {
    const [ada, bob] = [subscriber('ada'), subscriber('bob')];
    const contacts = memoryContacts([ada, bob]);
    const sender = memorySender();
    await sendPart(pids(first), sendJob(), partPorts(contacts, sender));
    mergeInMemory(contacts, ada.pid, bob.pid);

    const report = await sendPart(pids(second), sendJob({ attempt: 'a2' }), partPorts(contacts, sender));

    expect(report.excluded).toEqual({ duplicate_person: 1 });
    expect(sender.handedOver).toHaveLength(1);
  });

  it('judges anew whoever said no after they were read', async () => {
    const ada = subscriber('ada');
    const contacts = memoryContacts([ada]);
    const sender = memorySender();
    const ports = partPorts(contacts, sender, {
      unsubscribeUrl: async () => {
        const profile = { ...ada.profile, consents: {} };
        contacts.people.set(ada.pid, { ...ada, profile, activity: { ...ada.activity, profileVersion: 2 } });
        return 'https://collect.test/u/x';
      },
    });

    const report = await sendPart(pids('ada'), sendJob(), ports);

    expect(report.excluded).toEqual({ no_consent: 1 });
    expect(sender.handedOver).toEqual([]);
  });

  it('leaves out whose data takes the templates out of bounds, and goes on', async () => {
    const html = '{% for i in (1..traits.n) %}xxxxxxxxxx{% endfor %}';
    const greedy = subscriber('ada');
    const stamp = { at: 1, id: 'i', source: 's', messageId: 'm' };
    const contacts = memoryContacts([
      { ...greedy, profile: { ...greedy.profile, traits: { n: { value: 900_000, ...stamp } } } },
      subscriber('bob'),
    ]);

    const report = await sendPart(
      pids('ada', 'bob'),
      sendJob({ campaign: campaign({ html }) }),
      partPorts(contacts, memorySender()),
    );

    expect(report).toMatchObject({ sent: 1, excluded: { not_rendered: 1 } });
  });
});
