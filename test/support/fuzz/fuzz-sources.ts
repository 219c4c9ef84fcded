import { LOCAL_WRITE_KEY } from '#local/local-source.ts';

/** The source that takes everything is the local stack's own. */
export const OPEN_KEY = LOCAL_WRITE_KEY;

export const PICKY_KEY = 'picky-write-key';

/** One that does not want some events, and some traits. */
export const PICKY_SOURCE = {
  id: 'picky',
  name: 'Picky',
  writeKeys: [PICKY_KEY],
  events: { deny: ['Order Completed'] },
  traits: { deny: ['total', 'email'] },
  ip: true,
};

/** All keys that there are. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([OPEN_KEY, PICKY_KEY]);
