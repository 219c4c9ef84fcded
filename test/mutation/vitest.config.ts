import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Properties take longest, and a mutant that anything else notices ends with it. */
class PropertiesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => Number(isProperty(a)) - Number(isProperty(b)));
  }
}

const isProperty = ({ moduleId }: TestSpecification): boolean => moduleId.includes('.property.');

/** The tests of what is mutated, and no others: each folder's own tests are to notice what is changed in it. */
export default defineConfig({
  test: {
    include: ['test/shared/{identity,profiles,traits}/**/*.test.ts'],
    setupFiles: ['test/mutation/few-runs.ts'],
    // Modules are read once a mutant, not once a file: half of the time. No test changes what another sees
    isolate: false,
    sequence: { sequencer: PropertiesLast },
  },
});
