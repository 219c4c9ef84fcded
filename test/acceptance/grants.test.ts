import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it, vi } from 'vitest';
import { Template } from '#test/support/assembly.ts';
import { denialOf, NEEDED_GRANTS, withoutGrant } from '#test/support/grants.ts';
import { startFreshStack } from '#test/support/stack-process.ts';

it('there is one for each function of the stack', () => {
  const file = join(inject('assembly'), 'Tributary-local.template.json');
  const { Resources } = Template.parse(JSON.parse(readFileSync(file, 'utf8')));

  const functions = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::Lambda::Function');

  expect(functions.map((id) => id.slice(0, -8)).sort()).toEqual(
    NEEDED_GRANTS.map((grant) => grant.function).sort(),
  );
});

it.each(NEEDED_GRANTS)('without $action on $resource, $function is denied it by name', async (grant) => {
  const stack = await startFreshStack(inject('assembly'), withoutGrant(grant));

  await grant.provoke(stack);

  const denial = await vi.waitFor(
    () => {
      const [found] = denialOf(grant).exec(stack.functionLog(grant.function)) ?? [];
      expect(found).toBeDefined();
      return found;
    },
    { timeout: 90_000, interval: 100 },
  );
  console.log(denial);
  await stack.stop();
});
