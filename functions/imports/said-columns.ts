/** What a run says of a row that it gives back, in columns or keys before the row's own. */
export const SAID_COLUMNS = ['rejected_line', 'rejected_reason', 'rejected_column'] as const;

export const isSaidColumn = (name: string): boolean => SAID_COLUMNS.some((said) => said === name);

/** Whether a text begins as a file of rejected rows does, whatever an editor left of its mark. */
export const isGivenBack = (head: Buffer): boolean =>
  /^\ufeff?"?rejected_line\b/.test(head.toString('utf8', 0, 20));
