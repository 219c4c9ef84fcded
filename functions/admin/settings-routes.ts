import * as z from 'zod';
import { type StoredWorkspaceSettings, WorkspaceSettings } from '#shared/computed/workspace-settings.ts';
import {
  IdentitySettings,
  PutIdentitySettings,
  type StoredIdentitySettings,
} from '#shared/identity/settings.ts';
import type { Stored } from '#shared/sources/definition-repository.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { outOfScope } from './problems.ts';
import { evaluateAfterChange } from './start-evaluation.ts';

const WorkspaceView = z.strictObject({
  settings: WorkspaceSettings,
  version: z.int().nonnegative().describe('0 for what counts until somebody puts settings'),
  updatedAt: z.iso.datetime().optional(),
});

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

  adminRoute({
    method: 'GET',
    path: '/v1/workspace/settings',
    operationId: 'getWorkspaceSettings',
    summary: 'What holds for all of the workspace: its time zone',
    role: 'viewer',
    resource: 'workspace',
    status: 200,
    problems: [],
    input: z.object({}),
    answer: WorkspaceView,
    handle: async (_, { ports }) => viewWorkspace(await ports.workspaceSettings.find('workspace')),
  }),

  adminRoute({
    method: 'PUT',
    path: '/v1/workspace/settings',
    operationId: 'putWorkspaceSettings',
    summary:
      'Changes what holds for all of the workspace; another time zone begins to count windows of days anew',
    role: 'admin',
    resource: 'workspace',
    status: 200,
    problems: [409, 413],
    input: z.object({ body: WorkspaceSettings }),
    answer: WorkspaceView,
    async handle({ body }, { caller: { market, brand }, ports }) {
      if (market !== undefined || brand !== undefined) throw outOfScope();
      const put = await ports.workspaceSettings.put({ ...body, id: 'workspace' });
      await evaluateAfterChange(ports);
      return viewWorkspace(put);
    },
  }),
];

function viewWorkspace(stored: Stored<StoredWorkspaceSettings> | undefined): z.infer<typeof WorkspaceView> {
  if (stored === undefined) return { settings: WorkspaceSettings.parse({}), version: 0 };
  const { id: _, ...settings } = stored.definition;
  return { settings, version: stored.version, updatedAt: new Date(stored.updatedAt).toISOString() };
}

function view(stored: Stored<StoredIdentitySettings> | undefined): z.infer<typeof SettingsView> {
  if (stored === undefined) return { settings: IdentitySettings.parse({}), version: 0 };
  const { id: _, ...settings } = stored.definition;
  return { settings, version: stored.version, updatedAt: new Date(stored.updatedAt).toISOString() };
}
