import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { CollectedEvent } from '#shared/events/event.ts';
import { IdentityStrategy } from '#shared/events/stream-record.ts';
import { IDENTIFIER_LIMITS } from '#shared/identity/identifier.ts';
import { RefusalReason } from '#shared/identity/refusal.ts';
import { IdentitySettings, PutIdentitySettings } from '#shared/identity/settings.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';

const guide = readFileSync('docs/guides/identity.md', 'utf8').replaceAll('\\\n', '');
const commands = [...guide.matchAll(/^curl .*$/gm)].map(([command]) => ({
  method: /-X (\w+)/.exec(command)?.[1] ?? 'GET',
  path: /\$ADMIN([^"?]+)/.exec(command)?.[1] ?? '',
  body: /-d '([^']+)'/.exec(command)?.[1],
}));

/** The first cells of the table under a heading. */
const rowsUnder = (heading: string): readonly string[] =>
  [...(guide.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map(
    ([, cell = '']) => cell,
  );

describe('docs/guides/identity.md', () => {
  it.each(commands)('calls a route that there is: $method $path', ({ method, path }) => {
    const served = ADMIN_ROUTES.filter(
      (route) =>
        route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );

    expect(served).toHaveLength(1);
  });

  it('puts settings that are taken, and names all there are', () => {
    const bodies = commands.flatMap(({ body }) => (body === undefined ? [] : [JSON.parse(body)]));

    expect(bodies).toHaveLength(1);
    expect(PutIdentitySettings.safeParse(bodies[0]).error).toBeUndefined();
    expect([...rowsUnder('Settings')].sort()).toEqual(Object.keys(IdentitySettings.shape).sort());
  });

  it('tells the limits as they are', () => {
    for (const [type, limit] of Object.entries(IDENTIFIER_LIMITS)) {
      const row = guide.split('\n').find((line) => new RegExp(`^\\| \`${type}(?::<type>)?\` \\|`).test(line));
      expect(row).toContain(` ${limit.toLocaleString('en')}`);
    }
  });

  it('says what each reason and each strategy means', () => {
    // that something is no value of its kind is said of traits alone
    expect(rowsUnder('Conflicts')).toEqual(RefusalReason.options.filter((reason) => reason !== 'invalid'));
    for (const strategy of IdentityStrategy.options) expect(guide).toContain(`- \`${strategy}\``);
  });

  it('shows an external id that counts', () => {
    const [, example = ''] = /```json\n([^`]+)```/.exec(guide) ?? [];
    const event = CollectedEvent.parse({ ...collected(), ...JSON.parse(example) });

    const { identifiers } = normaliseEvent(event, { source: web, receivedAt: RECEIVED_AT });

    expect(identifiers).toEqual(['externalId:loyalty_card#4711', 'anonymousId#till-7']);
  });
});
