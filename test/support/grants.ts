import * as z from 'zod';
import { adminClient } from '#demo/admin-client.ts';
import { type AssemblyEdit, Statement, type Template } from './assembly.ts';
import { post } from './collect.ts';
import { untilConsumed } from './consumed.ts';
import { defineImport, endOfRun, runOfFile, uploadFile } from './import-run.ts';
import { pressUnsubscribe, readMail } from './mail.ts';
import type { StackProcess } from './stack-process.ts';

/** A grant that a function cannot do without, and what makes the function miss it. */
export interface NeededGrant {
  /** The function, by the beginning of its logical id. */
  readonly function: string;
  readonly action: string;
  /** What it is a grant on, by the beginning of its logical id and of its name. */
  readonly resource: string;
  /** What the denial names. @default the resource itself */
  readonly deniedOn?: string;
  readonly provoke: (stack: StackProcess) => Promise<unknown>;
}

const IMPORTS_BUCKET = 'ImportsBucket';
const EXPORTS_BUCKET = 'ExportsBucket';

export const NEEDED_GRANTS: readonly NeededGrant[] = [
  {
    function: 'CollectCollectEvents',
    action: 'kinesis:PutRecords',
    resource: 'EventsStream',
    provoke: (stack) => post(stack, '/v1/identify', ada),
  },
  {
    function: 'ProfilesApplyEvents',
    action: 'dynamodb:BatchGetItem',
    resource: 'ProfilesIdentities',
    provoke: (stack) => post(stack, '/v1/identify', ada),
  },
  {
    function: 'SegmentsKeepAudiences',
    action: 'events:PutEvents',
    resource: 'SegmentsBus',
    provoke: enterSegment,
  },
  {
    function: 'DueSweepDeadlines',
    action: 'dynamodb:Query',
    resource: 'ProfilesPeople',
    provoke: theSweepOfEachMinute,
  },
  {
    function: 'EvaluationEvaluateEveryone',
    action: 'dynamodb:DescribeTable',
    resource: 'ProfilesPeople',
    provoke: ({ urls, adminToken }) =>
      fetch(`${urls.admin}/v1/evaluations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}` },
      }),
  },
  {
    function: 'ImportsPlanImport',
    action: 's3:PutObject',
    resource: IMPORTS_BUCKET,
    provoke: importOne,
  },
  {
    function: 'ImportsImportPart',
    action: 'kinesis:PutRecords',
    resource: 'EventsStream',
    provoke: importOne,
  },
  { function: 'ImportsFinishImport', action: 's3:GetObject', resource: IMPORTS_BUCKET, provoke: importOne },
  {
    function: 'ExportsPlanExport',
    action: 'dynamodb:Query',
    resource: 'SegmentsAudiences',
    provoke: exportOne,
  },
  { function: 'ExportsWritePart', action: 's3:PutObject', resource: EXPORTS_BUCKET, provoke: exportOne },
  { function: 'ExportsFinishExport', action: 's3:PutObject', resource: EXPORTS_BUCKET, provoke: exportOne },
  { function: 'SendingPlanCampaign', action: 's3:PutObject', resource: EXPORTS_BUCKET, provoke: mailOne },
  {
    function: 'SendingSendChunk',
    action: 'ses:SendEmail',
    resource: 'SendingConfigurationSet',
    deniedOn: 'identity/example.com',
    provoke: mailOne,
  },
  { function: 'SendingFinishCampaign', action: 's3:GetObject', resource: EXPORTS_BUCKET, provoke: mailOne },
  {
    function: 'SendingUnsubscribe',
    action: 'secretsmanager:GetSecretValue',
    resource: 'SendingSigningSecret',
    async provoke(stack) {
      await mailOne(stack);
      for (const mail of await readMail(stack)) await pressUnsubscribe(mail);
    },
  },
  {
    function: 'FeedbackRecordFeedback',
    action: 'kinesis:PutRecords',
    resource: 'EventsStream',
    provoke: mailOne,
  },
  {
    function: 'AdminAdminApi',
    action: 'dynamodb:BatchGetItem',
    resource: 'ProfilesIdentities',
    provoke: ({ urls, adminToken }) =>
      fetch(`${urls.admin}/v1/profiles/userId:ada`, { headers: { authorization: `Bearer ${adminToken}` } }),
  },
];

