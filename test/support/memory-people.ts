import type { Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Person, Transitions } from '#shared/profiles/activity.ts';
import type { Conflict, ConflictList } from '#shared/profiles/conflict.ts';
import type { MergeLog, Parting } from '#shared/profiles/merge-log.ts';
import type { MergeOf, MergeRepository } from '#shared/profiles/merge-repository.ts';
import type {
  IdentityRepository,
  MergeWrite,
  Owner,
  PeopleRepository,
} from '#shared/profiles/people-repository.ts';
import { findInSpills, spillInto } from '#shared/profiles/spill-tree.ts';
import { chunksPrefix, type TimelineChunk } from '#shared/profiles/timeline.ts';
import { memoryDueIndex } from './memory-due-index.ts';
import { keyedByPid, memoryErasures } from './memory-erasures.ts';
import { memorySpillNodes } from './memory-spill-nodes.ts';

type Row =
  | { readonly version: number; readonly person: Person }
  | { readonly version: number; readonly mergedInto: Pid }
  | { readonly version: number; readonly erasedAt: number };

const DAY_MS = 86_400_000;

interface MemoryOptions {
  readonly now?: () => number;
  readonly dedupDays?: number;
}

const placeOf = ({ at, pid, identifier, reason, other }: Conflict): string =>
  [new Date(at).toISOString(), pid, identifier, reason, other].join(' ');

