import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';

const guide = readFileSync('docs/guides/data-quality.md', 'utf8');
const commands = [...guide.matchAll(/^curl .*$/gm)].map(([command]) => command);
const answers = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']): unknown => JSON.parse(json));

const routeOf = (path: string) =>
  ADMIN_ROUTES.find((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));

describe('docs/guides/data-quality.md', () => {
  it.each(commands)('calls a route that there is, with what it takes: %s', (command) => {
    const [, path = '', query = ''] = /\$ADMIN([^"?]+)\??([^"]*)"/.exec(command) ?? [];

    const route = routeOf(path);

    const sent = { parameters: { id: 'shop' }, query: Object.fromEntries(new URLSearchParams(query)) };
    expect(route?.input.safeParse(sent).error).toBeUndefined();
    expect(route).toBeDefined();
  });

  it('shows answers as they are', () => {
    const routes = ['/v1/sources/shop/quality', '/v1/sources/shop/debugger'].map(routeOf);

    expect(answers).toHaveLength(2);
    for (const [n, answer] of answers.entries())
      expect(routes[n]?.answer.safeParse(answer).error).toBeUndefined();
  });
});
