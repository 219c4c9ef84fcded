import { forEachConcurrently, mapConcurrently } from '#functions/runtime/concurrency.ts';
import type { Pid } from '#shared/events/event.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { DefinitionsSource } from '#shared/profiles/definitions.ts';
import { mayHaveRow, rowsOfPerson } from '#shared/profiles/kin.ts';
import { type MergeLog, mergesToRead, type Parting } from '#shared/profiles/merge-log.ts';
import type { MergeRepository } from '#shared/profiles/merge-repository.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import { unmergePeople } from '#shared/profiles/unmerge.ts';
import type { Parts } from '#shared/profiles/unmerge-counts.ts';
import { nextMembership, unmergeMembership } from '#shared/segments/membership.ts';
import { withStanding } from '#shared/segments/standing.ts';
import { transitionsOf } from './write-person.ts';

export interface UnmergePorts {
  readonly people: Pick<PeopleRepository, 'findMany'>;
  readonly merges: MergeRepository;
  readonly identities: Pick<IdentityRepository, 'repoint'>;
  readonly definitions: DefinitionsSource;
  readonly now: () => number;
  /** Waits before another attempt at people whom others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}

/**
 * What came of setting two people apart.
 * - `nested`: the other was absorbed by somebody whom the survivor absorbed; that merge is undone first.
 */
export type UnmergeOutcome =
  | { readonly kind: 'unmerged'; readonly parting: Parting }
  | { readonly kind: 'nested'; readonly first: Pid }
  | { readonly kind: 'not_merged' };

interface Undo {
  /** Whom `absorbed` is part of; or themselves, once it is done. */
  readonly pid: Pid;
  readonly absorbed: Pid;
  /** Who decides it: the user's id in the pool. */
  readonly by: string;
  /** Whether they may decide about somebody. */
  readonly isAllowed: (person: Person) => boolean;
}

const MAX_ATTEMPTS = 8;
const AT_ONCE = 8;

/**
 * Sets somebody apart whom another absorbed, in one transaction over both; then points their
 * identifiers at them. To repeat it finishes what was broken off, and changes nothing else: whoever
 * meets an identifier in between is led to the right one of the two.
 *
 * @throws {PersonContentionError} when the people change faster than they can be set apart.
 */
export async function unmergePair(undo: Undo, ports: UnmergePorts): Promise<UnmergeOutcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const outcome = await tryUnmerge(undo, ports);
    if (outcome !== 'conflict') return outcome;
    await ports.pause(attempt);
  }
  throw new PersonContentionError(MAX_ATTEMPTS);
}

async function tryUnmerge(
  { pid, absorbed, by, isAllowed }: Undo,
  ports: UnmergePorts,
): Promise<UnmergeOutcome | 'conflict'> {
  const survivor = (await ports.people.findMany([pid], { consistent: true })).get(pid);
  if (survivor === undefined) return { kind: 'not_merged' };
  const tombstone = (await ports.merges.tombstones([absorbed])).get(absorbed);
  if (tombstone === undefined) return finishParted(survivor, { absorbed, isAllowed }, ports);

  const at = survivor.profile.absorbed[absorbed];
  if (at === undefined) return { kind: 'not_merged' };
  if (tombstone.mergedInto !== survivor.pid) {
    return { kind: 'nested', first: await outermost(tombstone.mergedInto, survivor.pid, ports) };
  }

  const logs = await ports.merges.logsOf(survivor.pid);
  const log = logs.find(({ loser, undone }) => loser === absorbed && undone === undefined);
  if (log === undefined) return 'conflict';
  const parts = await readParts(survivor, { logs, log }, ports.merges);
  if (!isAllowed(parts.loser)) return { kind: 'not_merged' };
  return write({ log, parts, loserVersion: tombstone.version + 1, by }, ports);
}

/** Of a chain of merges the one that the survivor did themselves. */
async function outermost(pid: Pid, survivor: Pid, { merges }: UnmergePorts): Promise<Pid> {
  let inner = pid;
  for (;;) {
    const outer = (await merges.tombstones([inner])).get(inner)?.mergedInto;
    if (outer === undefined || outer === survivor) return inner;
    inner = outer;
  }
}

