import { expect, it } from 'vitest';
import { RefusalReason } from '#shared/identity/refusal.ts';

it.each(['limit', 'too_large', 'invalid', 'legal_entity', 'source_strategy', 'parted', 'alias'])(
  'what was refused as %s is stored and read as that',
  (reason) => {
    expect(RefusalReason.parse(reason)).toBe(reason);
  },
);
