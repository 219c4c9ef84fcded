/**
 * Splits a row of CSV into its cells, by the rules that its end is found by; nothing where
 * something other than a delimiter follows a closing quote.
 */
export function csvCells(
  text: string,
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): string[] | undefined {
  if (!text.includes(quote)) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] !== quote) {
      const end = text.indexOf(delimiter, at);
      cells.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    let from = at + 1;
    let close = text.indexOf(quote, from);
    while (close !== -1 && text[close + 1] === quote) {
      cell += text.slice(from, close + 1);
      from = close + 2;
      close = text.indexOf(quote, from);
    }
    if (close === -1) return undefined;
    cells.push(cell + text.slice(from, close));
    at = close + 1;
    if (at === text.length) return cells;
    if (text[at] !== delimiter) return undefined;
    at += 1;
  }
}
