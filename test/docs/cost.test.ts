import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PRICES } from '#bench/prices.ts';

const text = readFileSync('docs/cost.md', 'utf8');

/** The cells of the rows of the first table under a heading, its head left out. */
function table(heading: string): readonly (readonly string[])[] {
  const under = heading === '' ? text : text.slice(text.indexOf(`\n${heading}\n`));
  const rows = /(?:^\|.*\|\n?)+/m.exec(under)?.[0].trim().split('\n') ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const number = (cell: string | undefined): number => z.coerce.number().parse(cell?.replaceAll(/[,*]/g, ''));

const SIZES = { million: 1e6, 'million GB-seconds': 1e6, GB: 1e9 };
const Size = z.enum(['million', 'million GB-seconds', 'GB']);

describe('docs/cost.md', () => {
  const bill = table('## A million events');
  const [sum] = bill.filter(([what]) => what === '**together**').map(([, , , usd]) => number(usd));
  const lines = bill.filter(([what]) => what !== '**together**');
  const month = new Map(table('').map(([what = '', usd]) => [what, number(usd)]));

  it('has the prices that the bench counts with, each with its page and day', () => {
    expect(table('## Prices')).toEqual(
      Object.values(PRICES).map(({ what, usd, unit, page, read }) => [
        what,
        String(usd),
        unit,
        `[page](${page})`,
        read,
      ]),
    );
  });

  it('bills each line at its quantity and price, and adds them up', () => {
    expect(lines.length).toBeGreaterThan(10);
    for (const [what, quantity, price = '', usd] of lines) {
      const [each, unit] = price.split(' a ');
      const { [Size.parse(unit)]: size } = SIZES;
      expect(number(usd), what).toBeCloseTo((number(quantity) / size) * number(each), 2);
    }
    const added = lines.reduce((total, [, , , usd]) => total + number(usd), 0);
    expect(sum).toBeCloseTo(added, 1);
  });

  it('uses prices of the table alone', () => {
    const known = Object.values(PRICES).map(({ usd, unit }) => `${usd} a ${unit}`);

    expect(lines.filter(([, , price = '']) => !known.includes(price))).toEqual([]);
  });

  it('is within what was aimed at: a dollar for a million events, and twenty a month', () => {
    expect(month.get('a million events from browsers and apps, 15 to a request')).toBe(sum);
    expect(sum).toBeLessThanOrEqual(1);
    expect(month.get('the smallest stage, a month, while nothing happens')).toBeLessThanOrEqual(20);
  });

  it('adds months up from the fixed part, metrics and keys in use, and events', () => {
    const idle = month.get('the smallest stage, a month, while nothing happens') ?? Number.NaN;
    const one = month.get('in all, a month: 1 million events') ?? Number.NaN;
    const inUse = one - idle - (sum ?? Number.NaN);

    expect(text).toContain(`${inUse.toFixed(2)} for metrics and requests for keys`);
    for (const millions of [10, 100]) {
      const all = idle + inUse + millions * (sum ?? Number.NaN);
      expect(Math.abs((month.get(`${millions} million`) ?? Number.NaN) - all)).toBeLessThan(0.006 * millions);
    }
  });
});
