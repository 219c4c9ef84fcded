import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';

const guide = readFileSync('docs/guides/quarantine.md', 'utf8');
const commands = [...guide.matchAll(/^curl .*$/gm)].map(([command]) => command);

describe('docs/guides/quarantine.md', () => {
  it.each(commands)('calls a route that there is, with what it takes: %s', (command) => {
    const [, path = '', query = ''] = /\$ADMIN([^"?]+)\??([^"]*)"/.exec(command) ?? [];
    const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET';
    const body: unknown = JSON.parse(/-d '([^']+)'/.exec(command)?.[1] ?? 'null');

    const [route] = ADMIN_ROUTES.filter((one) => one.method === method && one.path === path);

    const sent = { query: Object.fromEntries(new URLSearchParams(query)), ...(body !== null && { body }) };
    expect(route?.input.safeParse(sent).error).toBeUndefined();
    expect(route).toBeDefined();
  });
});
