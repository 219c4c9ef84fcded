import { expect, it } from 'vitest';
import * as z from 'zod';
import { readEnv } from '#functions/runtime/env.ts';

const Env = z.object({ TABLE: z.string().min(1), DAYS: z.coerce.number().int().positive() });

it('reads what the schema names and nothing else', () => {
  expect(readEnv(Env, { TABLE: 'people', DAYS: '30', HOME: '/root' })).toEqual({ TABLE: 'people', DAYS: 30 });
});

it('names each variable that is missing or wrong', () => {
  expect(() => readEnv(Env, { DAYS: 'soon' })).toThrow(/TABLE: .*DAYS: /);
});
