import { describe, expect, it } from 'vitest';
import { type CustomerRecord, customerRecords } from '#bench/duplicates.ts';
import { NOISES, type Noise } from '#bench/mistakes.ts';
import { normalIdentifier } from '#shared/identity/normal-form.ts';

const records = customerRecords({ people: 600 });

/** The first value that each person wrote as they would, and what was written of them with a certain noise. */
function beside(field: 'email' | 'phone', noise: Noise) {
  const own = new Map<number, string>();
  for (const record of records) {
    const written = record[field];
    if (written?.noise === 'same') own.set(record.person, written.text);
  }
  return records.flatMap((record) => {
    const [clean, written] = [own.get(record.person), record[field]];
    return clean !== undefined && written?.noise === noise ? [{ clean, text: written.text }] : [];
  });
}

const normal = (field: 'email' | 'phone', text: string) =>
  normalIdentifier(field, text, { country: 'FR' })?.value;

describe('the records of customers', () => {
  it('are the same each time, and others for another seed', () => {
    expect(customerRecords({ people: 50 })).toEqual(customerRecords({ people: 50 }));
    expect(customerRecords({ people: 50, seed: 2 })).not.toEqual(customerRecords({ people: 50 }));
  });

  it('each name somebody, and most people have several', () => {
    const named = ({ userId, loyaltyCard, email, phone }: CustomerRecord) =>
      [userId, loyaltyCard, email, phone].some((value) => value !== undefined);
    const counts = [...Map.groupBy(records, ({ person }) => person).values()].map(({ length }) => length);

    expect(records.every(named)).toBe(true);
    expect(counts.filter((count) => count > 1).length).toBeGreaterThan(counts.length / 2);
  });

  it('hold every kind of mistake and change', () => {
    const noises = (field: 'email' | 'phone') => new Set(records.map((record) => record[field]?.noise));

    expect(noises('email')).toEqual(new Set([...NOISES, undefined]));
    expect(noises('phone')).toEqual(new Set([...NOISES.filter((noise) => noise !== 'provider'), undefined]));
  });

  it.each(['email', 'phone'] as const)('write the %s in other forms of the same value', (field) => {
    const written = beside(field, 'form');

    expect(written.length).toBeGreaterThan(10);
    for (const { clean, text } of written) {
      expect(text).not.toBe(clean);
      expect(normal(field, text)).toBe(normal(field, clean));
    }
  });

  it.each([
    ['email', 'typo'],
    ['email', 'changed'],
    ['email', 'shared'],
    ['email', 'provider'],
    ['phone', 'typo'],
    ['phone', 'changed'],
    ['phone', 'shared'],
  ] as const)('write another %s where the noise is %s', (field, noise) => {
    const written = beside(field, noise);

    expect(written.length).toBeGreaterThan(0);
    for (const { clean, text } of written) expect(normal(field, text)).not.toBe(normal(field, clean));
  });

  it('share nothing between people but what a household shares', () => {
    const owners = new Map<string, number>();
    for (const { person, email, userId } of records) {
      const written = email?.noise === 'same' || email?.noise === 'changed' ? [email.text.toLowerCase()] : [];
      for (const value of [...written, ...(userId === undefined ? [] : [userId])]) {
        expect(owners.get(value) ?? person).toBe(person);
        owners.set(value, person);
      }
    }
  });
});
