import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadAssembly } from '#local/template/assembly.ts';

const directory = join(import.meta.dirname, '../../fixtures/local-stack');

it('an assembly gives its one stack, its region and where its assets lie', () => {
  const { stackName, region, template, assets } = loadAssembly(directory);

  expect({ stackName, region }).toEqual({ stackName: 'Items', region: 'eu-west-3' });
  expect(Object.keys(template.Outputs)).toEqual(['CollectUrl', 'AdminUrl', 'ItemsTable']);
  expect(assets.get('items.zip')).toBe(join(directory, 'asset.items'));
});

it('a folder without an assembly is an error', () => {
  expect(() => loadAssembly(import.meta.dirname)).toThrow('manifest.json');
});
