import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Call, callsOf, type Destination, type Speaker, type Who } from '#test/clients/call.ts';
import { expectPerson } from '#test/clients/expect-person.ts';
import { codeOf, expectGuide, SERVER_GUIDES } from '#test/clients/guides.ts';
import { jitsu } from '#test/clients/jitsu.ts';
import { idsIn } from '#test/clients/messages.ts';
import { rudderNode } from '#test/clients/rudder-node.ts';
import { LINES, runCalls } from '#test/clients/run-calls.ts';
import { segmentNode } from '#test/clients/segment-node.ts';
import { startKeepingStack } from '#test/clients/stack.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import type { Fault, Seen } from '#test/support/faulty-proxy.ts';
import type { StackProcess } from '#test/support/stack-process.ts';

type Start = (to: Destination, who: Who) => Speaker;

/** Those that send again what did not arrive. */
const SDKS: Readonly<Record<string, Start>> = {
  '@segment/analytics-node': segmentNode,
  '@rudderstack/rudder-sdk-node': rudderNode({ gzip: true }),
  '@rudderstack/rudder-sdk-node without gzip': rudderNode({ gzip: false }),
};
/** It tells by a line on the console what was lost, and no more. */
const errorPolicy = () => {};
const FORGETFUL: Readonly<Record<string, Start>> = {
  '@jitsu/js': jitsu({ errorPolicy }),
  '@jitsu/js from a server': jitsu({ s2s: true, errorPolicy }),
};
/** What Jitsu has no call for. */
const JITSU_LACKS = ['screen', 'alias'];

interface Case {
  readonly sdk: string;
  readonly line: string;
  readonly faults: readonly Fault[];
  readonly who: Who;
  readonly calls: readonly Call[];
}

const CASES: readonly Case[] = Object.keys({ ...SDKS, ...FORGETFUL }).flatMap((sdk, s) =>
  LINES.map(([line, faults], n) => {
    const who = { userId: `customer-${s}-${n}`, anonymousId: `device-${s}-${n}` };
    const calls = callsOf(who).filter(({ type }) => sdk in SDKS || !JITSU_LACKS.includes(type));
    return { sdk, line, faults, who, calls };
  }),
);
const casesOf = (sdk: string) => CASES.filter((one) => one.sdk === sdk);

let stack: StackProcess;
/** What each of the SDKs sent, all at once. */
const requests = new Map<Case, readonly Seen[]>();
beforeAll(async () => {
  stack = await startKeepingStack(inject('assembly'));
  await Promise.all(
    CASES.map(async (one) => {
      const start = { ...SDKS, ...FORGETFUL }[one.sdk] ?? expect.unreachable();
      requests.set(one, await runCalls({ ...one, url: stack.urls.collect, start }));
    }),
  );
  await untilConsumed(stack);
});
afterAll(() => stack?.stop());

describe.each(Object.keys(SDKS))('%s', (sdk) => {
  it.each(casesOf(sdk))('says all it can, once, past $line', async (one) => {
    const { who, faults, calls } = one;
    const sent = requests.get(one) ?? [];

    expect(sent.filter(({ isSpoiled }) => isSpoiled)).toHaveLength(faults.length);
    expect(idsIn(sent.filter(({ isSpoiled }) => !isSpoiled)).size).toBe(calls.length);
    await expectPerson(stack, { who, calls });
  });
});

describe.each(Object.keys(FORGETFUL))('%s', (sdk) => {
  it.each(casesOf(sdk))('says all it can, and nothing twice, past $line', async (one) => {
    const { who, faults, calls } = one;
    const sent = requests.get(one) ?? [];
    const lost = faults.filter(({ when }) => when === 'before').length;

    expect(sent).toHaveLength(calls.length);
    expect(idsIn(sent).size).toBe(calls.length);
    await expectPerson(stack, { who, calls: calls.slice(lost) });
  });
});

describe('the guides', () => {
  it.each(Object.entries(SERVER_GUIDES))('show a program that says what it says: %s', async (name, guide) => {
    const program = ['--input-type=module-typescript', '--eval', codeOf(name, stack.urls.collect)];
    const [code] = await once(spawn(process.execPath, program, { stdio: 'inherit' }), 'exit');
    await untilConsumed(stack);

    expect(code).toBe(0);
    await expectGuide(stack, guide);
  });
});
