import { describe, expect, it } from 'vitest';
import { type ApplyPorts, applyRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import type { PersonWrite } from '#shared/profiles/people-repository.ts';
import { traitValues } from '#shared/profiles/trait-value.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { type TraitDefinition, traitRules } from '#shared/traits/trait-definition.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';
import { memoryPeople } from '#test/support/memory-people.ts';

/** A λ whose catalog may change; what it asks of it and what it writes is kept. */
function lambda(...definitions: readonly TraitDefinition[]) {
  const memory = memoryPeople();
  const writes: PersonWrite[] = [];
  const asked: number[] = [];
  let current = compileSegments([], 1, { traits: traitRules(definitions) });
  let count = 0;
  const ports: ApplyPorts = {
    people: {
      ...memory.people,
      write: async (write) => {
        writes.push(write);
        return memory.people.write(write);
      },
    },
    identities: memory.identities,
    definitions: {
      async current(version) {
        asked.push(version);
        return current;
      },
    },
    quarantine: { keep: async () => true },
    giveUpAfterMs: 1,
    timeline: 'none',
    tally: batchTally(),
    becomesHot: () => false,
    newPid: () => Pid.parse(`p${count++}`),
    now: () => RECEIVED_AT,
    pause: async () => {},
  };
  return {
    writes,
    asked,
    define: (version: number, ...more: readonly TraitDefinition[]) => {
      current = compileSegments([], version, { traits: traitRules(more) });
    },
    async identify(
      traits: Readonly<Record<string, unknown>>,
      said: Partial<CollectedEvent> = {},
      source = 'web',
    ) {
      count += 1;
      const event = collected({ type: 'identify', userId: 'u', messageId: `m${count}`, traits, ...said });
      const record = {
        v: 1 as const,
        source: { ...web, id: source },
        receivedAt: RECEIVED_AT,
        events: [event],
      };
      await applyRecords(
        { stream: 's', partitionKey: source, records: [{ sequenceNumber: String(1000 + count), record }] },
        ports,
      );
    },
    values: () => {
      const person = memory.ownerOf('userId#u');
      if (person === undefined) throw new TypeError('nobody is stored');
      return traitValues(person, current.traits);
    },
  };
}

const city: TraitDefinition = { id: 'city', strategy: 'mostTrustedSource', sources: ['crm'] };
const tags: TraitDefinition = { id: 'tags', strategy: 'union' };

describe('writePerson', () => {
  it('keeps traits by the definitions there are, and writes the profile only when a value changes', async () => {
    const { identify, values, writes } = lambda(city, tags);

    await identify({ city: 'Lyon', tags: ['a'] }, { timestamp: 1 }, 'crm');
    await identify({ city: 'Paris', tags: ['b', 'a'] }, { timestamp: 2 });
    await identify({ city: 'Paris', tags: 'a' }, { timestamp: 3 });
    await identify({ city: 'Lyon', tags: ['a'] }, { timestamp: 4 }, 'crm');

    expect(values()).toEqual({ city: 'Lyon', tags: ['a', 'b'] });
    expect(writes.map(({ profileChanged }) => profileChanged)).toEqual([true, true, false, false]);
  });

  it('goes by new definitions from then on, at least as new as those of the last write', async () => {
    const { identify, values, define, asked } = lambda();

    await identify({ tags: ['a'], city: 'Lyon' }, { timestamp: 5 });
    define(8, tags, { id: 'city', strategy: 'first' });
    await identify({ tags: ['b'], city: 'Paris' }, { timestamp: 6 });
    await identify({ city: 'Nice' }, { timestamp: 1 });

    expect(values()).toEqual({ tags: ['a', 'b'], city: 'Nice' });
    expect(asked.slice(-1)).toEqual([8]);
  });

  it('keeps the traits of two people who are one by the same rules', async () => {
    const { identify, values } = lambda(city, tags);
    const other = { userId: undefined, anonymousId: 'a' };

    await identify({ city: 'Lyon', tags: ['a'] }, { ...other, timestamp: 9 });
    await identify({ city: 'Paris', tags: ['b'] }, { timestamp: 1 }, 'crm');
    await identify({}, { anonymousId: 'a', timestamp: 10 });

    expect(values()).toEqual({ city: 'Paris', tags: ['a', 'b'] });
  });

  it('makes people one by rules at least as new as those that either was written by', async () => {
    const { identify, define, asked } = lambda();
    const other = { userId: undefined, anonymousId: 'a' };

    await identify({}, { ...other, timestamp: 1 });
    define(8);
    await identify({}, { timestamp: 2 });
    asked.length = 0;
    await identify({}, { anonymousId: 'a', timestamp: 3 });

    // once for what identifiers are, then for the merge and for the write
    expect(asked).toEqual([0, 8, 8]);
  });
});
