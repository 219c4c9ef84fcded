import * as z from 'zod';
import { type ErasureReceipt, erasePerson } from '#functions/profiles/erase-person.ts';
import { Pid } from '#shared/events/event.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope } from './caller.ts';
import { AsCustomerOf, findPids, OfPerson } from './find-person.ts';
import { notFound } from './problems.ts';

const Count = z.int().nonnegative();
const Time = z.iso.datetime();

const ReceiptView = z.strictObject({
  pid: Pid,
  erasedAt: Time,
  by: z.string().describe('the user’s id in the pool'),
  settled: z
    .boolean()
    .describe('whether the tables hold nothing more; until then, call again with pid:<pid>'),
  settlesAt: Time.describe('from when on a call can settle it'),
  removed: z
    .strictObject({
      timeline: Count,
      messageIds: Count,
      messages: Count,
      conflicts: Count,
      merges: Count,
    })
    .describe('how many items this call removed'),
  identifiers: z
    .strictObject({ vacated: Count, until: Time })
    .describe('kept so long to know late events by, which are then dropped'),
  elsewhere: z
    .array(z.strictObject({ store: z.string(), until: Time }))
    .describe('what lies outside the tables, and when it has expired'),
  setApart: z.array(Pid).describe('people from whom they were set apart, who are not erased'),
});

export const ERASE_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'DELETE',
    path: '/v1/profiles/{identifier}',
    operationId: 'eraseProfile',
    summary: 'Erases a person: all that the tables hold of them and of whom they absorbed',
    role: 'admin',
    resource: 'profile',
    status: 200,
    problems: [404, 409],
    input: z.object({ parameters: OfPerson, query: AsCustomerOf }),
    answer: ReceiptView,
    async handle({ parameters, query }, context) {
      const { caller, ports } = context;
      for (const pid of await findPids(parameters.identifier, query, context)) {
        const receipt = await erasePerson(
          { pid, by: caller.subject, isAllowed: (of) => isInScope(caller, of) },
          ports,
        );
        if (receipt !== undefined) return viewReceipt(receipt);
      }
      throw notFound('UNKNOWN_PROFILE', 'nobody has this identifier');
    },
  }),
];

const iso = (at: number): string => new Date(at).toISOString();
const DAY_MS = 86_400_000;

function viewReceipt({
  erasure: { pid, at, by, parted },
  removed,
  rows,
  isSettled,
  settlesAt,
}: ErasureReceipt): z.input<typeof ReceiptView> {
  return {
    pid,
    erasedAt: iso(at),
    by,
    settled: isSettled,
    settlesAt: iso(settlesAt),
    removed: {
      timeline: removed.event,
      messageIds: removed.seen + removed.redrive,
      messages: removed.contact,
      conflicts: removed.conflict,
      merges: removed.merge + removed.snapshot + removed.unmerge,
    },
    identifiers: { vacated: rows.count, until: iso(rows.until) },
    elsewhere: Object.entries(KEPT_DAYS).map(([store, days]) => ({ store, until: iso(at + days * DAY_MS) })),
    setApart: parted,
  };
}
