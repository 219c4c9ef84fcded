import {
  MAX_CELLS,
  OTHER,
  type QualityCell,
  QualityKind,
  roomlessCell,
} from '#shared/quality/quality-count.ts';

/** What an item may have and still take one write unit, with what its numbers may yet grow by. */
const PAGE_BYTES = 1000;
/** Keys, `ttl` and `lastAt`, with a long source's id. */
const OTHER_BYTES = 130;
/** A number of up to nine digits. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const NUMBER_BYTES = 6;

const LETTERS: Readonly<Record<QualityKind, string>> = {
  accepted: 'a',
  flagged: 'f',
  dropped: 'd',
  quarantined: 'q',
  redriven: 'r',
  violation: 'v',
};

/** What an attribute is called that holds a number. No name has a line's end, and no other attribute has one. */
export const attributeOf = ({ kind, event, reason }: QualityCell): string =>
  [LETTERS[kind], event, ...(reason === undefined ? [] : [reason])].join('\n');

/** The number that an attribute holds; nothing for another attribute. */
export function cellOf(attribute: string): QualityCell | undefined {
  const [letter, event, reason] = attribute.split('\n');
  const kind = QualityKind.options.find((one) => LETTERS[one] === letter);
  return kind === undefined || event === undefined ? undefined : { kind, event, reason };
}

/**
 * Which items hold the numbers of one hour of a source. Each takes as many as a write unit pays for, and the
 * names that come first, mostly the frequent ones, stand in the first: so adding to them costs one unit,
 * however many names there are.
 *
 * Two writers may put one number in two items: it is the sum of both.
 */
export function qualityPages() {
  const pages: Set<string>[] = [];
  const numberOf = () => pages.reduce((sum, { size }) => sum + size, 0);
  const hasRoom = (page: ReadonlySet<string>, attribute: string): boolean =>
    bytesOf(page) + Buffer.byteLength(attribute) + NUMBER_BYTES <= PAGE_BYTES;

  function place(cell: QualityCell): { readonly page: number; readonly attribute: string } {
    const attribute = attributeOf(cell);
    const known = pages.findIndex((page) => page.has(attribute));
    if (known !== -1) return { page: known, attribute };
    if (numberOf() >= MAX_CELLS && cell.event !== OTHER) return place(roomlessCell(cell));

    const last = pages.at(-1);
    if (last === undefined || (last.size > 0 && !hasRoom(last, attribute))) pages.push(new Set());
    pages.at(-1)?.add(attribute);
    return { page: pages.length - 1, attribute };
  }

  return {
    /** Where a number stands, or shall stand from now on. */
    place,

    /** Takes note of what an item holds. */
    note(page: number, attributes: Iterable<string>): void {
      while (pages.length <= page) pages.push(new Set());
      for (const attribute of attributes) pages[page]?.add(attribute);
    },
  };
}

export type QualityPages = ReturnType<typeof qualityPages>;

const bytesOf = (page: ReadonlySet<string>): number =>
  [...page].reduce((sum, attribute) => sum + Buffer.byteLength(attribute) + NUMBER_BYTES, OTHER_BYTES);
