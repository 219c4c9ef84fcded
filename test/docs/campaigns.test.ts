import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_CHUNKS } from '#functions/runs/snapshot-audience.ts';
import { LINK_DAYS } from '#functions/sending/unsubscribe-token.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import { compileCampaign, renderEmail } from '#shared/sending/render.ts';
import { MAX_ABSORBED } from '#shared/sending/send-to-person.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person, traits } from '#test/support/person.ts';

describe('the guide on campaigns', () => {
  const guide = readFileSync('docs/guides/campaigns.md', 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];

  it('shows a campaign that is one, and renders', () => {
    const campaign = Campaign.parse(JSON.parse(json));

    const rendered = renderEmail(compileCampaign(campaign), {
      person: person('ada', { profile: { traits: traits({ city: 'Paris' }) } }),
      traits: DEFAULT_RULES,
      address: 'ada@example.com',
      unsubscribeUrl: 'https://collect.test/u/t',
      campaign,
    });

    expect(rendered?.subject).toBe('Hello, spring is here');
    expect(rendered?.html).toContain('Come and see us in Paris.');
    expect(rendered?.html).toContain('<a ses:no-track href="https://collect.test/u/t">');
  });

  it('tells the limits that hold', () => {
    expect(guide).toContain(`up to ${(MAX_CHUNKS * 500).toLocaleString('en')} people`);
    expect(guide).toContain(`more than ${MAX_ABSORBED} other people`);
    expect(LINK_DAYS).toBe(2 * 365);
  });
});
