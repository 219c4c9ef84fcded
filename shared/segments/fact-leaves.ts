import { consentKey } from '#shared/consent/consent.ts';
import { ownReader } from '#shared/kernel/own.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Minor } from '#shared/traits/minor.ts';
import { majorText, minorUnits } from '#shared/traits/money.ts';
import { compileOperators } from '#shared/traits/value-test.ts';
import type { ConsentTest, IdentifierTest, SumTest } from './condition.ts';
import type { Leaf } from './leaf.ts';

/** Whether a person has an identifier of a type; with operators, whether one of them is what is asked for. */
export function identifierLeaf({ type, exists, ...operators }: IdentifierTest): Leaf {
  const prefix = `${type}#`;
  const isAsked = Object.values(operators).some((operand) => operand !== undefined);
  const holds = compileOperators(operators);
  const values = ({ profile }: Person): readonly string[] => [
    ...new Set(
      [...Object.keys(profile.identifiers), ...Object.keys(profile.contacts)]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
    ),
  ];

  function has({ profile }: Person): boolean {
    for (const key in profile.identifiers) if (key.startsWith(prefix)) return true;
    for (const key in profile.contacts) if (key.startsWith(prefix)) return true;
    return false;
  }

  return {
    test(person) {
      if (!isAsked) return has(person) === (exists ?? true);
      const all = values(person);
      if (exists !== undefined && exists !== all.length > 0) return false;
      return anyOf(all.map(holds));
    },
    saw: values,
    reads: [{ of: 'identifiers', name: type }],
  };
}

/** Of nothing it is not known. */
function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.length === 0 || truths.includes(undefined) ? undefined : false;
}

/** What a person said, which is known of everybody: who was never asked has said neither. */
export function consentLeaf({ channel, purpose, granted }: ConsentTest): Leaf {
  const key = consentKey(channel, purpose);
  const wanted = granted ? 'granted' : 'denied';
  return {
    test: ({ profile }) => profile.consents[key]?.status === wanted,
    saw: ({ profile }) => profile.consents[key]?.status ?? null,
    reads: [{ of: 'consents', name: key }],
  };
}

/** What a sum comes to, which is known of everybody: who bought nothing has spent 0. */
export function sumLeaf({ name, currency, atLeast, atMost }: SumTest): Leaf {
  const least = atLeast === undefined ? -Infinity : inMinor(atLeast, currency);
  const most = atMost === undefined ? Infinity : inMinor(atMost, currency);
  const readSum = ownReader<Minor>(currency);
  function read({ activity }: Person): Minor {
    const sums = activity.sums[name];
    return sums === undefined ? 0 : (readSum(sums) ?? 0);
  }
  return {
    test(person) {
      const sum = read(person);
      // Of more digits than a number is exact of, the first few tell
      const amount = typeof sum === 'number' ? sum : Number(sum);
      return amount >= least && amount <= most;
    },
    saw: (person) => majorText(read(person), currency),
    reads: [{ of: 'sums', name }],
  };
}

function inMinor(amount: number, currency: string): number {
  const minor = minorUnits(amount, currency);
  if (minor === undefined) throw new TypeError(`no exact amount in ${currency}`);
  return minor;
}
