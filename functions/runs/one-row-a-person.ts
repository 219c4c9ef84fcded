import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { type Audience, AudienceChunk, type AudienceSnapshot, isAfter } from './audience.ts';
import type { RunFiles } from './run-files.ts';

/** Chunks held at a time: the memory that a step needs does not grow with the audience. */
const CHUNKS_HELD = 16;

/**
 * Makes the function that picks, of pids of a snapshot and the people whom they have come to mean,
 * those that their person is to be served under: who is in the snapshot twice, as two people who were
 * merged meanwhile, is served once.
 *
 * Steps do not talk to each other: each asks the stored chunks, which never change. A survivor serves
 * for itself; without one in the snapshot it is the pid absorbed last. So whoever gave way to another
 * pid gave way to one that outranks it for ever, however merging goes on: nobody is left out. What
 * remains is a merge between two steps: then both pids may be served, most often as the two people
 * that they were, and as one person twice only if the survivor is not in the snapshot at all.
 */
export function servingPids(
  snapshot: AudienceSnapshot,
  { audience, files }: { readonly audience: Audience; readonly files: RunFiles },
): (people: ReadonlyMap<Pid, Person>) => Promise<ReadonlySet<Pid>> {
  const held = new Map<string, Promise<ReadonlySet<Pid>>>();

  const load = (key: string): Promise<ReadonlySet<Pid>> => {
    const pids = held.get(key) ?? files.readJson(key, AudienceChunk).then((chunk) => new Set(chunk.pids));
    held.delete(key);
    held.set(key, pids);
    for (const oldest of held.keys()) {
      if (held.size <= CHUNKS_HELD) break;
      held.delete(oldest);
    }
    return pids;
  };

  const isInSnapshot = async (pid: Pid): Promise<boolean> => {
    const position = audience.positionOf(pid);
    const chunk = snapshot.chunks.find(({ end }) => end !== undefined && !isAfter(position, end));
    return chunk !== undefined && (await load(chunk.key)).has(pid);
  };

  const serves = async (pid: Pid, person: Person): Promise<boolean> => {
    for (const other of outranking(pid, person)) if (await isInSnapshot(other)) return false;
    return true;
  };

  return async function pickServing(people) {
    const serving = new Set<Pid>();
    for (const [pid, person] of people) if (await serves(pid, person)) serving.add(pid);
    return serving;
  };
}

/** The pids of a person that serve rather than this one: their own, then those absorbed later. */
function outranking(pid: Pid, person: Person): readonly Pid[] {
  if (pid === person.pid) return [];
  const { absorbed } = person.profile;
  const since = absorbed[pid] ?? 0;
  const later = Object.entries(absorbed).filter(([other, at]) => at > since || (at === since && other < pid));
  return [person.pid, ...later.map(([other]) => Pid.parse(other))];
}
