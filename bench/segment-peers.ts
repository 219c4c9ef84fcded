import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { installed } from './peers.ts';

type Document = Readonly<Record<string, unknown>>;

/** What the condition looks back to. */
const Since = z.object({ since: z.number() });
type Since = z.infer<typeof Since>;

const Compile = z.custom<(at: Since) => (document: Document) => boolean | Promise<boolean>>(
  (value) => typeof value === 'function',
);
const Peer = z.object({
  name: z.string(),
  version: z.string(),
  /** Which part of the people it is asked about, since it would take all day. */
  share: z.number(),
  compile: Compile,
});
export type SegmentPeer = z.infer<typeof Peer>;

/** A database that holds the same people. */
interface Table {
  readonly version: string;
  add(documents: readonly Document[]): Promise<void>;
  count(at: Since): Promise<readonly [members: number, sumOfPlaces: number]>;
}

const Peers = z.object({
  peers: z.array(Peer),
  duckdb: z.custom<() => Promise<Table>>((value) => typeof value === 'function'),
});

const folder = fileURLToPath(new URL('./peers/segments/', import.meta.url));

/** What else evaluates conditions in JavaScript, and a database that does it by columns. */
export const loadSegmentPeers = async (print: (line: string) => void): Promise<z.infer<typeof Peers>> =>
  Peers.parse(await installed({ folder, size: '80 MB' }, print));
