import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { task } from '#functions/runtime/task.ts';
import { PersonContentionError, UnavailableError } from '#shared/kernel/errors.ts';

const failing = (fault: unknown) => task({ schema: z.object({}), handle: () => Promise.reject(fault) });

describe('task', () => {
  it('checks its input and hands on its result', async () => {
    const double = task({ schema: z.object({ n: z.number() }), handle: async ({ n }) => 2 * n });

    expect(await double({ n: 2 })).toBe(4);
    await expect(double({ n: 'two' })).rejects.toThrow(z.ZodError);
  });

  it('names what passes by the one name that state machines try again', async () => {
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

    await expect(failing(throttled)({})).rejects.toMatchObject({
      name: 'UnavailableError',
      cause: throttled,
    });
  });

  it.each([new PersonContentionError(1), new UnavailableError('down'), new TypeError('a bug')])(
    'leaves $name its name',
    async (fault) => {
      await expect(failing(fault)({})).rejects.toBe(fault);
    },
  );
});
