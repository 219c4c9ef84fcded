import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { admissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import { MAX_LISTED_NAMES } from '#shared/sources/name-list.ts';
import { isOriginAllowed } from '#shared/sources/origin.ts';
import { Source } from '#shared/sources/source.ts';
import { adminApi } from '#test/support/admin.ts';
import { collected } from '#test/support/events.ts';

const guide = readFileSync('docs/guides/sources.md', 'utf8');
const bodies = [...guide.matchAll(/-X PUT "\$ADMIN(\/v1\/[^"]+)" -d '([^']+)'/g)].map(
  ([, path = '', body = '']) => ({ path, body: JSON.parse(body) }),
);

/** The source that the page makes first, as it is stored. */
async function shop(): Promise<Source> {
  const api = adminApi();
  for (const { path, body } of bodies.slice(0, 1)) await api.call('PUT', path, { body });
  return Source.parse((await api.ports.sources.find('shop'))?.definition);
}

describe('docs/guides/sources.md', () => {
  it('puts sources that are taken, one after the other', async () => {
    const api = adminApi();

    const answers = [];
    for (const { path, body } of bodies) answers.push(await api.call('PUT', path, { body }));

    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await api.call('GET', '/v1/sources')).toMatchObject({ body: { items: [{ version: 2 }] } });
  });

  it('changes nothing but the keys where it adds one', () => {
    const [made, changed] = bodies.map(({ body }) => body);

    expect(changed).toEqual({ ...made, writeKeys: [...made.writeKeys, expect.any(String)] });
  });

  it('has a row for each field', () => {
    const listed = [...guide.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );

    expect([...listed].sort()).toEqual(
      Object.keys(Source.shape)
        .filter((name) => name !== 'id')
        .sort(),
    );
  });

  it.each([
    ['https://shop.example.com', true],
    ['https://www.example.fr', true],
    ['https://example.fr', false],
    ['https://shop.example.net', false],
    [undefined, true],
  ])('says truly whether a page of %s may send', async (origin, expected) => {
    expect(isOriginAllowed((await shop()).allowedOrigins, origin)).toBe(expected);
  });

  it('says truly what is taken', async () => {
    const rules = admissionRules(await shop());

    const { events, dropped } = admitEvents(
      [
        collected({ event: 'Mouse Moved' }),
        collected({ context: { traits: { password: 'x', city: 'Lyon' } } }),
      ],
      rules,
    );

    expect(dropped).toMatchObject([{ reason: 'event_denied' }]);
    expect(events).toMatchObject([{ context: { traits: { city: 'Lyon' } } }]);
    expect(events[0]?.context?.traits).not.toHaveProperty('password');
    expect(guide).toContain(`at most ${MAX_LISTED_NAMES.toLocaleString('en')}`);
  });
});
