import { expect, inject, it } from 'vitest';
import { soak } from '#test/soak/soak.ts';

const SEED = Number(process.env.SEED ?? 1);

it('a minute of traffic in which workers, the database and all of the stack are killed loses and doubles nothing', async () => {
  const { events, kills, people, ...wrong } = await soak({
    assembly: inject('assembly'),
    minutes: 1,
    seed: SEED,
    print: console.log,
  });

  expect(wrong).toEqual({ lost: 0, doubled: 0, miscounted: 0, misjudged: 0, astray: 0 });
  expect(events).toBeGreaterThan(100);
  expect(people).toBeGreaterThan(10);
  expect(kills).toBeGreaterThan(3);
});
