import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import { IdentifierType, identifierOf } from '#shared/identity/identifier.ts';
import { RefusalReason } from '#shared/identity/refusal.ts';
import type { Conflict } from '#shared/profiles/conflict.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';

/** A doubt about who somebody is, as the Admin API shows it. */
export const ConflictView = z.strictObject({
  pid: Pid.describe('the person whom the event was given to'),
  type: IdentifierType,
  value: z.string(),
  reason: RefusalReason,
  other: Pid.optional().describe('the person whom the identifier is of'),
  at: z.iso.datetime(),
  source: z.string(),
  messageId: z.string(),
  legalEntity: z.string().optional(),
  market: z.string().optional(),
  brand: z.string().optional(),
});
export type ConflictView = z.infer<typeof ConflictView>;

export const CONFLICT_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/identity/conflicts',
    operationId: 'listIdentityConflicts',
    summary: 'Identifiers that would have joined people who may not be one, newest first',
    role: 'viewer',
    resource: 'identity',
    status: 200,
    problems: [],
    input: z.object({
      query: z.object({
        reason: RefusalReason.optional(),
        limit: limit(50, 500),
        cursor: Cursor.optional(),
      }),
    }),
    answer: z.strictObject({ conflicts: z.array(ConflictView), next: Cursor.optional() }),
    async handle({ query: { reason, cursor, limit } }, { caller: { market, brand }, ports }) {
      const { conflicts, next } = await ports.conflicts.newest({
        filter: { reason, market, brand },
        before: cursor === undefined ? undefined : decodeCursor(cursor, Place),
        limit,
      });
      return {
        conflicts: conflicts.map(viewConflict),
        ...(next !== undefined && { next: encodeCursor(next) }),
      };
    },
  }),
];

/** Where a page of conflicts begins. */
const Place = z.string().min(1).max(500);

const viewConflict = ({ identifier, at, ...conflict }: Conflict): ConflictView => ({
  ...conflict,
  ...identifierOf(identifier),
  at: new Date(at).toISOString(),
});
