import { type IdentityRules, identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import { type CustomerRecord, customerRecords } from './duplicates.ts';
import { memoryRiver } from './memory-river.ts';
import { NOISES, type Noise } from './mistakes.ts';
import { type Pairwise, pairwise } from './pairwise.ts';

type Field = 'userId' | 'loyaltyCard' | 'email' | 'phone';
const FIELDS: readonly Field[] = ['userId', 'loyaltyCard', 'email', 'phone'];

/** Settings that are compared, each on all that was written down. */
const SETTINGS = {
  identity: {},
  email_contact_only: { contactOnly: ['email'] },
  phone_contact_only: { contactOnly: ['phone'] },
  contact_only: { contactOnly: ['email', 'phone'] },
} as const;

/** How well do deterministic keys put a retailer's records together, and what do they leave apart? */
export async function answer(
  print: (line: string) => void,
  scale: number,
): Promise<Readonly<Record<string, number>>> {
  const records = customerRecords({ people: Math.round(3_000 * scale) });
  const people = new Set(records.map(({ person }) => person)).size;
  print(`${records.length} records of ${people} people\n`);
  const figures: Record<string, number> = { records: records.length, people };
  const keep = (name: string, { precision, recall, f1 }: Pairwise): void => {
    Object.assign(figures, {
      [`${name}_precision`]: precision,
      [`${name}_recall`]: recall,
      [`${name}_f1`]: f1,
    });
    print(`| ${name} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${f1.toFixed(3)} |`);
  };

  print('| | precision | recall | F1 |\n|---|---:|---:|---:|');
  for (const field of FIELDS) keep(field, pairwise(grouped(records.map((record) => only(record, [field])))));
  for (const [name, settings] of Object.entries(SETTINGS)) {
    keep(name, pairwise(grouped(records, identityRules(IdentitySettings.parse(settings)))));
  }

  const everything = grouped(records);
  figures.wrong_pairs_of_households = wrongPairsOfHouseholds(records, everything);
  for (const field of ['email', 'phone'] as const) {
    const alone = grouped(records.map((record) => only(record, [field])));
    print(`\n| the other record's ${field} is | found by it alone | by everything |\n|---|---:|---:|`);
    for (const noise of NOISES) {
      const byItself = foundAmong(records, { field, noise, groups: alone });
      const byAll = foundAmong(records, { field, noise, groups: everything });
      if (byItself === undefined || byAll === undefined) continue;
      print(`| ${noise} | ${byItself.toFixed(3)} | ${byAll.toFixed(3)} |`);
      figures[`${field}_${noise}_found`] = byItself;
      figures[`${field}_${noise}_found_by_all`] = byAll;
    }
  }
  return figures;
}

/** The record with some of its fields alone. */
function only(record: CustomerRecord, fields: readonly Field[]): CustomerRecord {
  const { person, household, channel } = record;
  const kept = fields.filter((field) => record[field] !== undefined).map((field) => [field, record[field]]);
  return { person, household, channel, ...Object.fromEntries(kept) };
}

/** Whom the product takes each record to be of, in the order in which they come. */
function grouped(records: readonly CustomerRecord[], identity?: IdentityRules) {
  const pids = new Map<string, ReturnType<typeof river.survivor>>();
  const river = memoryRiver({
    applied: (messageId, pid) => void pids.set(messageId, pid),
    ...(identity !== undefined && { identity }),
  });
  for (const [index, record] of records.entries()) river.accept(requestOf(record, index));
  return records.map(({ person }, index) => {
    const pid = pids.get(messageIdOf(index));
    if (pid === undefined) throw new Error(`record ${index} was not applied to anybody`);
    return { person, group: river.survivor(pid) };
  });
}

const RECEIVED_AT = Date.UTC(2026, 0, 5);
const messageIdOf = (index: number): string => `record-${index}`;

/** A record as its channel would send it: an identify call, of a browser or a system that nobody else used. */
function requestOf({ userId, loyaltyCard, email, phone }: CustomerRecord, index: number) {
  const at = RECEIVED_AT + index * 1_000;
  const event = {
    type: 'identify',
    messageId: messageIdOf(index),
    anonymousId: `browser-${index}`,
    timestamp: new Date(at).toISOString(),
    ...(userId !== undefined && { userId }),
    traits: {
      ...(email !== undefined && { email: email.text }),
      ...(phone !== undefined && { phone: phone.text }),
    },
    ...(loyaltyCard !== undefined && {
      context: {
        externalIds: [{ id: loyaltyCard, type: 'loyalty_card', collection: 'users', encoding: 'none' }],
      },
    }),
  };
  return { body: Buffer.from(JSON.stringify({ batch: [event] })), receivedAt: at };
}

/** Of the pairs of two people's records that came together, how many are of people who live together. */
function wrongPairsOfHouseholds(
  records: readonly CustomerRecord[],
  groups: readonly { readonly group: unknown }[],
): number {
  const rows = records.map(({ person, household }, index) => ({
    person,
    household,
    group: groups[index]?.group,
  }));
  let [wrong, ofHouseholds] = [0, 0];
  for (const together of Map.groupBy(rows, ({ group }) => group).values()) {
    for (const [index, a] of together.entries()) {
      for (const b of together.slice(index + 1)) {
        if (a.person === b.person) continue;
        wrong += 1;
        if (a.household === b.household) ofHouseholds += 1;
      }
    }
  }
  return wrong === 0 ? 1 : ofHouseholds / wrong;
}

interface FoundOptions {
  readonly field: 'email' | 'phone';
  readonly noise: Noise;
  readonly groups: readonly { readonly group: unknown }[];
}

/**
 * Of the pairs of records of one person of which one has the field as the person would write it and the
 * other in a certain way, how many came together; nothing where there is no such pair.
 */
function foundAmong(
  records: readonly CustomerRecord[],
  { field, noise, groups }: FoundOptions,
): number | undefined {
  const rows = records.map((record, index) => ({
    person: record.person,
    noise: record[field]?.noise,
    group: groups[index]?.group,
  }));
  let [pairs, found] = [0, 0];
  for (const ofPerson of Map.groupBy(rows, ({ person }) => person).values()) {
    const clean = ofPerson.filter((row) => row.noise === 'same');
    const others = ofPerson.filter((row) => row.noise === noise);
    for (const a of clean) {
      for (const b of others) {
        if (a === b) continue;
        pairs += 1;
        if (a.group === b.group) found += 1;
      }
    }
  }
  return pairs === 0 ? undefined : found / pairs;
}
