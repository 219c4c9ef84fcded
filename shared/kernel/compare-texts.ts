/** The order of texts by UTF-16 unit, which is that of `sort()`. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
