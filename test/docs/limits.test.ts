import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { READER_LIMITS } from '#functions/adapters/kinesis/events-reader.ts';
import { MAX_ENTRIES } from '#functions/adapters/s3/quarantine.ts';
import { REJECTED_DAYS } from '#functions/admin/debugger-routes.ts';
import { MAX_QUALITY_DAYS } from '#functions/admin/quality-routes.ts';
import { MOST_DAYS } from '#functions/admin/quarantine-routes.ts';
import { TOLD_WITHIN_HOURS } from '#functions/evaluation/member-lists.ts';
import { MAX_PARTS } from '#functions/evaluation/run-evaluation.ts';
import { CHUNK_SIZE } from '#functions/exports/run-export.ts';
import { MAX_IMPORT_BYTES } from '#functions/imports/plain-text.ts';
import { MAX_SHEET_BYTES } from '#functions/imports/read-sheet.ts';
import { MAX_ROW_BYTES } from '#functions/imports/row-scanner.ts';
import { MAX_SHARED_CHARACTERS } from '#functions/imports/workbook.ts';
import { MAX_SWEPT, SETTLE_MS } from '#functions/profiles/erase-person.ts';
import { HOT_EVENTS } from '#functions/profiles/hot-people.ts';
import { MAX_CHUNKS } from '#functions/runs/snapshot-audience.ts';
import { LINK_DAYS } from '#functions/sending/unsubscribe-token.ts';
import { PEOPLE_A_SHARD } from '#infra/constructs/due.ts';
import { ROWS_A_SHARD } from '#infra/constructs/imports.ts';
import { GIVE_UP_HOURS } from '#infra/constructs/profiles.ts';
import { MAX_RECORD_AGE } from '#infra/constructs/stream-mapping.ts';
import { MAX_FILTERS } from '#shared/computed/aggregate.ts';
import { MAX_COMPUTED_BYTES } from '#shared/computed/most-bytes.ts';
import { MAX_WINDOW_DAYS, MAX_WINDOW_HOURS } from '#shared/computed/window.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { MAX_TICK_PIDS } from '#shared/events/stream-record.ts';
import { IDENTIFIER_LIMITS } from '#shared/identity/identifier.ts';
import { MAX_IMPORT_PARTS, PART_BYTES, PART_ROWS } from '#shared/imports/cut-parts.ts';
import { MAX_MAPPED_COLUMNS } from '#shared/imports/import.ts';
import { MAX_ASKED_OF_ONE } from '#shared/plans/asked-of-one.ts';
import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_PARTS } from '#shared/plans/read-schema.ts';
import { MAX_PLANNED_EVENTS } from '#shared/plans/tracking-plan.ts';
import { MAX_EVENT_NAMES } from '#shared/profiles/activity.ts';
import { RECENT_LIMIT } from '#shared/profiles/fold.ts';
import { MARK_LIMIT } from '#shared/profiles/marks.ts';
import { MAX_EVENTS } from '#shared/profiles/plan-batch.ts';
import { REFUSAL_LIMIT } from '#shared/profiles/refusals.ts';
import { SEEN_LIMIT } from '#shared/profiles/seen.ts';
import { NODE_IDS } from '#shared/profiles/spill-tree.ts';
import { MAX_CELLS } from '#shared/quality/quality-count.ts';
import { DUE_SHARDS } from '#shared/segments/due-index.ts';
import { KEPT_TIMES } from '#shared/segments/event-plan.ts';
import { MAX_STAGES } from '#shared/segments/lifecycle.ts';
import { MAX_CONDITIONS_WITH_OTHERS } from '#shared/segments/references.ts';
import { MAX_ABSORBED } from '#shared/sending/send-to-person.ts';
import { MAX_LISTED_NAMES } from '#shared/sources/name-list.ts';
import { MAX_MATCHED_CHARACTERS } from '#shared/traits/pattern.ts';
import {
  DEFAULT_UNION_LIMIT,
  MAX_KEPT_WRITES,
  MAX_RANKED_SOURCES,
  MAX_UNION_LIMIT,
} from '#shared/traits/trait-definition.ts';

const page = readFileSync('docs/limits.md', 'utf8');

const within = (name: string, limits: Readonly<Record<string, number>>) =>
  Object.entries(limits).map(([key, value]) => [`${name}.${key}`, value] as const);

