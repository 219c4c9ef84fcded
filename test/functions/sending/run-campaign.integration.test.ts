import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { dynamoContacts } from '#functions/adapters/dynamodb/contacts.ts';
import { dynamoLifecycle, dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { dynamoDefinitions } from '#functions/adapters/dynamodb/definitions.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoPeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { readCatalog } from '#functions/adapters/dynamodb/read-catalog.ts';
import { reportKey } from '#functions/runs/run-keys.ts';
import { CampaignReport, finishCampaign, planCampaign, sendChunk } from '#functions/sending/run-campaign.ts';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import type { EmailSender } from '#shared/sending/email-sender.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { memoryContacts } from '#test/support/contacts.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { mergeWrite, person } from '#test/support/person.ts';
import { memoryRunFiles } from '#test/support/runs.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import {
  campaign,
  EVERYBODY,
  type MemorySender,
  memorySender,
  partPorts,
  subscriber,
} from '#test/support/sending.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const subscribers = (count: number): Person[] =>
  Array.from({ length: count }, (_, n) => subscriber(`p${String(n).padStart(3, '0')}`));

describe('a run of a campaign', () => {
  let dynamo: TestDynamoDb;
  let run: { campaignId: string; runId: string };
  let runs = 0;
  let sender: MemorySender;
  let files: ReturnType<typeof memoryRunFiles>;
  beforeAll(async () => {
    dynamo = await startDynamoDb();
  });
  afterAll(() => dynamo.close());

  beforeEach(async () => {
    await emptyTables(dynamo.documents, ['people', 'audiences', 'catalog']);
    run = { campaignId: 'spring', runId: `run-${++runs}` };
    sender = memorySender();
    files = memoryRunFiles();
    const { campaigns, segments } = planPorts();
    await campaigns.put(campaign());
    await segments.put(EVERYBODY);
  });

  const planPorts = () => {
    const catalog = { client: dynamo.documents, tableName: 'catalog', now: () => NOW };
    return {
      campaigns: dynamoDefinitions({ ...catalog, kind: 'campaign', schema: Campaign }),
      segments: dynamoSegments(catalog),
      lifecycle: dynamoLifecycle(catalog),
      catalog: () => readCatalog(catalog),
      audience: dynamoAudience({ client: dynamo.documents, tableName: 'audiences' }),
      files,
      now: () => NOW,
      chunkSize: 20,
    };
  };
  let attempts = 0;
  const sendPorts = (by: EmailSender = sender) => {
    const client = dynamo.documents;
    return {
      ...partPorts(memoryContacts(), by),
      people: dynamoPeopleReader(client, 'people'),
      contacts: dynamoContacts({ client, peopleTable: 'people', audiencesTable: 'audiences' }),
      files,
      newAttempt: () => `a${++attempts}`,
    };
  };
  const contactsOf = async (pid: string) => {
    const found = await dynamo.documents.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'pid = :pid AND begins_with(sk, :contact)',
        ExpressionAttributeValues: { ':pid': pid, ':contact': 'contact#' },
      }),
    );
    return found.Items ?? [];
  };

  it('writes to everybody in the segment once, and reports each of them in one count', async () => {
    const twin = subscriber('twin', 'p000@example.com');
    await seedPeople(dynamo, [...subscribers(45), twin, person('silent')], 'everybody');

    const { chunks, version } = await planCampaign(run, planPorts());
    const parts = await Promise.all(chunks.map((chunk) => sendChunk(chunk, sendPorts())));
    const report = await finishCampaign({ ...run, parts }, { files, now: () => NOW });

    expect(version).toBe(1);
    expect(chunks).toHaveLength(3);
    expect(report).toMatchObject({
      campaign: { id: 'spring', version: 1 },
      members: 47,
      sent: 45,
      excluded: { duplicate_address: 1, no_consent: 1 },
    });
    expect(new Set(sender.handedOver.map(({ to }) => to)).size).toBe(45);
    expect(await contactsOf('p001')).toMatchObject([
      {
        state: 'sent',
        run: run.runId,
        campaign: 'spring',
        address: 'p001@example.com',
        purpose: 'marketing',
      },
    ]);
    const stored = files.stored.get(reportKey(run.runId)) ?? '';
    expect(CampaignReport.parse(JSON.parse(stored))).toEqual(report);
  });

  it('sends nothing twice when every part runs twice at once and again after that', async () => {
    await seedPeople(dynamo, subscribers(40), 'everybody');
    const { chunks } = await planCampaign(run, planPorts());

    await Promise.all([...chunks, ...chunks].map((chunk) => sendChunk(chunk, sendPorts())));
    const parts = await Promise.all(chunks.map((chunk) => sendChunk(chunk, sendPorts())));
    const report = await finishCampaign({ ...run, parts }, { files, now: () => NOW });

    const addresses = sender.handedOver.map(({ to }) => to);
    expect(addresses).toHaveLength(40);
    expect(new Set(addresses).size).toBe(40);
    expect(report).toMatchObject({ members: 40, sent: 40, unknown: 0, failed: 0, excluded: {} });
  });

  it('after a kill in the middle sends to those who are left, and doubts those who were under way', async () => {
    await seedPeople(dynamo, subscribers(20), 'everybody');
    const { chunks } = await planCampaign(run, planPorts());
    const [chunk] = chunks;
    if (chunk === undefined) throw new Error('there is no part');
    let calls = 0;
    const dying: EmailSender = {
      async send(message) {
        calls += 1;
        if (calls > 5) throw new Error('killed');
        return sender.send(message);
      },
    };
    await expect(sendChunk(chunk, sendPorts(dying))).rejects.toThrow('killed');

    const part = await sendChunk(chunk, sendPorts());

    expect(part.sent + part.unknown).toBe(20);
    expect(part.unknown).toBe(calls - 5);
    expect(new Set(sender.handedOver.map(({ to }) => to)).size).toBe(sender.handedOver.length);
  });

  it('writes once to two members who become one between their parts', async () => {
    const [ada, bob] = [subscriber('ada'), subscriber('bob')];
    await seedPeople(dynamo, [ada, bob], 'everybody');
    const { chunks } = await planCampaign(run, { ...planPorts(), chunkSize: 1 });
    const [first, second] = chunks;
    if (first === undefined || second === undefined) throw new Error('there are no two parts');
    await sendChunk(first, sendPorts());

    const { winner, loser } = mergePeople(ada, bob, {
      at: NOW,
      traits: DEFAULT_RULES,
      computed: NO_AGGREGATES,
    });
    const absorbed = loser === ada.pid ? ada : bob;
    const next = winner.activity.version + 1;
    const people = dynamoPeople({
      client: dynamo.documents,
      tableName: 'people',
      identitiesTable: 'identities',
      timelineDays: 1,
      dedupDays: 1,
      now: () => NOW,
    });
    const written = { ...winner, activity: { ...winner.activity, version: next, profileVersion: next } };
    expect(await people.merge(mergeWrite({ winner: written, loser: absorbed, at: NOW }))).toBe('merged');
    const part = await sendChunk(second, sendPorts());

    expect(part).toMatchObject({ sent: 0, excluded: { duplicate_person: 1 } });
    expect(sender.handedOver).toHaveLength(1);
  });

  it('works by the definition that it was planned with', async () => {
    await seedPeople(dynamo, subscribers(1), 'everybody');
    const { chunks } = await planCampaign(run, planPorts());
    await planPorts().campaigns.put(campaign({ subject: 'Another' }));

    await Promise.all(chunks.map((chunk) => sendChunk(chunk, sendPorts())));

    expect(sender.handedOver.map(({ subject }) => subject)).toEqual(['Hello']);
    expect((await planCampaign(run, planPorts())).version).toBe(1);
  });

  it('writes only to those of its market, and to those whom its segment holds as it was planned', async () => {
    const of = (pid: string, market: string, orders: number): Person => {
      const { profile, activity } = subscriber(pid);
      return person(pid, {
        profile: { ...profile, market: { value: market, at: 1, id: 'm' } },
        activity: { ...activity, events: { 'Order Completed': { count: orders, first: 1, last: 1 } } },
      });
    };
    await seedPeople(dynamo, [of('ada', 'fr', 3), of('bob', 'de', 3), of('cy', 'fr', 2)], 'everybody');
    const { campaigns, segments } = planPorts();
    await campaigns.put(campaign({ market: 'fr' }));
    const changed = { event: { name: 'Order Completed', atLeast: 3 } };
    await segments.put({ ...EVERYBODY, condition: changed });
    const { chunks } = await planCampaign(run, planPorts());
    await segments.put(EVERYBODY);

    const parts = await Promise.all(chunks.map((chunk) => sendChunk(chunk, sendPorts())));

    expect(parts).toMatchObject([{ sent: 1, excluded: { other_market: 1, not_in_segment: 1 } }]);
    expect(sender.handedOver.map(({ to }) => to)).toEqual(['ada@example.com']);
  });

  it('of nobody ends with a report of nobody', async () => {
    const { chunks } = await planCampaign(run, planPorts());
    const parts = await Promise.all(chunks.map((chunk) => sendChunk(chunk, sendPorts())));

    const report = await finishCampaign({ ...run, parts }, { files, now: () => NOW });

    expect(report).toMatchObject({ members: 0, sent: 0, unknown: 0, failed: 0, excluded: {} });
  });

  it('of a campaign that nobody defined ends under a name that says so', async () => {
    const unknown = { ...run, campaignId: 'autumn' };

    await expect(planCampaign(unknown, planPorts())).rejects.toMatchObject({ name: 'CampaignNotFound' });
  });
});
