import type { Contact, ContactKey, ContactNews } from './ledger.ts';

/** Everything that must hold at once for a message to be reserved. */
export interface Reservation {
  readonly key: ContactKey;
  readonly contact: Contact;
  /** The person as they were judged: a profile written since, by a merge too, makes it void. */
  readonly profileVersion: number;
  /** Where people whom this one absorbed would hold a contact of this run. */
  readonly absorbed: readonly ContactKey[];
  readonly address: AddressHold;
}

/** One run writes to an address once, whoever has it. */
export interface AddressHold {
  readonly run: string;
  /** Stands for the address, so that no table is keyed by personal data. */
  readonly hash: string;
  /** When the hold may be forgotten, in seconds since 1970. */
  readonly expiresAt: number;
}

export interface StoredContact {
  readonly key: ContactKey;
  readonly contact: Contact;
}

export type Reserved =
  | { readonly kind: 'reserved' }
  /** This person, or some whom they absorbed, have contacts of this run. */
  | { readonly kind: 'contacted'; readonly contacts: readonly StoredContact[] }
  /** Another person of this run has the address. */
  | { readonly kind: 'address_taken' }
  /** The person was written or merged since they were read. */
  | { readonly kind: 'person_changed' };

/** Where contacts are kept. Its promises are tested in `test/contract/contact-repository.ts`. */
export interface ContactRepository {
  /** Reserves the contact and the address together, or neither. */
  reserve(reservation: Reservation): Promise<Reserved>;

  /** Those of the given contacts that exist, in the order given, as of now. */
  find(keys: readonly ContactKey[]): Promise<readonly StoredContact[]>;

  /** Adds news to a contact, unless more is known of it already. */
  advance(key: ContactKey, news: ContactNews): Promise<void>;

  /**
   * Takes a reservation back, contact and address, as if it had never been: only for a message that
   * was certainly not sent. `lost` when another attempt has cast doubt on it meanwhile.
   */
  release(
    key: ContactKey,
    held: { readonly attempt: string; readonly address: AddressHold },
  ): Promise<'released' | 'lost'>;
}
