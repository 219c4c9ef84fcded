import { describe, expect, it } from 'vitest';
import type { EmailMessage, EmailSender, SendResult } from '#shared/sending/email-sender.ts';

/** What the provider behind a sender is made to answer. */
export type ProviderAnswer = SendResult['kind'];

const message: EmailMessage = {
  from: '"Shop" <shop@example.com>',
  replyTo: 'help@example.com',
  to: 'ada@example.com',
  subject: 'Été',
  html: '<p>Été</p>',
  text: 'Été',
  headers: [{ name: 'List-Unsubscribe', value: '<https://collect.test/u/x>' }],
  tags: { contact: 'c-1', pid: 'p_1' },
};

/** What every e-mail sender must do: run by each one's own test, in memory and on SES. */
export function emailSenderContract(
  name: string,
  create: (
    answers: ProviderAnswer[],
  ) => Promise<{ sender: EmailSender; calls: () => number; taken: () => readonly EmailMessage[] }>,
): void {
  describe(`${name} keeps the e-mail sender's contract`, () => {
    it('hands a message over whole, and gives its id', async () => {
      const { sender, taken } = await create(['accepted']);

      const result = await sender.send(message);

      expect(result).toMatchObject({ kind: 'accepted', providerMessageId: expect.stringMatching(/./) });
      expect(taken()).toEqual([message]);
    });

    it.each(['throttled', 'rejected', 'halted', 'unknown'] as const)(
      'asks once and returns what it heard when the answer is %s',
      async (answer) => {
        const { sender, calls } = await create([answer, 'accepted']);

        const result = await sender.send(message);

        expect(result.kind).toBe(answer);
        if ('reason' in result) expect(result.reason).toMatch(/^\w+$/);
        expect(calls()).toBe(1);
      },
    );
  });
}
