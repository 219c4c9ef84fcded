/** For how many days what lies outside the tables is kept: the stack's own expiry, and what an erasure says of it. */
export const KEPT_DAYS = {
  exports: 90,
  runs: 30,
  sizes: 730,
  quarantine: 90,
  failed: 90,
  stream: 1,
  backups: 35,
} as const;
