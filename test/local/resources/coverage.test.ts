import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeCoverage } from '#local/resources/describe-coverage.ts';
import { RESOURCE_TYPES } from '#local/resources/resource-types.ts';

it('the committed lists say what the types say', async () => {
  const file = join(import.meta.dirname, '../../../local/coverage.md');

  await expect(describeCoverage(RESOURCE_TYPES.values())).toMatchFileSnapshot(file);
});