const ada = {
  userId: 'ada',
  messageId: 'ada-1',
  traits: { email: 'ada@example.com' },
  context: { messaging_subscriptions: [{ key: 'ada@example.com', type: 'EMAIL', status: 'SUBSCRIBED' }] },
};

/** It comes by itself, which is waited for. */
async function theSweepOfEachMinute(): Promise<void> {}

async function enterSegment(stack: StackProcess): Promise<void> {
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/segments/customers', {
    name: 'Customers',
    condition: { identifier: { type: 'userId' } },
  });
  await post(stack, '/v1/identify', ada);
}

async function importOne(stack: StackProcess): Promise<void> {
  await defineImport(stack, 'contacts', {
    call: 'identify',
    columns: { id: { to: 'userId' }, mail: { to: 'email' } },
  });
  const bytes = Buffer.from('id,mail\nada,ada@example.com\n');
  const key = await uploadFile(stack, { importId: 'contacts', fileName: 'a.csv', bytes });
  await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', key));
}

async function exportOne(stack: StackProcess): Promise<void> {
  await enterSegment(stack);
  await untilConsumed(stack);
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/exports/customers', { name: 'Customers', segment: 'customers', columns: ['pid'] });
  await runToItsEnd(stack, '/exports/customers');
}

async function mailOne(stack: StackProcess): Promise<void> {
  await enterSegment(stack);
  await untilConsumed(stack);
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/campaigns/hello', {
    name: 'Hello',
    segment: 'customers',
    channel: 'email',
    purpose: 'marketing',
    from: 'shop@example.com',
    subject: 'Hello',
    html: '<p>Hello</p>',
  });
  await runToItsEnd(stack, '/campaigns/hello');
}

/** Whether it succeeds is what these tests are about. */
async function runToItsEnd(stack: StackProcess, path: string): Promise<void> {
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.run(path, z.unknown()).catch(() => undefined);
}

const Policy = z.looseObject({
  PolicyDocument: z.looseObject({ Statement: z.array(Statement) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

/**
 * The template with one statement less: the one that grants a function this action on this resource.
 *
 * @throws when there is not exactly one such statement, since then the test would prove something else.
 */
export const withoutGrant = ({
  function: name,
  action,
  resource,
}: Pick<NeededGrant, 'function' | 'action' | 'resource'>): AssemblyEdit => ({
  template(template: Template): Template {
    const gone: unknown[] = [];
    const resources = Object.entries(template.Resources).map(([id, part]) => {
      const policy = Policy.safeParse(part.Type === 'AWS::IAM::Policy' ? part.Properties : undefined);
      if (!policy.success || !policy.data.Roles.some(({ Ref }) => Ref.startsWith(`${name}Role`)))
        return [id, part];
      const { PolicyDocument } = policy.data;
      const [taken, left] = partition(
        PolicyDocument.Statement,
        ({ Action, Resource }) =>
          Action.includes(action) && JSON.stringify(Resource).includes(`"${resource}`),
      );
      gone.push(...taken);
      const Properties = { ...policy.data, PolicyDocument: { ...PolicyDocument, Statement: left } };
      return [id, { ...part, Properties }];
    });
    if (gone.length !== 1) throw new Error(`${name} has ${gone.length} grants of ${action} on ${resource}`);
    return { ...template, Resources: Object.fromEntries(resources) };
  },
});

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** What the gate says to a function that misses a grant: who, what, on what. */
export const denialOf = ({ function: name, action, resource, deniedOn = resource }: NeededGrant): RegExp =>
  new RegExp(
    `User: ${name}\\w* \\(\\S*${name}Role\\S*\\) is not authorized to perform: ${action} on resource: arn:aws:\\S*${deniedOn}`,
    'i',
  );