/** People and identifiers in memory, with what was written beside them to look at. */
export function memoryPeople({ now = () => 0, dedupDays = 30 }: MemoryOptions = {}) {
  const rows = new Map<Pid, Row>();
  const identities = new Map<string, Owner>();
  /** By their place in the list. */
  const conflicts = new Map<string, Conflict>();
  const spills = memorySpillNodes(now);
  const redriven = new Set<string>();
  const timeline = new Map<string, TimelineChunk>();
  const contacts = new Map<string, number>();
  const merges: { log: MergeLog; readonly before: MergeWrite['before'] }[] = [];
  const partings: Parting[] = [];
  const outbox: { readonly pid: Pid; readonly mergedInto?: Pid; readonly transitions: Transitions }[] = [];

  const survivorOf = (pid: Pid): Pid => {
    const row = rows.get(pid);
    return row !== undefined && 'mergedInto' in row ? survivorOf(row.mergedInto) : pid;
  };
  const follow = (pid: Pid): Person | undefined => {
    const row = rows.get(survivorOf(pid));
    return row !== undefined && 'person' in row ? row.person : undefined;
  };
  const versionOf = (pid: Pid): number => rows.get(pid)?.version ?? 0;
  const emit = (pid: Pid, transitions: Transitions | undefined, mergedInto?: Pid): void => {
    if (transitions !== undefined)
      outbox.push({ pid, transitions, ...(mergedInto !== undefined && { mergedInto }) });
  };

  const people: PeopleRepository = {
    async findMany(pids) {
      return new Map(
        pids.flatMap((pid) => {
          const person = follow(pid);
          return person === undefined ? [] : [[pid, person] as const];
        }),
      );
    },
    async findErased(pids) {
      return new Map(
        pids.flatMap((pid) => {
          const row = rows.get(survivorOf(pid));
          return row !== undefined && 'erasedAt' in row ? [[pid, row.erasedAt] as const] : [];
        }),
      );
    },
    async findSpilled(pids, ids) {
      return findInSpills(spills, pids, ids);
    },
    async spill(pid, ids) {
      const horizonMs = dedupDays * DAY_MS;
      await spillInto(spills, { pid, ids }, { until: now() + horizonMs, horizonMs });
    },
    async findRedriven(pids, ids) {
      return new Set(ids.filter((id) => pids.some((pid) => redriven.has(`${pid} ${id}`))));
    },
    async keepRedriven(pid, ids) {
      for (const id of ids) redriven.add(`${pid} ${id}`);
    },
    async keepTimeline(chunks) {
      for (const chunk of chunks) timeline.set(`${chunk.pid} ${chunk.id}`, chunk);
    },
    async findTold(pids, records) {
      const prefixes = records.map(chunksPrefix);
      const chunks = [...timeline.values()].filter(
        ({ pid, id }) => pids.includes(pid) && prefixes.some((prefix) => id.startsWith(prefix)),
      );
      return new Set(
        chunks.flatMap(({ events }) => events).map(({ source, messageId }) => fingerprint(source, messageId)),
      );
    },
    async joinContact({ pid, id, field, at }) {
      const key = `${pid} ${id} ${field}`;
      contacts.set(key, Math.min(at, contacts.get(key) ?? at));
    },
    async write({ person, claims, vacant, conflicts: doubts = [], transitions, redriven: notes = [] }) {
      if (versionOf(person.pid) !== person.activity.version - 1) return 'conflict';
      const isTaken = (key: string): boolean => {
        const owner = identities.get(key);
        return owner !== undefined && owner.pid !== vacant?.get(key)?.pid;
      };
      if (claims.some(isTaken)) return 'conflict';
      if (notes.some((id) => redriven.has(`${person.pid} ${id}`))) return 'conflict';
      for (const id of notes) redriven.add(`${person.pid} ${id}`);
      rows.set(person.pid, { version: person.activity.version, person });
      for (const key of claims) {
        const erasedAt = vacant?.get(key)?.erasedAt;
        identities.set(key, { pid: person.pid, ...(erasedAt !== undefined && { erasedAt }) });
      }
      for (const doubt of doubts) conflicts.set(placeOf(doubt), doubt);
      emit(person.pid, transitions);
      return 'written';
    },
    async merge({ winner, winnerTransitions, before, loserTransitions, log }) {
      const { loser } = before;
      if (versionOf(winner.pid) !== winner.activity.version - 1) return 'conflict';
      if (versionOf(loser.pid) !== loser.activity.version) return 'conflict';
      rows.set(winner.pid, { version: winner.activity.version, person: winner });
      rows.set(loser.pid, { version: loser.activity.version + 1, mergedInto: winner.pid });
      const { version } = winner.activity;
      merges.push({ log: { ...log, winner: winner.pid, loser: loser.pid, version }, before });
      emit(winner.pid, winnerTransitions);
      emit(loser.pid, loserTransitions, winner.pid);
      return 'merged';
    },
  };

  const entryOf = ({ winner, loser, at }: MergeOf) =>
    merges.find(({ log }) => log.winner === winner && log.loser === loser && log.at === at);

  const mergeRepository: MergeRepository = {
    async tombstones(pids) {
      return new Map(
        pids.flatMap((pid) => {
          const row = rows.get(pid);
          if (row === undefined || !('mergedInto' in row)) return [];
          return [[pid, { mergedInto: row.mergedInto, version: row.version }] as const];
        }),
      );
    },
    logs: async (wanted) => wanted.flatMap((merge) => entryOf(merge)?.log ?? []),
    logsOf: async (winner) => merges.flatMap(({ log }) => (log.winner === winner ? [log] : [])),
    async snapshot(merge, side) {
      const entry = entryOf(merge);
      if (entry === undefined) throw new TypeError('a merge without its snapshot');
      return entry.before[side];
    },
    partingsOf: async (pid) => partings.filter(({ survivor, loser }) => survivor === pid || loser === pid),
    async unmerge({ log, survivor, survivorTransitions, loser, loserTransitions, parting }) {
      const row = rows.get(loser.pid);
      const entry = entryOf(log);
      if (versionOf(survivor.pid) !== survivor.activity.version - 1) return 'conflict';
      if (versionOf(loser.pid) !== loser.activity.version - 1) return 'conflict';
      if (row === undefined || !('mergedInto' in row) || row.mergedInto !== survivor.pid) return 'conflict';
      if (entry === undefined || entry.log.undone !== undefined) return 'conflict';
      entry.log = { ...entry.log, undone: { at: parting.at, version: survivor.activity.version } };
      rows.set(survivor.pid, { version: survivor.activity.version, person: survivor });
      rows.set(loser.pid, { version: loser.activity.version, person: loser });
      partings.push(parting);
      emit(survivor.pid, survivorTransitions);
      emit(loser.pid, loserTransitions);
      return 'unmerged';
    },
  };

  const conflictList: ConflictList = {
    async newest({ filter, before = '~', limit }) {
      const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
      const found = [...conflicts]
        .filter(([place]) => place < before)
        .filter(([, conflict]) => asked.every(([name, value]) => Reflect.get(conflict, name) === value))
        .sort(([a], [b]) => (a < b ? 1 : -1));
      const next = found.length > limit ? found[limit - 1]?.[0] : undefined;
      return {
        conflicts: found.slice(0, limit).map(([, conflict]) => conflict),
        ...(next !== undefined && { next }),
      };
    },
  };

  const identityRepository: IdentityRepository = {
    async owners(keys) {
      return new Map(
        keys.flatMap((key) => {
          const owner = identities.get(key);
          return owner === undefined ? [] : [[key, owner] as const];
        }),
      );
    },
    async repoint(moves) {
      for (const { key, from, to } of moves) {
        const owner = identities.get(key);
        if (owner?.pid === from) identities.set(key, { ...owner, pid: to });
      }
    },
    async vacate(left, { at }) {
      for (const { key, from } of left) {
        if (identities.get(key)?.pid === from) identities.set(key, { pid: from, erasedAt: at });
      }
    },
  };

  const removeMerge = (key: string): void => {
    const at = merges.findIndex(({ log }) => keyOfMerge(log) === key);
    if (at >= 0) merges.splice(at, 1);
  };
  const keyOfMerge = ({ winner, loser, at }: MergeOf): string => `${winner} ${loser} ${at}`;

  const erasures = memoryErasures({
    bury(person, erasedAt, transitions) {
      const version = person.activity.version + 1;
      if (versionOf(person.pid) !== version - 1) return false;
      rows.set(person.pid, { version, erasedAt });
      emit(person.pid, transitions);
      return true;
    },
    survivorOf,
    items: [
      keyedByPid('event', timeline),
      keyedByPid('seen', spills.all()),
      keyedByPid('redrive', redriven),
      keyedByPid('contact', contacts),
      {
        kind: 'conflict',
        under: (pid) => [...conflicts].flatMap(([place, conflict]) => (conflict.pid === pid ? [place] : [])),
        remove: (place) => void conflicts.delete(place),
      },
      {
        kind: 'merge',
        under: (pid) => merges.flatMap(({ log }) => (log.winner === pid ? [keyOfMerge(log)] : [])),
        remove: removeMerge,
      },
    ],
  });

  /** Everybody who has not been absorbed. */
  const everybody = (): readonly Person[] =>
    [...rows.values()].flatMap((row) => ('person' in row ? [row.person] : []));

  return {
    people,
    due: memoryDueIndex(everybody),
    erasures,
    identities: identityRepository,
    conflicts: conflictList,
    outbox,
    spills,
    timeline,
    contacts,
    merges: mergeRepository,
    everybody,
    /** Whom a legal entity knows by an identifier, merges followed. */
    ownerOf: (key: string, legalEntity = 'main'): Person | undefined => {
      const owner = identities.get(identityRow(legalEntity, key));
      return owner === undefined ? undefined : follow(owner.pid);
    },
  };
}
