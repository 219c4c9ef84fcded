import { describe, expect, it } from 'vitest';
import { type ErasePorts, SETTLE_MS } from '#functions/profiles/erase-person.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { absorbedBy, emptyProfile } from '#shared/profiles/profile.ts';
import { definitions, withAda } from '#test/support/erasing.ts';

describe('erasePerson', () => {
  it('leaves nobody, leaves every segment, and gives a receipt', async () => {
    const there = await withAda();

    const receipt = await there.erase(there.ada);

    expect(receipt).toMatchObject({
      erasure: { pid: there.ada, at: there.clock.now, by: 'u-admin', market: 'fr', brand: 'main' },
      removed: { event: 2, merge: 1 },
      rows: { count: 4, until: there.clock.now + 90 * 86_400_000 },
      isSettled: false,
      settlesAt: there.clock.now + SETTLE_MS,
    });
    expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
    expect(there.outbox.at(-1)).toEqual({
      pid: there.ada,
      transitions: { n: 4, at: there.clock.now, entered: [], exited: ['viewers'], moved: [] },
    });
    expect([...there.timeline.keys()].filter((key) => !key.startsWith(there.bob))).toEqual([]);
    for (const key of ['userId#ada', 'anonymousId#a1', 'anonymousId#a2', 'email#a@b.fr']) {
      expect(there.ownerOf(key)).toBeUndefined();
    }
  });

  it('is known by their identifiers for as long as copies are told, where quarantine is kept for less', async () => {
    const there = await withAda();

    expect(await there.erase(there.ada, { dedupDays: 91 })).toMatchObject({
      rows: { until: there.clock.now + 91 * 86_400_000 },
    });
  });

  it('is settled by a call that begins late enough, and not before', async () => {
    const there = await withAda();
    await there.erase(there.ada);

    there.clock.now += SETTLE_MS - 1;
    expect(await there.erase(there.ada)).toMatchObject({ isSettled: false, rows: { count: 0 } });
    // what somebody left behind who was at work meanwhile
    await there.people.spill(there.ada, [[1, 'late']]);
    there.clock.now += 1;

    expect(await there.erase(there.ada)).toMatchObject({ isSettled: true, removed: { seen: 1 } });
    expect(await there.erase(there.ada)).toBeUndefined();
    expect(await there.people.findErased([there.ada])).toHaveProperty('size', 1);
  });

  it('erases nobody whom the caller may not, before it has begun or after', async () => {
    const there = await withAda();

    expect(await there.erase(there.ada, {}, () => false)).toBeUndefined();
    expect(there.ownerOf('userId#ada')).toBeDefined();

    await there.erase(there.ada);
    expect(await there.erase(there.ada, {}, () => false)).toBeUndefined();
    expect(await there.erase(there.ada)).toBeDefined();
  });

  it('erases who became of somebody who is absorbed meanwhile', async () => {
    const there = await withAda();
    let raced = false;
    const begin: ErasePorts['erasures']['begin'] = async (change) => {
      if (!raced) {
        raced = true;
        await there.send({ userId: 'ada', anonymousId: 'a9' });
      }
      return there.erasures.begin(change);
    };

    await there.erase(there.ada, { erasures: { ...there.erasures, begin } });

    expect(there.ownerOf('anonymousId#a9')).toBeUndefined();
    expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
  });

  it('leaves whom an un-merge set apart, also where that broke off before it gave the identifiers back', async () => {
    const there = await withAda();
    const [other] = absorbedBy(there.ownerOf('userId#ada')?.profile ?? emptyProfile(0));
    if (other === undefined) throw new TypeError('nobody was absorbed');
    await unmergePair(
      { pid: there.ada, absorbed: other, by: 'u', isAllowed: () => true },
      {
        ...there.ports,
        definitions,
        merges: there.merges,
        identities: { repoint: async () => {} },
      },
    );

    const receipt = await there.erase(there.ada);

    expect(receipt?.erasure.parted).toEqual([other]);
    expect(there.ownerOf('anonymousId#a2')).toMatchObject({ pid: other });
    expect(await there.send({ anonymousId: 'a2', timestamp: 1 })).toMatchObject({ applied: 1, erased: 0 });
  });

  it('goes on from wherever a call broke off', async () => {
    for (let calls = 0; ; calls++) {
      const there = await withAda();
      let left = calls;
      const ended = new Error('ended');
      const dying = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => {
        return async (...args: A): Promise<R> => {
          const result = await call(...args);
          if (left-- === 0) throw ended;
          return result;
        };
      };
      const { people, identities, erasures } = there.erasePorts;
      const over = {
        people: { findMany: dying(people.findMany) },
        identities: {
          owners: dying(identities.owners),
          repoint: dying(identities.repoint),
          vacate: dying(identities.vacate),
        },
        erasures: {
          begin: dying(erasures.begin),
          find: dying(erasures.find),
          sweep: dying(erasures.sweep),
          finish: dying(erasures.finish),
        },
      };
      const broken = await there.erase(there.ada, over).catch((fault) => fault);
      if (broken !== ended) {
        expect(calls).toBeGreaterThan(4);
        return;
      }

      await there.erase(there.ada);
      there.clock.now += SETTLE_MS;
      left = 0;
      await there.erase(there.ada, over).catch(() => {});
      for (let last = 0; last < 3 && (await there.erasures.find(there.ada)) !== undefined; last++) {
        await there.erase(there.ada);
      }

      expect(there.everybody().map(({ pid }) => pid)).toEqual([there.bob]);
      expect([...there.timeline.keys()].filter((key) => !key.startsWith(there.bob))).toEqual([]);
      const row = identityRow('main', 'anonymousId#a2');
      expect((await there.identities.owners([row])).get(row)).toMatchObject({ erasedAt: expect.any(Number) });
    }
  });
});
