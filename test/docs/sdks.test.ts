import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PAGE_GUIDES, SERVER_GUIDES } from '#test/clients/guides.ts';

const GUIDES = 'docs/guides';
const CODE = `${GUIDES}/code`;
const guides = readdirSync(GUIDES).filter((file) => file.startsWith('sdk-'));
const shown = guides.flatMap((guide) =>
  [...readFileSync(`${GUIDES}/${guide}`, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code),
);
const files = readdirSync(CODE);

const { devDependencies } = z
  .object({ devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

describe('the guides on SDKs', () => {
  it('show the code that is run, and no other', () => {
    const run = files.map((file) => readFileSync(`${CODE}/${file}`, 'utf8'));

    expect(shown.toSorted()).toEqual(run.toSorted());
    expect(files.toSorted()).toEqual(
      Object.keys({ ...SERVER_GUIDES, ...PAGE_GUIDES })
        .map((name) => `${name}.ts`)
        .toSorted(),
    );
  });

  it.each(guides)('name the version that is run: %s', (guide) => {
    const text = readFileSync(`${GUIDES}/${guide}`, 'utf8');
    const [, name = ''] = /^`(@[^`]+)` works as it is/m.exec(text) ?? [];

    expect(text).toContain(`Tested with ${devDependencies[name]}`);
  });
});
