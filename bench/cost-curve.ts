import type { Template } from '#test/support/assembly.ts';
import type { BillLine } from './bill.ts';
import { printBill } from './cost-report.ts';
import { billOfMillion, type FunctionModels, usdOfMillion } from './dollars.ts';
import { total } from './metered-dynamodb.ts';
import { startMeteredTables } from './metered-tables.ts';
import { type Traffic, trafficWorkload } from './traffic.ts';
import { type VirtualOptions, virtualRiver } from './virtual-river.ts';

/** The traffic that most of a shop's events are. */
export const HEADLINE: Traffic = { from: 'browser', batch: 15 };

type Setting = Traffic & Pick<VirtualOptions, 'timeline'> & { readonly windowSeconds: number };

const NORMAL = { timeline: 'known', windowSeconds: 1 } as const;

/** Each lever by itself and together: who sends how much at once, how long a batch waits, whose timeline is kept. */
const SETTINGS: readonly Setting[] = [
  ...(['browser', 'server'] as const).flatMap((from) =>
    [1, 15, 100]
      // a server that sends one event at a time does what a browser does that sends one
      .filter((batch) => from === 'browser' || batch > 1)
      .flatMap((batch) =>
        [1, 10, 60].map((windowSeconds): Setting => ({ ...NORMAL, from, batch, windowSeconds })),
      ),
  ),
  { ...NORMAL, ...HEADLINE, timeline: 'none' },
  { ...NORMAL, ...HEADLINE, timeline: 'all' },
];

const isHeadline = ({ from, batch, windowSeconds, timeline }: Setting): boolean =>
  from === HEADLINE.from &&
  batch === HEADLINE.batch &&
  windowSeconds === NORMAL.windowSeconds &&
  timeline === NORMAL.timeline;

const nameOf = ({ from, batch, windowSeconds, timeline }: Setting): string =>
  `usd_per_million_${from}_${batch}_${windowSeconds}s${timeline === 'known' ? '' : `_timeline_${timeline}`}`;

/** How many events are run of the headline's traffic, whatever the levers, and of other traffic. */
const EVENTS = { headline: 30_000, other: 6_000 };

/** Events a month at which the catalog is read as seldom as the figures say; where there are more, more seldom. */
const CACHED_AS_AT = 1_000_000;

interface Point {
  readonly bill: readonly BillLine[];
  readonly usd: number;
  /** Write units of an event, but for `audiences`. */
  readonly units: number;
  /** What a million events leave in timelines, at most: a unit writes a kilobyte or less. */
  readonly timelineGb: number;
}

interface CurveOptions {
  readonly template: Template;
  readonly models: FunctionModels;
  readonly scale: number;
}

/** Dollars for a million events of each shape of traffic, at list prices. */
export async function curve(
  print: (line: string) => void,
  { template, models, scale }: CurveOptions,
): Promise<{ readonly figures: Record<string, number>; readonly headline: Point }> {
  const figures: Record<string, number> = {};
  let headline: Point | undefined;
  print('\n| from | events a request | window | timeline | write units an event | USD a million |');
  print('|---|---:|---:|---|---:|---:|');
  for (const setting of SETTINGS) {
    const isSame = setting.from === HEADLINE.from && setting.batch === HEADLINE.batch;
    const events = (isSame ? EVENTS.headline : EVENTS.other) * scale;
    const point = await measure(setting, { template, models, events });
    figures[nameOf(setting)] = point.usd;
    if (isHeadline(setting)) headline = point;
    const { from, batch, windowSeconds, timeline } = setting;
    print(
      `| ${from} | ${batch} | ${windowSeconds} s | ${timeline} | ${point.units.toFixed(2)} | ${point.usd.toFixed(2)} |`,
    );
  }
  if (headline === undefined) throw new Error('the traffic that the headline is of was not run');
  printBill(print, headline.bill);
  return { figures, headline };
}

async function measure(
  setting: Setting,
  { template, models, events }: Pick<CurveOptions, 'template' | 'models'> & { readonly events: number },
): Promise<Point> {
  const workload = trafficWorkload(setting, { events });
  const meter = await startMeteredTables(template);
  try {
    const { timeline, windowSeconds } = setting;
    const use = await virtualRiver(workload.requests, {
      meter,
      timeline,
      windowMs: windowSeconds * 1000,
      pace: workload.distinct / CACHED_AS_AT,
    });
    const bill = billOfMillion(use, { models, ...workload });
    const { write } = use.dynamodb;
    return {
      bill,
      usd: usdOfMillion(bill),
      units: total(write) / workload.distinct,
      timelineGb: (write.timeline * 1024) / 1e9 / (workload.distinct / 1_000_000),
    };
  } finally {
    await meter.close();
  }
}
