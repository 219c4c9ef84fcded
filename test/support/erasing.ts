import type { ApplyPorts, KeyedRecords } from '#functions/profiles/apply-records.ts';
import { type ErasePorts, erasePerson } from '#functions/profiles/erase-person.ts';
import type { CollectedEvent, Pid } from '#shared/events/event.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from './applying.ts';

const viewers = compileSegments(
  [{ id: 'viewers', name: 'Viewers', condition: { event: { name: 'Viewed', atLeast: 1 } } }],
  1,
);
export const definitions = { current: async () => viewers };

/** People to whom events happen, and who are erased. */
function stage() {
  const there = applying();
  let messages = 0;
  const said = (one: Partial<CollectedEvent>): KeyedRecords => {
    const at = one.timestamp ?? there.clock.now;
    const event = { messageId: `m${messages++}`, timestamp: at, originalTimestamp: at, ...one };
    return { ...there.record([event]), partitionKey: `k${messages}` };
  };
  const ports: ErasePorts = { ...there.ports, erasures: there.erasures, dedupDays: 30 };
  const pidOf = (key: string): Pid => {
    const person = there.ownerOf(key);
    if (person === undefined) throw new TypeError(`nobody has ${key}`);
    return person.pid;
  };
  return {
    ...there,
    said,
    pidOf,
    erasePorts: ports,
    send: (one: Partial<CollectedEvent>, over: Partial<ApplyPorts> = {}) => {
      there.clock.now += 1_000;
      return there.apply(said(one), { definitions, ...over });
    },
    erase: (pid: Pid, over: Partial<ErasePorts> = {}, isAllowed = () => true) =>
      erasePerson({ pid, by: 'u-admin', isAllowed }, { ...ports, ...over }),
  };
}

/** Ada, a user with an address, who absorbed the visitor a2, and who was told of in a timeline. */
export async function withAda() {
  const there = stage();
  await there.send({ userId: 'ada', anonymousId: 'a1' });
  await there.send({ anonymousId: 'a2' });
  await there.send({ userId: 'ada', anonymousId: 'a2', type: 'identify', traits: { email: 'a@b.fr' } });
  await there.send({ userId: 'bob' });
  return { ...there, ada: there.pidOf('userId#ada'), bob: there.pidOf('userId#bob') };
}
