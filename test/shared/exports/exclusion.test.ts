import { describe, expect, it } from 'vitest';
import { exclusionOf } from '#shared/exports/exclusion.ts';
import type { Export } from '#shared/exports/export.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { targetOf } from '#shared/sending/target.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person, stampedAt } from '#test/support/person.ts';
import { EVERYBODY } from '#test/support/sending.ts';

const NOW = 1000;
const ada = person('p1', {
  profile: {
    identifiers: { 'email#ada@example.com': stampedAt(1) },
    consents: {
      'email/marketing': { status: 'granted', ...stampedAt(1) },
      'email/surveys': { status: 'denied', ...stampedAt(1) },
    },
    market: { value: 'FR', at: 1, id: 'm' },
    brand: { value: 'Amarante', at: 1, id: 'm' },
  },
});
const way = (definition: Partial<Export>) => ({
  target: targetOf({ segment: 'everybody', ...definition }, compileSegments([EVERYBODY], 1)),
  traits: DEFAULT_RULES,
  channel: definition.channel,
  purpose: definition.purpose,
  at: NOW,
});
const byEmail = { channel: 'email', purpose: 'marketing' } as const;

describe('who may stand in an export', () => {
  it.each([
    { definition: {}, reason: undefined },
    { definition: { market: 'FR', brand: 'Amarante' }, reason: undefined },
    { definition: { market: 'DE' }, reason: 'other_market' },
    { definition: { market: 'FR', brand: 'Basalte' }, reason: 'other_brand' },
    { definition: byEmail, reason: undefined },
    { definition: { ...byEmail, purpose: 'surveys' }, reason: 'consent_denied' },
    { definition: { ...byEmail, purpose: 'events' }, reason: 'no_consent' },
    { definition: { channel: 'sms', purpose: 'transactional' } as const, reason: 'unreachable' },
    { definition: { ...byEmail, market: 'DE', purpose: 'surveys' }, reason: 'other_market' },
  ])('is decided for $definition as $reason', ({ definition, reason }) => {
    expect(exclusionOf(ada, way(definition))).toBe(reason);
  });

  it('leaves out who may not be written to any more', () => {
    const suppressed = { 'email#ada@example.com': { reason: 'complained', at: 2 } } as const;
    const bounced = { ...ada, profile: { ...ada.profile, suppressed } };

    expect(exclusionOf(bounced, way(byEmail))).toBe('suppressed');
    expect(exclusionOf(bounced, way({}))).toBeUndefined();
  });

  it('leaves out people of no market from an export of one', () => {
    expect(exclusionOf(person('p2'), way({ market: 'FR' }))).toBe('other_market');
  });
});
