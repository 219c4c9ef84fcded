import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { SeenId } from './activity.ts';

/** How many ids a node takes: so many are an item of less than 4 KB, which four write units pay for. */
export const NODE_IDS = 256;

const HOUR_MS = 3_600_000;

/** Where a node stands: under its person, `<hour>` for a root, below it `<hour>#<letters>`. */
export interface SpillPlace {
  readonly pid: Pid;
  readonly path: string;
}

export interface SpillNode {
  readonly ids: ReadonlySet<string>;
  /** It takes no more: what does not stand here may stand below. */
  readonly isFull: boolean;
  /** When it may be forgotten. */
  readonly until: EpochMs;
}

/** The nodes of people's spills, as they are stored. Reads are always consistent. */
export interface SpillNodes {
  /** Those that there are. */
  readMany(places: readonly SpillPlace[]): Promise<readonly (SpillPlace & SpillNode)[]>;

  /**
   * Adds ids to each node that is not full and has room for them all, and keeps it until then.
   *
   * @returns the additions that were refused whole, with what is known of the node that refused.
   */
  addMany(additions: readonly Addition[], until: EpochMs): Promise<readonly Refused[]>;

  /** Marks nodes as full, and keeps them until then. */
  closeMany(places: readonly SpillPlace[], until: EpochMs): Promise<void>;
}

/** Fingerprints of messages on their way into a node, at most {@link NODE_IDS}. */
export interface Addition extends SpillPlace {
  readonly ids: readonly string[];
}

export interface Refused extends Addition {
  readonly node: Pick<SpillNode, 'isFull' | 'until'>;
}

/** The hour of the sender's clock that a message's root is of: the same for all of its copies. */
const rootOf = ([at]: SeenId): string => String(Math.floor(at / HOUR_MS));

/** The node below one: a letter more of the fingerprint, so that ids spread over 64 of them. */
function below(path: string, id: string): string {
  const [root, letters = ''] = path.split('#');
  return `${root}#${id.slice(0, letters.length + 1)}`;
}

/**
 * Makes a person's ids durable.
 *
 * A node that would hold more than {@link NODE_IDS} is closed first, and the ids go on below: whoever
 * reads an open node needs to look nowhere else, and a crash in between leaves a closed node with
 * nothing below, which tells the truth. Two writers at once both add or both go below. To repeat it
 * adds nothing new.
 *
 * A node is forgotten only when everything below it is: what is closed is kept for a horizon more,
 * and closed again before that has passed.
 */
export async function spillInto(
  nodes: SpillNodes,
  { pid, ids }: { readonly pid: Pid; readonly ids: readonly SeenId[] },
  { until, horizonMs }: { readonly until: EpochMs; readonly horizonMs: number },
): Promise<void> {
  let open = additions(pid, Map.groupBy(ids, rootOf), ([, id]) => id);
  while (open.length > 0) {
    const refused: readonly (Addition & Partial<Refused>)[] = [
      ...open.filter((addition) => addition.ids.length > NODE_IDS),
      ...(await nodes.addMany(
        open.filter((addition) => addition.ids.length <= NODE_IDS),
        until,
      )),
    ];
    const toClose = refused.filter(({ node }) => node === undefined || !node.isFull || node.until < until);
    await nodes.closeMany(toClose, until + horizonMs);
    open = refused.flatMap(({ path, ids: left }) =>
      additions(
        pid,
        Map.groupBy(left, (id) => below(path, id)),
        (id) => id,
      ),
    );
  }
}

const additions = <T>(
  pid: Pid,
  byPath: ReadonlyMap<string, readonly T[]>,
  idOf: (entry: T) => string,
): readonly Addition[] => [...byPath].map(([path, entries]) => ({ pid, path, ids: entries.map(idOf) }));

/** Which of these ids the spills of any of these people hold. */
export async function findInSpills(
  nodes: SpillNodes,
  pids: readonly Pid[],
  ids: readonly SeenId[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let asked = pids.flatMap((pid) => ids.map((seen) => ({ pid, path: rootOf(seen), id: seen[1] })));
  while (asked.length > 0) {
    const byPlace = Map.groupBy(asked, placeOf);
    const places = [...byPlace.values()].flatMap(([first]) => first ?? []);
    const read = await nodes.readMany(places.map(({ pid, path }) => ({ pid, path })));
    const known = new Map(read.map((node) => [placeOf(node), node]));
    asked = [...byPlace].flatMap(([place, here]) => {
      const node = known.get(place);
      if (node === undefined) return [];
      for (const { id } of here) if (node.ids.has(id)) found.add(id);
      if (!node.isFull) return [];
      return here
        .filter(({ id }) => !found.has(id))
        .map(({ pid, path, id }) => ({ pid, path: below(path, id), id }));
    });
  }
  return found;
}

const placeOf = ({ pid, path }: SpillPlace): string => `${pid} ${path}`;
