import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ContactRepository, Reservation } from '#shared/sending/contact-repository.ts';
import type { Contact, ContactKey } from '#shared/sending/ledger.ts';
import { person } from '#test/support/person.ts';

const [ada, bob] = [Pid.parse('ada'), Pid.parse('bob')];

/** What every contact repository must do: run by each one's own test, in memory and on DynamoDB. */
export function contactRepositoryContract(
  name: string,
  create: (o: {
    people: readonly Person[];
    tombstones: readonly [from: Pid, to: Pid][];
  }) => Promise<ContactRepository>,
): void {
  describe(`${name} keeps the contact repository's contract`, () => {
    let run = 0;
    let contacts: ContactRepository;
    beforeEach(async () => {
      run += 1;
      const versioned = (pid: string) => person(pid, { activity: { version: 4, profileVersion: 3 } });
      contacts = await create({
        people: [versioned('ada'), versioned('bob')],
        tombstones: [[Pid.parse('old'), ada]],
      });
    });

    const contact = (changes: Partial<Contact> = {}): Contact => ({
      run: `r${run}`,
      campaign: 'spring',
      channel: 'email',
      purpose: 'marketing',
      address: 'ada@example.com',
      member: ada,
      attempt: 'first',
      state: 'reserved',
      reservedAt: 1,
      ...changes,
    });
    const keyOf = (pid: Pid): ContactKey => ({ pid, id: `c-r${run}` });
    const reservation = (changes: Partial<Reservation> = {}): Reservation => ({
      key: keyOf(ada),
      contact: contact(),
      profileVersion: 3,
      absorbed: [],
      address: { run: `r${run}`, hash: 'h', expiresAt: 2_000_000_000 },
      ...changes,
    });
    const held = () => ({ attempt: 'first', address: reservation().address });

    it('finds nothing before a reservation, and the contact after it', async () => {
      expect(await contacts.find([keyOf(ada), keyOf(bob)])).toEqual([]);

      expect(await contacts.reserve(reservation())).toEqual({ kind: 'reserved' });

      expect(await contacts.find([keyOf(bob), keyOf(ada)])).toEqual([
        { key: keyOf(ada), contact: contact() },
      ]);
    });

    it('shows a second reservation the first', async () => {
      await contacts.reserve(reservation());

      const second = await contacts.reserve(reservation({ contact: contact({ attempt: 'second' }) }));

      expect(second).toEqual({
        kind: 'contacted',
        contacts: [{ key: keyOf(ada), contact: contact() }],
      });
    });

    it('shows a survivor the contact of whom they absorbed', async () => {
      await contacts.reserve(reservation({ key: keyOf(bob), contact: contact({ member: bob }) }));
      const address = { ...reservation().address, hash: 'another' };

      const second = await contacts.reserve(reservation({ address, absorbed: [keyOf(bob)] }));

      expect(second).toEqual({
        kind: 'contacted',
        contacts: [{ key: keyOf(bob), contact: contact({ member: bob }) }],
      });
      expect(await contacts.find([keyOf(ada)])).toEqual([]);
    });

    it('holds an address once a run, and reserves nothing for the second', async () => {
      await contacts.reserve(reservation());

      expect(await contacts.reserve(reservation({ key: keyOf(bob) }))).toEqual({ kind: 'address_taken' });
      expect(await contacts.find([keyOf(bob)])).toEqual([]);

      const otherRun = { ...reservation().address, run: `r${run}-other` };
      expect(await contacts.reserve(reservation({ key: keyOf(bob), address: otherRun }))).toEqual({
        kind: 'reserved',
      });
    });

    it.each([
      { name: 'was written since', changes: { profileVersion: 2 } },
      { name: 'was absorbed since', changes: { key: { pid: Pid.parse('old'), id: 'c' } } },
      { name: 'was never stored', changes: { key: { pid: Pid.parse('nobody'), id: 'c' } } },
    ])('reserves nothing for a person who $name', async ({ changes }) => {
      expect(await contacts.reserve(reservation(changes))).toEqual({ kind: 'person_changed' });
      expect(await contacts.reserve(reservation())).toEqual({ kind: 'reserved' });
    });

    it('adds what is news, and nothing that knows less', async () => {
      await contacts.reserve(reservation());

      await contacts.advance(keyOf(ada), { state: 'unknown', reason: 'interrupted' });
      await contacts.advance(keyOf(ada), { state: 'sent', sentAt: 9, providerMessageId: 'm' });
      await contacts.advance(keyOf(ada), { state: 'failed', reason: 'late' });
      await contacts.advance(keyOf(ada), { state: 'unknown', reason: 'later' });

      expect((await contacts.find([keyOf(ada)]))[0]?.contact).toEqual(
        contact({ state: 'sent', sentAt: 9, providerMessageId: 'm', reason: 'interrupted' }),
      );
    });

    it('makes no contact out of news alone', async () => {
      await contacts.advance(keyOf(ada), { state: 'sent', sentAt: 9 });

      expect(await contacts.find([keyOf(ada)])).toEqual([]);
    });

    it('releases contact and address together', async () => {
      await contacts.reserve(reservation());

      expect(await contacts.release(keyOf(ada), held())).toBe('released');

      expect(await contacts.find([keyOf(ada)])).toEqual([]);
      expect(await contacts.reserve(reservation({ key: keyOf(bob) }))).toEqual({ kind: 'reserved' });
    });

    it.each([
      { name: 'that another attempt made', attempt: 'second', doubted: false },
      { name: 'that has been doubted', attempt: 'first', doubted: true },
    ])('releases no reservation $name', async ({ attempt, doubted }) => {
      await contacts.reserve(reservation());
      if (doubted) await contacts.advance(keyOf(ada), { state: 'unknown' });

      expect(await contacts.release(keyOf(ada), { ...held(), attempt })).toBe('lost');

      expect(await contacts.find([keyOf(ada)])).toHaveLength(1);
      expect(await contacts.reserve(reservation({ key: keyOf(bob) }))).toEqual({ kind: 'address_taken' });
    });
  });
}
