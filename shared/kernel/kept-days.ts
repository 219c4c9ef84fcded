/** For how many days what lies outside the tables is kept: the stack's own expiry, and what an erasure says of it. */
export const KEPT_DAYS = {
  exports: 90,
  imports: 30,
  runs: 30,
  quarantine: 90,
  failed: 90,
  stream: 1,
  backups: 35,
} as const;

/** For how many days it is kept how many people were in each segment, which says nothing of anybody. */
export const SIZES_KEPT_DAYS = 730;

/** For how many days it is kept what became of a source's events, which says nothing of anybody either. */
export const QUALITY_KEPT_DAYS = 400;
