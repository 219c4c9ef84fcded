/** Formats that every workbook has without saying so: dates of Western and of East Asian languages. */
const BUILT_IN = [
  [14, 17],
  [22, 22],
  [27, 31],
  [36, 36],
  [50, 54],
  [57, 58],
] as const;

/**
 * Whether a number of this format is shown as a day, with its time or without. Times alone, and spans of
 * hours, are no dates.
 *
 * @param code of a format that the workbook defines itself, as `dd/mm/yyyy hh:mm`
 */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN.some(([first, last]) => id >= first && id <= last);
  // The first of up to four sections is that of positive numbers; what is quoted or in brackets is no token
  const [positive = ''] = code.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '').split(';');
  return /[yd]/i.test(positive) || (/mmm/i.test(positive) && !/[hs]/i.test(positive));
}
