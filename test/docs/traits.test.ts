import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { readValue } from '#shared/traits/read-value.ts';
import {
  DEFAULT_RULES,
  DEFAULT_UNION_LIMIT,
  TraitDefinition,
  TraitStrategy,
  TraitType,
} from '#shared/traits/trait-definition.ts';

const guide = readFileSync('docs/guides/traits.md', 'utf8');
/** Names in the first column of the guide's tables. */
const listed = [...guide.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
);

describe('the guide on traits', () => {
  it('shows definitions that are taken', () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
    const bodies = [...guide.matchAll(/traits\/(\w+)" -d '([^']+)'/g)];

    expect(TraitDefinition.safeParse(JSON.parse(json)).error).toBeUndefined();
    expect(bodies).toHaveLength(2);
    for (const [, id, body = ''] of bodies) {
      expect(TraitDefinition.safeParse({ id, ...JSON.parse(body) }).error).toBeUndefined();
    }
  });

  it('lists every strategy and every type, and no other', () => {
    expect(listed).toEqual([...TraitStrategy.options, ...TraitType.options]);
  });

  it.each([
    ['date', '22.11.2026', '2026-11-22'],
    ['date', '22/11/2026', '2026-11-22'],
    ['date', 'Nov 22, 2026', '2026-11-22'],
    ['date', '01/02/2026', undefined],
    ['money', '12.50 EUR', { currency: 'EUR', minor: 1250 }],
    ['money', { amount: 12.5, currency: 'EUR' }, { currency: 'EUR', minor: 1250 }],
  ] as const)('says of a %s what is so: %j', (type, value, expected) => {
    expect(guide).toContain(
      typeof value === 'string' ? `\`${value}\`` : '{"amount": 12.5, "currency": "EUR"}',
    );
    expect(readValue(type, value, undefined)).toEqual(expected);
  });

  it('tells the limits and the reserved traits as they are', () => {
    expect(guide).toContain(`\`limit\` of them (${DEFAULT_UNION_LIMIT})`);
    expect(guide).toContain(`at most ${LIMITS.traitBytes.toLocaleString('en')} bytes`);
    expect(guide).toContain(`one of several ${LIMITS.keptValueBytes}`);
    expect([...DEFAULT_RULES.values()].map(({ id, type }) => [id, type])).toEqual([
      ['birthday', 'date'],
      ['createdAt', 'date'],
    ]);
    expect(guide).toContain('`birthday` and `createdAt`');
  });
});
