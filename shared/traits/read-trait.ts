import { LIMITS } from '#shared/events/limits.ts';
import { utf8Bytes } from '#shared/kernel/utf8-bytes.ts';
import { entriesSaid } from './keep-writes.ts';
import { readValue } from './read-value.ts';
import type { TraitDefinition } from './trait-definition.ts';

/** What a rule makes of a value that an event says: as far as it can be read, the rest refused. */
export interface ReadTrait {
  /** `undefined` for what says nothing, as a blank text does where another type is asked for. */
  readonly value: unknown;
  readonly refused?: 'too_large' | 'invalid' | undefined;
}

/** Reads what an event says of a trait that has a rule. @param country of the event's source */
export function readTrait(value: unknown, rule: TraitDefinition, country: string | undefined): ReadTrait {
  if (value === null) return { value };
  if (rule.strategy === 'union') return readEntries(value, rule, country);
  const read = readOne(value, rule, country);
  return rule.strategy === 'mostTrustedSource' ? smallEnough(read) : read;
}

function readOne(value: unknown, { type }: TraitDefinition, country: string | undefined): ReadTrait {
  if (type === undefined) return { value };
  if (typeof value === 'string' && value.trim() === '') return { value: undefined };
  const read = readValue(type, value, country);
  return read === undefined ? { value: undefined, refused: 'invalid' } : { value: read };
}

function readEntries(value: unknown, rule: TraitDefinition, country: string | undefined): ReadTrait {
  const entries = entriesSaid(value).map((entry) => smallEnough(readOne(entry, rule, country)));
  const values = entries.flatMap((entry) => (entry.value === undefined ? [] : [entry.value]));
  return {
    value: values.length === 0 ? undefined : values,
    refused: entries.find(({ refused }) => refused !== undefined)?.refused,
  };
}

/** Traits that keep several values keep smaller ones: together they are as large as the largest trait of one. */
function smallEnough(read: ReadTrait): ReadTrait {
  const { value } = read;
  if (value === undefined) return read;
  return utf8Bytes(JSON.stringify(value)) <= LIMITS.keptValueBytes
    ? read
    : { value: undefined, refused: 'too_large' };
}