const IN_CODE: readonly (readonly [name: string, value: number])[] = [
  ...within('LIMITS', LIMITS),
  ...within('IDENTIFIER_LIMITS', IDENTIFIER_LIMITS),
  ['MAX_EVENT_NAMES', MAX_EVENT_NAMES],
  ['MAX_ENTRIES', MAX_ENTRIES],
  ['MAX_STAGES', MAX_STAGES],
  ['RECENT_LIMIT', RECENT_LIMIT],
  ['MAX_EVENTS', MAX_EVENTS],
  ['SEEN_LIMIT', SEEN_LIMIT],
  ['NODE_IDS', NODE_IDS],
  ['MARK_LIMIT', MARK_LIMIT],
  ['REFUSAL_LIMIT', REFUSAL_LIMIT],
  ['MAX_TICK_PIDS', MAX_TICK_PIDS],
  ['MAX_CELLS', MAX_CELLS],
  ['MAX_QUALITY_DAYS', MAX_QUALITY_DAYS],
  ['MOST_DAYS', MOST_DAYS],
  ['REJECTED_DAYS', REJECTED_DAYS],
  ...within('READER_LIMITS', READER_LIMITS),
  ['DUE_SHARDS', DUE_SHARDS],
  ['MAX_CONDITIONS_WITH_OTHERS', MAX_CONDITIONS_WITH_OTHERS],
  ['MAX_MATCHED_CHARACTERS', MAX_MATCHED_CHARACTERS],
  ['KEPT_TIMES', KEPT_TIMES],
  ['PEOPLE_A_SHARD', PEOPLE_A_SHARD],
  ['ROWS_A_SHARD', ROWS_A_SHARD],
  ['HOT_EVENTS', HOT_EVENTS],
  ['GIVE_UP_HOURS', GIVE_UP_HOURS],
  ['MAX_RECORD_AGE', MAX_RECORD_AGE.toHours()],
  ['MAX_CHUNKS', MAX_CHUNKS],
  ['MAX_PARTS', MAX_PARTS],
  ['MAX_IMPORT_BYTES', MAX_IMPORT_BYTES],
  ['MAX_SHEET_BYTES', MAX_SHEET_BYTES],
  ['MAX_SHARED_CHARACTERS', MAX_SHARED_CHARACTERS],
  ['MAX_ROW_BYTES', MAX_ROW_BYTES],
  ['MAX_MAPPED_COLUMNS', MAX_MAPPED_COLUMNS],
  ['MAX_IMPORT_PARTS', MAX_IMPORT_PARTS],
  ['PART_BYTES', PART_BYTES],
  ['PART_ROWS', PART_ROWS],
  ['TOLD_WITHIN_HOURS', TOLD_WITHIN_HOURS],
  ['CHUNK_SIZE', CHUNK_SIZE],
  ['MAX_ABSORBED', MAX_ABSORBED],
  ['LINK_DAYS', LINK_DAYS],
  ['MAX_SWEPT', MAX_SWEPT],
  ['SETTLE_MS', SETTLE_MS],
  ['DEFAULT_UNION_LIMIT', DEFAULT_UNION_LIMIT],
  ['MAX_UNION_LIMIT', MAX_UNION_LIMIT],
  ['MAX_RANKED_SOURCES', MAX_RANKED_SOURCES],
  ['MAX_KEPT_WRITES', MAX_KEPT_WRITES],
  ['MAX_COMPUTED_BYTES', MAX_COMPUTED_BYTES],
  ['MAX_WINDOW_HOURS', MAX_WINDOW_HOURS],
  ['MAX_WINDOW_DAYS', MAX_WINDOW_DAYS],
  ['MAX_FILTERS', MAX_FILTERS],
  ['MAX_LISTED_NAMES', MAX_LISTED_NAMES],
  ['MAX_PLANNED_EVENTS', MAX_PLANNED_EVENTS],
  ['MAX_SCHEMA_PARTS', MAX_SCHEMA_PARTS],
  ['MAX_ASKED_OF_ONE', MAX_ASKED_OF_ONE],
  ['MAX_SCHEMA_DEPTH', MAX_SCHEMA_DEPTH],
];

describe('docs/limits.md', () => {
  it.each(IN_CODE)('tells %s as it is, %d', (name, value) => {
    const row = page.split('\n').find((line) => line.includes(`| \`${name}\` |`));

    expect(row).toContain(`| ${value.toLocaleString('en')} |`);
  });

  it('names nothing that the code does not have', () => {
    const named = [...page.matchAll(/\| `([A-Z_]+(?:\.\w+)?)` \|/g)].map(([, name]) => name);

    expect(named.filter((name) => !IN_CODE.some(([known]) => known === name))).toEqual([]);
  });
});
