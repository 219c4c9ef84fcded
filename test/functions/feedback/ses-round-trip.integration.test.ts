import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendingClient, sesEmailSender } from '#functions/adapters/ses/email-sender.ts';
import { SesEvent } from '#functions/feedback/ses-event.ts';
import { streamRecordOf } from '#functions/feedback/stream-record-of.ts';
import { openSes, type SesService } from '#local/services/ses.ts';
import { emailEffect } from '#shared/events/email-events.ts';
import { Pid } from '#shared/events/event.ts';
import { composeEmail } from '#shared/sending/message.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';
import { campaign } from '#test/support/sending.ts';

/** Everything that SES can be made to tell of a mail, by way of the mail that we send. */
describe('a mail and what comes of it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-mail-'));
  const told: SesEvent[] = [];
  let ses: SesService;
  let gate: TestGate;
  beforeAll(async () => {
    ses = await openSes({
      dir,
      port: 0,
      publish: (_detailType, detail) => told.push(SesEvent.parse({ time: new Date().toISOString(), detail })),
    });
    ses.createConfigurationSet({ name: 'set' });
    const eventTypes = ['SEND', 'DELIVERY', 'OPEN', 'CLICK', 'BOUNCE', 'COMPLAINT'];
    ses.addEventDestination({ configurationSet: 'set', eventTypes });
    ses.createIdentity('example.com');
    gate = await startTestGate({ services: { ses: ses.service } });
  });
  afterAll(async () => {
    await gate.close();
    await ses.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const send = (address: string, from = 'Zoé <zoe@example.com>') => {
    const client = sendingClient(gate.asOperator());
    const message = composeEmail({
      campaign: campaign({ from }),
      rendered: { subject: 'Été', html: '<p><a href="https://example.com/spring">spring</a></p>' },
      key: { pid: Pid.parse('p1'), id: 'c1' },
      run: 'run-1',
      address,
      unsubscribeUrl: 'https://collect.test/u/token',
    });
    return sesEmailSender({ client, configurationSet: 'set' }).send(message);
  };
  const effects = () =>
    told.map(streamRecordOf).flatMap((outcome) => {
      if (outcome.kind !== 'ok') return [];
      const { person, events } = outcome.value.record;
      return events.map(({ event = '', properties }) => ({ person, effect: emailEffect(event, properties) }));
    });

  it.each([
    { address: 'ada@example.org', contact: ['delivered'] },
    { address: 'bounce@simulator.amazonses.com', contact: ['bounced'] },
    { address: 'complaint@simulator.amazonses.com', contact: ['delivered', 'complained'] },
  ])('to $address comes back as $contact of its person', async ({ address, contact }) => {
    told.length = 0;

    expect(await send(address)).toMatchObject({ kind: 'accepted' });

    await expect.poll(() => effects().map(({ effect }) => effect?.contact)).toEqual(contact);
    for (const { person, effect } of effects()) {
      expect(person).toEqual({ pid: 'p1', contact: 'c1' });
      if (effect?.suppress !== undefined) expect(effect.suppress.address).toBe(address);
    }
  });

  it('of a sender who is not verified is rejected', async () => {
    expect(await send('ada@example.org', 'shop@elsewhere.test')).toEqual({
      kind: 'rejected',
      reason: 'MessageRejected',
    });
  });
});
