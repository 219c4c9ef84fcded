import type { CollectedEvent, EpochMs } from '#shared/events/event.ts';
import { isNobody } from '#shared/events/ids.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { isDangerousKey, tidy } from '#shared/events/tidy.ts';
import { normalIdentifier } from '#shared/identity/normal-form.ts';
import { utf8Bytes } from '#shared/kernel/utf8-bytes.ts';
import { type Import, type ImportColumn, typeOf } from './import.ts';
import { type Cell, type CellReader, cellReader, isBlank, momentReader, textOf } from './read-cell.ts';
import type { RowReason } from './reasons.ts';
import { type ParsedTarget, parseTarget } from './target.ts';

/** What a row came to: an event, or why it is none and by which column. */
export type RowOutcome =
  | { readonly kind: 'event'; readonly event: CollectedEvent }
  | { readonly kind: 'rejected'; readonly reason: RowReason; readonly column?: string };

export interface RowOptions {
  readonly definition: Import;
  /** Of the source, where the definition names none. */
  readonly country?: string | undefined;
  /** Names the file in message ids: 16 hex digits of its hash. */
  readonly file: string;
  /** When it was uploaded: when what it tells happened, where it does not say so, and no later than that where it does. */
  readonly uploadedAt: EpochMs;
}

/** What is known of a row's event while its columns are read. */
interface Draft {
  userId: string | undefined;
  anonymousId: string | undefined;
  groupId: string | undefined;
  event: string | undefined;
  at: EpochMs | undefined;
  facts: Record<string, unknown>;
  externalIds: { id: string; type: string; collection: 'users'; encoding: 'none' }[];
  consents: object[];
  readonly budget: { nodes: number; length: number };
}

/** Puts a cell that is not blank into its event, or says why it cannot. */
type Fill = (draft: Draft, cell: Cell) => RowReason | undefined;

/**
 * Makes the function that reads a row: its cells in the order of the definition's columns, and the line of
 * the file that it stands on, which with the file's hash is its identity. One bad cell rejects the row.
 */
export function rowEvents({ definition, country, file, uploadedAt }: RowOptions) {
  const { call } = definition;
  const from = definition.country ?? country;
  const columns = Object.entries(definition.columns).map(([name, column]) => ({
    name,
    required: column.required === true || column.to === 'event',
    fill: fillOf(column, { call, country: from }),
  }));

  return function readRow(cells: readonly Cell[], line: number): RowOutcome {
    const draft = emptyDraft(definition.event);
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column === undefined) continue;
      const cell = cells[index];
      if (isBlank(cell)) {
        if (column.required) return { kind: 'rejected', reason: 'missing_required', column: column.name };
        continue;
      }
      const reason = column.fill(draft, cell);
      if (reason !== undefined) return { kind: 'rejected', reason, column: column.name };
    }
    const { userId, anonymousId, groupId, event, at, facts, externalIds } = draft;
    const isIdentify = call === 'identify';
    const names =
      userId ?? anonymousId ?? externalIds[0] ?? (isIdentify ? (facts.email ?? facts.phone) : undefined);
    if (names === undefined) return { kind: 'rejected', reason: 'missing_identifier' };
    return {
      kind: 'event',
      // Every event has every field, in the order of those that are collected: what reads them meets one shape
      event: {
        type: call,
        messageId: `import-${file}-${line}`,
        timestamp: at === undefined ? uploadedAt : Math.min(at, uploadedAt),
        originalTimestamp: at,
        userId,
        anonymousId,
        previousId: undefined,
        groupId,
        event,
        name: undefined,
        properties: isIdentify ? undefined : facts,
        traits: isIdentify ? facts : undefined,
        context: contextOf(draft),
        violations: undefined,
      },
    };
  };
}

const emptyDraft = (event: string | undefined): Draft => ({
  userId: undefined,
  anonymousId: undefined,
  groupId: undefined,
  event,
  at: undefined,
  facts: {},
  externalIds: [],
  consents: [],
  budget: { nodes: LIMITS.eventNodes, length: LIMITS.eventLength },
});

function contextOf({ externalIds, consents }: Draft): CollectedEvent['context'] {
  if (consents.length === 0) return externalIds.length === 0 ? undefined : { externalIds };
  return { ...(externalIds.length > 0 && { externalIds }), messaging_subscriptions: consents };
}

interface FillOptions {
  readonly call: Import['call'];
  readonly country: string | undefined;
}

