import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '#demo/random.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { basic } from '#test/support/collect.ts';
import type { Ledger } from './ledger.ts';
import { type Call, openShopper, type Shopper } from './shopper.ts';

/** How traffic goes so far. */
export interface Sent {
  /** Requests made, those that failed or were repeated included. */
  requests: number;
  /** Events of which the Collect API answered that it has them. */
  acknowledged: number;
  /** Events that were sent again: since no answer came, or although one did. */
  resent: number;
}

export interface Clients {
  readonly sent: Sent;
  /** Begins with nobody new, and resolves when everybody has done all they do, and it is acknowledged. */
  finish(): Promise<void>;
}

const CLIENTS = 6;
const SHOPPERS_AT_ONCE = 30;
const PATIENCE_MS = 5_000;
const REMEMBERED = 400;

interface Options {
  readonly random: Random;
  readonly ledger: Ledger;
  /** The Collect API; the port stays the same when the stack is started again. */
  readonly url: string;
}

/**
 * Steady traffic of several clients at once, each of which sends what got no answer again until it gets one,
 * with the same message ids, and now and then also what it knows to be there.
 */
export function openClients({ random, ledger, url }: Options): Clients {
  const sent: Sent = { requests: 0, acknowledged: 0, resent: 0 };
  const known: (readonly Call[])[] = [];
  const shoppers: Shopper[] = [];
  let people = 0;
  let isOver = false;

  function nextCalls(): Call[] {
    const calls: Call[] = [];
    for (let left = random.integer(1, 8); left > 0; left--) {
      while (shoppers.length < SHOPPERS_AT_ONCE) shoppers.push(openShopper(people++, random));
      const at = random.integer(0, shoppers.length - 1);
      const shopper = shoppers[at];
      const call = shopper?.next(Date.now());
      if (shopper === undefined || call === undefined) {
        shoppers.splice(at, 1);
        continue;
      }
      ledger.note(shopper.key, call);
      calls.push(call);
    }
    return calls;
  }

  async function send(calls: readonly Call[]): Promise<boolean> {
    sent.requests += 1;
    try {
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: basic(LOCAL_WRITE_KEY), 'content-type': 'application/json' },
        body: JSON.stringify({ batch: calls, sentAt: new Date().toISOString() }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  async function deliver(calls: readonly Call[]): Promise<void> {
    while (!(await send(calls))) {
      sent.resent += calls.length;
      await pause(random.integer(100, 1_000));
    }
  }

  async function acknowledge(calls: readonly Call[]): Promise<void> {
    await deliver(calls);
    sent.acknowledged += calls.length;
    known[random.integer(0, REMEMBERED - 1)] = calls;
  }

  /** All that is left of what somebody does. */
  function callsOf(shopper: Shopper): readonly Call[] {
    const calls: Call[] = [];
    for (let call = shopper.next(Date.now()); call !== undefined; call = shopper.next(Date.now())) {
      ledger.note(shopper.key, call);
      calls.push(call);
    }
    return calls;
  }

  async function run(): Promise<void> {
    while (!isOver) {
      const calls = nextCalls();
      if (calls.length > 0) await acknowledge(calls);
      const again = random.chance(0.1) ? known[random.integer(0, REMEMBERED - 1)] : undefined;
      if (again !== undefined) {
        sent.resent += again.length;
        await deliver(again);
      }
      await pause(random.integer(200, 800));
    }
  }

  const running = Promise.all(Array.from({ length: CLIENTS }, run));
  return {
    sent,
    async finish() {
      isOver = true;
      await running;
      for (const shopper of shoppers) {
        const rest = callsOf(shopper);
        if (rest.length > 0) await acknowledge(rest);
      }
    },
  };
}
