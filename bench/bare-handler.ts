import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';

const client = new KinesisClient();

/** The least that a function does which puts on a stream: what the load of any other is compared with. */
export const handler = async ({ body }: { readonly body: string }): Promise<{ statusCode: number }> => {
  const Records = [{ PartitionKey: 'events', Data: Buffer.from(body) }];
  await client.send(new PutRecordsCommand({ StreamName: process.env.EVENTS_STREAM, Records }));
  return { statusCode: 200 };
};
