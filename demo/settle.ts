import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient } from './admin-client.ts';
import { ExportResult, readExport } from './export-file.ts';
import type { RunningStack } from './local-stack.ts';
import type { ExpectedPerson, Traffic } from './traffic.ts';

/** How long nothing may change before a step counts as failed. */
const PATIENCE_MS = 30_000;

/** What one person came to. */
export interface PersonTotals {
  readonly events: number;
  /** In minor units. */
  readonly spent: number;
}

/** What everybody came to, by an identifier of theirs. */
export type Totals = ReadonlyMap<string, PersonTotals>;

/** An export of everybody with all that the traffic must come to: the product counts itself. */
export const EVERYBODY = 'everybody';

/** Defines that export for the events of a traffic. */
export async function defineEverybody(traffic: Traffic, admin: AdminClient): Promise<void> {
  const names = [...new Set(traffic.calls.map(({ event, type }) => event ?? type))];
  await admin.put(`/exports/${EVERYBODY}`, {
    name: 'Everybody, with what they did',
    segment: 'everyone',
    columns: [
      'identifier:userId',
      'identifier:anonymousId',
      `sum:total_spent:${traffic.currency}`,
      ...names.map((name) => `event:${name}:count`),
    ],
  });
}

/** Reads what everybody came to, as it stands now. */
export async function readTotals(admin: AdminClient, { awsUrl }: RunningStack): Promise<Totals> {
  const run = await admin.run(`/exports/${EVERYBODY}`, ExportResult);
  const [, ...rows] = await readExport(run, awsUrl);
  return new Map(
    rows.map(([userId = '', anonymousId = '', spent = '', ...counts]) => [
      userId === '' ? `anonymousId:${anonymousId}` : `userId:${userId}`,
      {
        events: counts.reduce((sum, count) => sum + Number(count), 0),
        spent: Math.round(Number(spent) * 100),
      },
    ]),
  );
}

/**
 * Waits until everybody's profile has each of their events once, and the money they spent.
 *
 * @throws {Error} naming somebody whose profile does not come to what was sent.
 */
export async function settle(
  { people }: Traffic,
  {
    admin,
    stack,
    onProgress,
  }: { admin: AdminClient; stack: RunningStack; onProgress: (settled: number) => void },
): Promise<Totals> {
  let most = -1;
  for (let movedAt = Date.now(); ; await pause(500)) {
    const totals = await readTotals(admin, stack);
    const off = people.filter((person) => !isAs(totals.get(person.identifier), person));
    const settled = people.length - off.length;
    onProgress(settled);
    if (off.length === 0 && totals.size === people.length) return totals;
    if (settled > most) movedAt = Date.now();
    most = Math.max(most, settled);
    if (Date.now() - movedAt > PATIENCE_MS) throw new Error(describe(totals, { people, off }));
  }
}

const isAs = (totals: PersonTotals | undefined, { events, spent }: ExpectedPerson): boolean =>
  totals?.events === events && totals.spent === spent;

function describe(
  totals: Totals,
  { people, off }: { readonly people: readonly ExpectedPerson[]; readonly off: readonly ExpectedPerson[] },
): string {
  const [somebody] = off;
  if (somebody === undefined) return `${totals.size} profiles came of ${people.length} people`;
  const { events = 0, spent = 0 } = totals.get(somebody.identifier) ?? {};
  return (
    `${off.length} of ${people.length} profiles are not what was sent: ${somebody.identifier} has ${events} events and ` +
    `spent ${spent} minor units, where ${somebody.events} and ${somebody.spent} were sent`
  );
}

/**
 * Waits until something that follows with a delay is as expected.
 *
 * @throws {Error} naming what it is when it stays otherwise.
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  isThere: (value: T) => boolean,
): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isThere(value)) return value;
    if (Date.now() > until)
      throw new Error(`${what}: still ${JSON.stringify(value)} after ${PATIENCE_MS / 1000} s`);
    await pause(250);
  }
}
