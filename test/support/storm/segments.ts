import { identityRules } from '#shared/identity/rules.ts';
import { StoredIdentitySettings } from '#shared/identity/settings.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import type { Segment } from '#shared/segments/segment.ts';

/** What is defined while a history is on its way. */
export const SEGMENTS: readonly Segment[] = [
  { id: 'buyers', name: 'Buyers', condition: { event: { name: 'Order Completed', atLeast: 2 } } },
];

/** A club may know its customers as one person with a shop and with a bank, which may not with each other. */
export const SETTINGS: StoredIdentitySettings = StoredIdentitySettings.parse({
  id: 'identity',
  authorised: [
    ['main', 'club'],
    ['club', 'bank'],
  ],
});
export const IDENTITY = identityRules(SETTINGS);

/** The same, for who folds in memory. */
export const DEFINITIONS = compileSegments(SEGMENTS, SEGMENTS.length + 1);
