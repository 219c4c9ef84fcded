import fc from 'fast-check';
import { FEEDBACK_SOURCE } from '#shared/events/email-events.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { collected, web } from '#test/support/events.ts';
import { historyOf, type Said, SENT_AT } from './history.ts';
import type { Request } from './stream.ts';

/** A shop, whose desk links and whose kiosk isolates; a club, which shares with it; and a bank, which the club shares with. */
const SOURCES: readonly { readonly source: SourceStamp; readonly people: readonly Said[] }[] = [
  {
    source: web,
    people: [
      { userId: 'u1', anonymousId: 'a1' },
      { userId: 'u2', anonymousId: 'a1' },
      { anonymousId: 'a1' },
      { userId: 'u1', traits: { email: 'home@example.com' }, type: 'identify' },
      { userId: 'u2', traits: { plan: 'pro' }, type: 'identify' },
    ],
  },
  {
    source: { ...web, id: 'desk', identity: 'link' },
    people: [
      { userId: 'u1', anonymousId: 'a2' },
      { userId: 'u2', traits: { email: 'home@example.com' }, type: 'identify' },
      { anonymousId: 'a2', traits: { email: 'desk@example.com' }, type: 'identify' },
      { userId: 'u3', anonymousId: 'a2' },
    ],
  },
  {
    source: { ...web, id: 'kiosk', identity: 'isolate' },
    people: [
      { userId: 'u1', anonymousId: 'kiosk' },
      { userId: 'u2', anonymousId: 'kiosk' },
      { anonymousId: 'a1', traits: { email: 'home@example.com' }, type: 'identify' },
    ],
  },
  {
    source: { ...web, id: 'club', legalEntity: 'club' },
    people: [
      { userId: 'u1', anonymousId: 'c1' },
      { anonymousId: 'c1' },
      { anonymousId: 'a1' },
      { userId: 'u2', traits: { email: 'home@example.com' }, type: 'identify' },
    ],
  },
  {
    source: { ...web, id: 'bank', legalEntity: 'bank' },
    people: [
      { userId: 'u1', anonymousId: 'a1' },
      { userId: 'u2', anonymousId: 'a2' },
      { anonymousId: 'a1', traits: { email: 'home@example.com' }, type: 'identify' },
    ],
  },
];

/** The requests of several sources, each in its order, as they come in one after the other. */
function woven(histories: readonly (readonly Request[])[]): readonly Request[] {
  const longest = Math.max(...histories.map(({ length }) => length));
  return Array.from({ length: longest }, (_, n) => histories.flatMap((history) => history[n] ?? []))
    .flat()
    .map((request, n) => ({ ...request, receivedAt: SENT_AT + n * 1_000 }));
}

const from = (source: SourceStamp, requests: readonly Request[]): readonly Request[] =>
  requests.map((request) => ({
    ...request,
    source,
    events: request.events.map((event) => ({ ...event, messageId: `${source.id}-${event.messageId}` })),
  }));

/** People who come by way of sources that may join different things, and of companies that may not. */
export const HISTORY_OF_SEVERAL: fc.Arbitrary<readonly Request[]> = fc
  .tuple(...SOURCES.map(({ people }) => historyOf(people, 4)))
  .map((histories) => woven(histories.map((history, n) => from(SOURCES[n]?.source ?? web, history))));

/** Who is known before a message is sent to them: the second, whom the first may turn out to be. */
export const KNOWN: readonly Request[] = [{ anonymousId: 'a2' }, { userId: 'u1' }].map((said, n) => ({
  source: web,
  receivedAt: SENT_AT - 2_000 + n,
  events: [collected({ ...said, messageId: `known${n}`, timestamp: SENT_AT - 3_000 })],
}));
const TO = 'main#userId#u1';

const FEEDBACK: readonly Said[] = [
  { event: 'Email Delivered' },
  { event: 'Email Opened' },
  { event: 'Email Link Clicked' },
  { event: 'Email Marked as Spam', properties: { email: 'ada@example.com', channel: 'email' } },
  { event: 'Unsubscribed', properties: { channel: 'email', purpose: 'news' } },
  // what happened first may arrive last
  { event: 'Email Opened', timestamp: SENT_AT - 1 },
].map((said, n) => ({ anonymousId: 'a2', messageId: `ses-${n}`, timestamp: SENT_AT + n, ...said }));

/** A history, and what came of a message to one of its people, each once or twice. */
export const withFeedback = (history: fc.Arbitrary<readonly Request[]>): fc.Arbitrary<readonly Request[]> =>
  fc.record({ history, twice: fc.subarray([...FEEDBACK]) }).map(({ history, twice }) =>
    woven([
      history,
      [...FEEDBACK, ...twice].map((said) => ({
        source: { id: FEEDBACK_SOURCE },
        receivedAt: SENT_AT,
        to: TO,
        events: [collected(said)],
      })),
    ]),
  );