function fillOf(column: ImportColumn, { call, country }: FillOptions): Fill {
  const target = parseTarget(column.to);
  if (target === undefined) throw new TypeError(`no target of a column: ${column.to}`);
  switch (target.kind) {
    case 'userId':
    case 'anonymousId':
    case 'groupId':
      return fillId(target.kind);
    case 'email':
    case 'phone':
      return fillContact(target.kind, { call, country });
    case 'externalId':
      return function fillExternalId(draft, cell) {
        const id = textOf(cell)?.toWellFormed();
        if (id === undefined || isNobody(id)) return 'blocked_identifier';
        draft.externalIds.push(externalId(target.name, id));
        return undefined;
      };
    case 'timestamp': {
      const read = momentReader(column);
      return function fillTime(draft, cell) {
        const at = read(cell);
        if (at === undefined || at < 0) return 'bad_date';
        draft.at = at;
        return undefined;
      };
    }
    case 'event':
      return function fillName(draft, cell) {
        const name = textOf(cell)?.toWellFormed();
        if (name === undefined || name.length > LIMITS.nameLength || isDangerousKey(name))
          return 'bad_event_name';
        draft.event = name;
        return undefined;
      };
    case 'consent':
      return fillConsent(target, column);
    case 'trait':
    case 'property':
      return fillFact(target.name, column, target.kind === 'trait' ? LIMITS.traitBytes : LIMITS.eventLength);
  }
}

const fillId = (field: 'userId' | 'anonymousId' | 'groupId'): Fill =>
  function fillNamed(draft, cell) {
    const id = textOf(cell)?.toWellFormed();
    if (id === undefined || isNobody(id)) return 'blocked_identifier';
    draft[field] = id;
    return undefined;
  };

const externalId = (type: string, id: string) =>
  ({ id, type, collection: 'users', encoding: 'none' }) as const;

/** An address counts as a trait of an identify call, and as an external id of any other. */
function fillContact(kind: 'email' | 'phone', { call, country }: FillOptions): Fill {
  return function fillAddress(draft, cell) {
    const text = textOf(cell)?.toWellFormed();
    if (text === undefined || isNobody(text)) return 'blocked_identifier';
    const identifier = normalIdentifier(kind, text, { country });
    if (identifier === undefined) return kind === 'email' ? 'bad_email' : 'bad_phone';
    if (call === 'identify') draft.facts[kind] = identifier.value;
    else draft.externalIds.push(externalId(kind, identifier.value));
    return undefined;
  };
}

/** As `readSubscriptions` has it: a channel as a whole is consent to marketing, a category to another purpose. */
function fillConsent({ channel, purpose }: Consent, column: ImportColumn): Fill {
  const read = cellReader(column);
  const type = channel.toUpperCase();
  return function fillChoice(draft, cell) {
    const isGranted = read(cell);
    if (isGranted === undefined) return 'bad_boolean';
    const status = isGranted === true ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
    const categories = [{ name: purpose, status }];
    draft.consents.push(
      purpose === 'marketing' ? { type, status } : { type, status: 'DID_NOT_SUBSCRIBE', categories },
    );
    return undefined;
  };
}

type Consent = Extract<ParsedTarget, { kind: 'consent' }>;

function fillFact(name: string, column: ImportColumn, maxBytes: number): Fill {
  const read: CellReader = cellReader(column);
  const reason: RowReason = `bad_${BAD[typeOf(column) ?? 'text']}`;
  return function fillValue(draft, cell) {
    const value = read(cell);
    if (value === undefined) return reason;
    draft.budget.length -= name.length;
    const tidied = tidy(value, LIMITS.eventDepth - 2, draft.budget);
    if (tidied === undefined) return 'row_too_large';
    if (bytesOf(tidied, maxBytes) > maxBytes) return 'value_too_large';
    draft.facts[name] = tidied;
    return undefined;
  };
}

/** How a value that is none of its type is told. */
const BAD = {
  text: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  date: 'date',
  datetime: 'date',
  country: 'country',
} as const;

/** As JSON, of what could be too many; a UTF-16 unit is at most six bytes of it. */
function bytesOf(value: unknown, most: number): number {
  if (typeof value === 'string' && value.length * 6 <= most) return 0;
  if (typeof value === 'number' || typeof value === 'boolean') return 0;
  return utf8Bytes(JSON.stringify(value));
}
