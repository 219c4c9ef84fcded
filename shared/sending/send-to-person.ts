import { type EpochMs, Pid } from '#shared/events/event.ts';
import { assertUnreachable } from '#shared/kernel/assert-unreachable.ts';
import { CdpError, PersonContentionError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Campaign } from './campaign.ts';
import type { ContactRepository, Reservation, StoredContact } from './contact-repository.ts';
import { eligibility, type Ineligible, TRANSACTIONAL } from './eligibility.ts';
import type { EmailMessage, EmailSender } from './email-sender.ts';
import { type ContactKey, knownState } from './ledger.ts';
import { composeEmail } from './message.ts';
import { type CampaignTemplates, renderEmail } from './render.ts';
import type { Target } from './target.ts';

/**
 * Why a member of the audience got nothing, besides being ineligible:
 * - `no_such_person`: nothing is stored of them;
 * - `duplicate_person`: they have merged with somebody whom this run has dealt with;
 * - `duplicate_address`: somebody else of this run has their address;
 * - `not_rendered`: their data takes the templates out of bounds;
 * - `too_many_merges`: too many to make sure of in one transaction that none was written to.
 */
export type LeftOut =
  | Ineligible
  | 'no_such_person'
  | 'duplicate_person'
  | 'duplicate_address'
  | 'not_rendered'
  | 'too_many_merges';

/** What became of one member of a run's audience. */
export type MemberOutcome =
  | { readonly kind: 'sent' | 'unknown' | 'failed' }
  | { readonly kind: 'excluded'; readonly reason: LeftOut };

/** A run of a campaign, and the attempt at a part of it that is under way. */
export interface SendJob {
  readonly run: string;
  readonly campaign: Campaign;
  /** Whom it is for. */
  readonly target: Target;
  readonly traits: TraitRules;
  readonly templates: CampaignTemplates;
  /** Unlike that of any other attempt, also at the same part. */
  readonly attempt: string;
}

/** What an unsubscribe link says, signed. */
export interface UnsubscribeClaims {
  readonly pid: Pid;
  readonly contact: string;
  readonly run: string;
  readonly campaign: string;
  readonly channel: Campaign['channel'];
  readonly purpose: string;
}

export interface SendPorts {
  readonly people: Pick<PeopleRepository, 'findMany'>;
  readonly contacts: ContactRepository;
  readonly sender: EmailSender;
  /** A collision-resistant hash in letters, digits, `_` and `-`, at most 64 of them. */
  readonly hash: (text: string) => string;
  readonly unsubscribeUrl: (claims: UnsubscribeClaims) => Promise<string>;
  readonly now: () => EpochMs;
  /** Waits before a throttled message is tried for the n-th time again; `false` when time is up. */
  readonly backOff: (attempt: number) => Promise<boolean>;
}

/** The provider takes no more for now; what was not sent is as if it had never been tried. */
export class SendingHeldUpError extends CdpError {
  override readonly name = 'SendingHeldUpError';
  readonly code = 'SENDING_HELD_UP';
  readonly retryable = true;

  constructor(options?: ErrorOptions) {
    super('the e-mail provider takes no more for now; the part is to be tried again', options);
  }
}

/** We may not send at all, until somebody mends it; what was not sent is as if it had never been tried. */
export class SendingHaltedError extends CdpError {
  override readonly name = 'SendingHaltedError';
  readonly code = 'SENDING_HALTED';
  readonly retryable = false;

  constructor(
    { reason, detail }: { readonly reason: string; readonly detail: string },
    options?: ErrorOptions,
  ) {
    super(
      `the e-mail provider lets us send nothing (${reason}: ${detail}); mend it, then redrive the run`,
      options,
    );
  }
}

/** How many people one reservation can make sure of: a transaction has 100 actions, three are taken. */
export const MAX_ABSORBED = 90;
const MAX_ATTEMPTS = 5;
const HOLD_DAYS = 30;
const DAY_S = 86_400;

/**
 * Sends a campaign's message to one member of a run's audience, at most once, whatever happens.
 *
 * Reserve, then send, then confirm: a reservation is one transaction over the contact, the address,
 * the person as they were judged and everybody they absorbed, and only its own attempt sends. Whoever
 * finds the reservation of another attempt cannot know whether that one sent, calls it `unknown` and
 * leaves it. A message is tried again only after an answer that says it was not taken.
 *
 * @throws {SendingHeldUpError} when the provider takes no more for now; the reservation is taken back.
 * @throws {SendingHaltedError} when it takes nothing from us at all; likewise.
 * @throws {PersonContentionError} when the person changes faster than they can be reserved.
 */
export async function sendToPerson(
  member: { readonly pid: Pid; readonly person: Person | undefined },
  job: SendJob,
  ports: SendPorts,
): Promise<MemberOutcome> {
  let { person } = member;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const outcome = await tryPerson({ member: member.pid, person }, job, ports);
    if (outcome.kind !== 'person_changed') return outcome;
    person = (await ports.people.findMany([member.pid], { consistent: true })).get(member.pid);
  }
  throw new PersonContentionError(MAX_ATTEMPTS);
}

type Attempted = MemberOutcome | { readonly kind: 'person_changed' };

