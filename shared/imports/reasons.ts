/**
 * Why rows are rejected, beside what the source's rules refuse. They are stable: files of rejected rows are
 * read by machines.
 */
export const ROW_REASONS = [
  'bad_quotes',
  'bad_encoding',
  'bad_formula',
  'lost_digits',
  'bad_json',
  'not_an_object',
  'wrong_columns',
  'row_too_large',
  'value_too_large',
  'missing_required',
  'missing_identifier',
  'blocked_identifier',
  'bad_email',
  'bad_phone',
  'bad_event_name',
  'bad_text',
  'bad_number',
  'bad_integer',
  'bad_boolean',
  'bad_date',
  'bad_country',
] as const;
export type RowReason = (typeof ROW_REASONS)[number];