async function readParts(
  now: Person,
  { logs, log }: { readonly logs: readonly MergeLog[]; readonly log: MergeLog },
  merges: MergeRepository,
): Promise<Parts> {
  const { own, kept, gone } = mergesToRead(logs, log);
  const [first, ...others] = own;
  const losers = (of: readonly MergeLog[]) =>
    mapConcurrently(of, AT_ONCE, (one) => merges.snapshot(one, 'loser'));
  return {
    now,
    loser: await merges.snapshot(log, 'loser'),
    own: [
      await merges.snapshot(first, 'winner'),
      ...(await mapConcurrently(others, AT_ONCE, (one) => merges.snapshot(one, 'winner'))),
    ],
    kept: await losers(kept),
    gone: await losers(gone),
  };
}

interface Found {
  readonly log: MergeLog;
  readonly parts: Parts;
  readonly loserVersion: number;
  readonly by: string;
}

async function write(
  { log, parts, loserVersion, by }: Found,
  ports: UnmergePorts,
): Promise<UnmergeOutcome | 'conflict'> {
  const at = ports.now();
  const definitions = await ports.definitions.current(
    Math.max(parts.now.activity.definitionsVersion, parts.loser.activity.definitionsVersion),
  );
  const apart = unmergePeople(parts, { at, traits: definitions.traits, computed: definitions.computed });
  const staying = nextMembership({ person: apart.survivor, definitions, at });
  const back = unmergeMembership({
    person: apart.loser,
    survivor: parts.now.activity.segments,
    definitions,
    at,
  });
  const survivorVersion = parts.now.activity.version + 1;
  const { dueAt } = parts.now.activity;
  const survivor = stamped(apart.survivor, survivorVersion, { membership: staying, definitions, dueAt, at });
  // Nobody looks for somebody who was absorbed, so they have none
  const loser = stamped(apart.loser, loserVersion, { membership: back, definitions, dueAt: undefined, at });
  const { winner, loser: pid, at: mergedAt } = log;
  const parting = { survivor: winner, loser: pid, mergedAt, at, by, inseparable: apart.inseparable };

  const written = await ports.merges.unmerge({
    log,
    survivor,
    survivorTransitions: transitionsOf({ ...staying, moved: [] }, { n: survivorVersion, at }),
    loser,
    loserTransitions: transitionsOf(back, { n: loserVersion, at }),
    parting,
  });
  if (written === 'conflict') return written;
  await giveBack({ loser, survivor }, ports);
  return { kind: 'unmerged', parting };
}

const stamped = (person: Person, version: number, standing: Parameters<typeof withStanding>[1]): Person => ({
  ...person,
  activity: { ...withStanding(person.activity, standing), version, profileVersion: version },
});

/** Points the identifiers that are the loser's again at them; one that moved on is left. */
async function giveBack(
  { loser, survivor }: { readonly loser: Person; readonly survivor: Person },
  { identities }: Pick<UnmergePorts, 'identities'>,
): Promise<void> {
  const theirs = rowsOfPerson(loser).filter((row) => !mayHaveRow(survivor, row));
  await forEachConcurrently(theirs, AT_ONCE, (key) =>
    identities.repoint([{ key, from: survivor.pid, to: loser.pid }]),
  );
}

/** Finishes what an earlier call began, which may have ended before the identifiers were pointed back. */
async function finishParted(
  person: Person,
  { absorbed, isAllowed }: Pick<Undo, 'absorbed' | 'isAllowed'>,
  ports: UnmergePorts,
): Promise<UnmergeOutcome> {
  const parting = (await ports.merges.partingsOf(absorbed)).findLast(({ loser }) => loser === absorbed);
  if (parting === undefined) return { kind: 'not_merged' };
  const pids = [parting.survivor, absorbed];
  const found = await ports.people.findMany(pids, { consistent: true });
  const [survivor, loser] = pids.map((pid) => found.get(pid));
  const isAbout = person.pid === survivor?.pid || person.pid === loser?.pid;
  if (survivor === undefined || loser === undefined || !isAbout || !isAllowed(loser)) {
    return { kind: 'not_merged' };
  }
  await giveBack({ loser, survivor: { ...survivor, pid: parting.survivor } }, ports);
  return { kind: 'unmerged', parting };
}
