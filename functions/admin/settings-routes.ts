import * as z from 'zod';
import {
  IdentitySettings,
  PutIdentitySettings,
  type StoredIdentitySettings,
} from '#shared/identity/settings.ts';
import type { Stored } from '#shared/sources/definition-repository.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { outOfScope } from './problems.ts';

const SettingsView = z.strictObject({
  settings: IdentitySettings,
  version: z.int().nonnegative().describe('0 for what counts until somebody puts settings'),
  updatedAt: z.iso.datetime().optional(),
});

export const SETTINGS_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/identity/settings',
    operationId: 'getIdentitySettings',
    summary: 'How people are recognised',
    role: 'viewer',
    resource: 'identity',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: SettingsView,
    handle: async (_, { ports }) => view(await ports.identitySettings.find('identity')),
  }),

  adminRoute({
    method: 'PUT',
    path: '/v1/identity/settings',
    operationId: 'putIdentitySettings',
    summary: 'Changes how people are recognised, from now on; what is left out is as by default',
    role: 'admin',
    resource: 'identity',
    status: 200,
    problems: [409, 413],
    input: z.object({ body: PutIdentitySettings }),
    answer: SettingsView,
    async handle({ body }, { caller: { market, brand }, ports }) {
      // who is recognised by what is one for all markets and brands
      if (market !== undefined || brand !== undefined) throw outOfScope();
      return view(await ports.identitySettings.put({ ...body, id: 'identity' }));
    },
  }),
];

function view(stored: Stored<StoredIdentitySettings> | undefined): z.infer<typeof SettingsView> {
  if (stored === undefined) return { settings: IdentitySettings.parse({}), version: 0 };
  const { id: _, ...settings } = stored.definition;
  return { settings, version: stored.version, updatedAt: new Date(stored.updatedAt).toISOString() };
}
