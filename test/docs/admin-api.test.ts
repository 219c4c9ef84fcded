import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { Export } from '#shared/exports/export.ts';
import { Segment } from '#shared/segments/segment.ts';

const guide = readFileSync('docs/guides/admin-api.md', 'utf8').replaceAll('\\\n', '');
const commands = [...guide.matchAll(/^curl .*$/gm)].map(([command]) => ({
  command,
  method: /-X (\w+)/.exec(command)?.[1] ?? 'GET',
  path: /\$ADMIN([^"?]+)/.exec(command)?.[1] ?? '',
  body: /-d '([^']+)'/.exec(command)?.[1],
}));

describe('docs/guides/admin-api.md', () => {
  it.each(commands)('calls a route that there is: $command', ({ method, path }) => {
    const served = ADMIN_ROUTES.filter(
      (route) =>
        route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );

    // a path may also be read as another's with a variable
    expect(
      served.map((route) => route.path).filter((one) => one === path || served.length === 1),
    ).toHaveLength(1);
  });

  it('sends definitions that are taken', () => {
    const [segment, daily, preview] = commands.flatMap(({ body }) =>
      body === undefined ? [] : [JSON.parse(body)],
    );

    expect(Segment.safeParse({ ...segment, id: 'loyal' }).error).toBeUndefined();
    expect(Segment.safeParse({ ...preview, id: 'previewed', name: 'previewed' }).error).toBeUndefined();
    expect(Export.safeParse({ ...daily, id: 'loyal-daily' }).error).toBeUndefined();
  });
});
