import { readValue } from '#shared/traits/read-value.ts';

/** How lists of customers say yes and no in the languages around us, beside what traits read as booleans. */
const YES = new Set('oui vrai ja wahr si sí sì vero verdadero sim verdadeiro tak prawda'.split(' '));
const NO = new Set('non faux nein nee falsch falso não nao nie fałsz'.split(' '));

/** A boolean as it is written in several languages; `undefined` for what is none. */
export function readBoolean(value: unknown): boolean | undefined {
  const known = readValue('boolean', value, undefined);
  if (typeof known === 'boolean' || typeof value !== 'string')
    return known === true || known === false ? known : undefined;
  const word = value.trim().normalize('NFC').toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

/** Makes the reader of a file's own two words, `opt-in/opt-out`: in any case; `undefined` for what are no two words. */
export function booleanWords(format: string): ((value: string) => boolean | undefined) | undefined {
  const [yes = '', no = '', ...rest] = format.split('/').map(plain);
  if (rest.length > 0 || yes === '' || no === '' || yes === no) return undefined;
  return function readWord(value) {
    const word = plain(value);
    if (word === yes) return true;
    return word === no ? false : undefined;
  };
}

const plain = (word: string): string => word.trim().normalize('NFC').toLowerCase();