async function tryPerson(
  { member, person }: { readonly member: Pid; readonly person: Person | undefined },
  job: SendJob,
  ports: SendPorts,
): Promise<Attempted> {
  if (person === undefined) return leftOut('no_such_person');
  const { run, campaign, target, traits } = job;
  const keyOf = (pid: Pid): ContactKey => ({ pid, id: ports.hash(`${run}\n${pid}`) });
  const key = keyOf(person.pid);
  const absorbed = Object.keys(person.profile.absorbed).map((pid) => keyOf(Pid.parse(pid)));
  if (absorbed.length > MAX_ABSORBED) return leftOut('too_many_merges');

  // An earlier attempt may have written to somebody who is not eligible any more
  const excluded = async (reason: LeftOut): Promise<MemberOutcome> => {
    const found = await ports.contacts.find([key, ...absorbed]);
    return settleFound(found, { member, otherwise: reason }, ports);
  };

  const { channel, purpose } = campaign;
  const may = eligibility(person, { target, traits, channel, purpose, at: ports.now() });
  if (!may.eligible) return excluded(may.reason);
  const message = await write({ person, address: may.address, key }, job, ports);
  if (message === undefined) return excluded('not_rendered');

  const reservation = reservationOf({ member, person, address: may.address, key, absorbed }, job, ports);
  const reserved = await ports.contacts.reserve(reservation);
  if (reserved.kind === 'person_changed') return reserved;
  if (reserved.kind === 'address_taken') return leftOut('duplicate_address');
  if (reserved.kind === 'contacted') {
    return settleFound(reserved.contacts, { member, otherwise: 'duplicate_person' }, ports);
  }
  return deliver(message, reservation, ports);
}

const leftOut = (reason: LeftOut): MemberOutcome => ({ kind: 'excluded', reason });

async function write(
  to: { readonly person: Person; readonly address: string; readonly key: ContactKey },
  { run, campaign, templates, traits }: SendJob,
  { unsubscribeUrl }: SendPorts,
): Promise<EmailMessage | undefined> {
  const { person, address, key } = to;
  const { id, channel, purpose } = campaign;
  const url =
    purpose === TRANSACTIONAL
      ? undefined
      : await unsubscribeUrl({ pid: key.pid, contact: key.id, run, campaign: id, channel, purpose });
  const rendered = renderEmail(templates, { person, traits, address, unsubscribeUrl: url ?? '', campaign });
  return rendered && composeEmail({ campaign, rendered, key, run, address, unsubscribeUrl: url });
}

function reservationOf(
  to: {
    readonly member: Pid;
    readonly person: Person;
    readonly address: string;
    readonly key: ContactKey;
    readonly absorbed: readonly ContactKey[];
  },
  { run, campaign, attempt }: SendJob,
  { now, hash }: SendPorts,
): Reservation {
  const { member, person, address, key, absorbed } = to;
  const at = now();
  return {
    key,
    contact: {
      run,
      campaign: campaign.id,
      channel: campaign.channel,
      purpose: campaign.purpose,
      address,
      member,
      // Two members may turn out to be one person within a part: each has its own right to send
      attempt: `${attempt}/${member}`,
      state: 'reserved',
      reservedAt: at,
    },
    profileVersion: person.activity.profileVersion,
    absorbed,
    address: { run, hash: hash(`${run}\n${address}`), expiresAt: Math.ceil(at / 1000) + HOLD_DAYS * DAY_S },
  };
}

/**
 * What is known of the message that another attempt reserved for this member; that of somebody else,
 * who has turned out to be the same person, is counted under them.
 */
async function settleFound(
  found: readonly StoredContact[],
  { member, otherwise }: { readonly member: Pid; readonly otherwise: LeftOut },
  { contacts }: SendPorts,
): Promise<MemberOutcome> {
  const own = found.find(({ contact }) => contact.member === member);
  if (own === undefined) return leftOut(otherwise);
  const state = knownState(own.contact);
  if (state !== 'reserved') return { kind: state };
  await contacts.advance(own.key, { state: 'unknown', reason: 'interrupted' });
  return { kind: 'unknown' };
}

async function deliver(
  message: EmailMessage,
  { key, contact, address }: Reservation,
  { sender, contacts, backOff, now }: SendPorts,
): Promise<MemberOutcome> {
  for (let attempt = 1; ; attempt++) {
    const result = await sender.send(message);
    switch (result.kind) {
      case 'accepted': {
        const { providerMessageId } = result;
        await contacts.advance(key, { state: 'sent', sentAt: now(), providerMessageId });
        return { kind: 'sent' };
      }
      case 'rejected':
        await contacts.advance(key, { state: 'failed', reason: result.reason });
        return { kind: 'failed' };
      case 'unknown':
        await contacts.advance(key, { state: 'unknown', reason: result.reason });
        return { kind: 'unknown' };
      case 'throttled':
        if (await backOff(attempt)) continue;
        break;
      case 'halted':
        break;
      default:
        return assertUnreachable(result);
    }

    const released = await contacts.release(key, { attempt: contact.attempt, address });
    if (released === 'released') {
      throw result.kind === 'halted' ? new SendingHaltedError(result) : new SendingHeldUpError();
    }
    // Another attempt has called it unknown; we know better, and nobody may send it any more
    await contacts.advance(key, { state: 'failed', reason: 'not_sent' });
    return { kind: 'failed' };
  }
}
