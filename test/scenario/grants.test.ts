import { expect, inject, it, vi } from 'vitest';
import { denialOf, NEEDED_GRANTS, withoutGrant } from '#test/support/grants.ts';
import { startFreshStack } from '#test/support/stack-process.ts';

/** Two of them here, so that a stack whose gate denies nothing is noticed at once; all in acceptance. */
const SOME = NEEDED_GRANTS.filter(({ function: name }) => /^(ProfilesApply|SendingSend)/.test(name));

it.each(SOME)('without $action on $resource, $function is denied it by name', async (grant) => {
  const stack = await startFreshStack(inject('assembly'), withoutGrant(grant));

  await grant.provoke(stack);

  await vi.waitFor(() => expect(stack.functionLog(grant.function)).toMatch(denialOf(grant)), {
    timeout: 20_000,
    interval: 100,
  });
  await stack.stop();
});
