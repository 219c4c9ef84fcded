import type { Template } from '#test/support/assembly.ts';
import { type BillLine, sumOf } from './bill.ts';
import { KINDS } from './capacity.ts';
import { fixedRows, usdOfRows } from './fixed.ts';
import type { Use } from './metered-stack.ts';
import { PRICES, usdOf } from './prices.ts';

type Print = (line: string) => void;

export function printUse(
  print: Print,
  { what, use, distinct }: { readonly what: string; readonly use: Use; readonly distinct: number },
): void {
  const { requests, dynamodb, stream, functions } = use;
  print(`\n${what}: ${distinct} distinct events in ${requests} requests`);
  for (const kind of KINDS) {
    const [written, read] = [dynamodb.write[kind], dynamodb.read[kind]];
    if (written + read > 0) print(`  ${kind.padEnd(12)}${written} write units, ${read} read units`);
  }
  const { records, payloadUnits, bytes } = stream;
  print(`  stream      ${records} records, ${payloadUnits} payload units, ${bytes} bytes`);
  for (const [name, { invocations, cpuMs, logBytes }] of Object.entries(functions)) {
    const each = invocations === 0 ? 0 : cpuMs / invocations;
    print(
      `  ${name.padEnd(12)}${invocations} invocations of ${each.toFixed(2)} ms CPU, ${logBytes} bytes logged`,
    );
  }
  print(`  ${dynamodb.refused} writes refused by their condition, ${dynamodb.unexplained} units unexplained`);
}

/** A bill as docs/cost.md shows it. */
export function printBill(print: Print, bill: readonly BillLine[]): void {
  print('\n| a million events | quantity | price | USD |');
  print('|---|---:|---|---:|');
  for (const { what, quantity, price, usd } of bill) {
    print(`| ${what} | ${Math.round(quantity)} | ${price} | ${usd.toFixed(4)} |`);
  }
  print(`| **together** | | | **${sumOf(bill).toFixed(4)}** |`);
}

/** Keys are asked for again after five minutes: five tables, and the stream's two ends. */
const KEY_USES = 7 * 12 * 730;

/** What a month costs in all, at so many million events of the headline's traffic. */
export function monthlyTotals(
  print: Print,
  {
    template,
    perMillion,
    metrics,
  }: { readonly template: Template; readonly perMillion: number; readonly metrics: number },
): Readonly<Record<string, number>> {
  const idle = usdOfRows(fixedRows(template));
  const inUse = usdOf('customMetric', metrics) + usdOf('keyUse', KEY_USES);
  print(
    `\nwhile events flow: ${metrics} metrics at ${PRICES.customMetric.usd}, and requests for keys: ${inUse.toFixed(2)} a month`,
  );
  const month = (millions: number): number => idle + inUse + millions * perMillion;
  return {
    usd_per_month_idle: idle,
    usd_per_month_in_use: inUse,
    usd_per_month_at_1_million: month(1),
    usd_per_month_at_10_million: month(10),
    usd_per_month_at_100_million: month(100),
  };
}
