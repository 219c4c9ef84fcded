import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedReasons } from '#test/support/documented-reasons.ts';

const page = readFileSync('docs/errors.md', 'utf8');
const headings = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code = '']) => code);

const source = ['shared', 'functions', 'infra']
  .flatMap((folder) =>
    readdirSync(folder, { encoding: 'utf8', recursive: true }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const found = (pattern: RegExp): readonly string[] => [
  ...new Set([...source.matchAll(pattern)].map(([, name = '']) => name)),
];

/** Codes put together at run time: `INVALID_${part}` and `UNKNOWN_${kind}`. */
const COMPOSED = ['REQUEST', 'BODY'].map((part) => `INVALID_${part}`);
const KINDS = [
  'SOURCE',
  'TRACKING_PLAN',
  'SEGMENT',
  'TRAIT',
  'COMPUTED_TRAIT',
  'IMPORT',
  'EXPORT',
  'CAMPAIGN',
].map((kind) => `UNKNOWN_${kind}`);

/** What the parts of a request are called where they are validated; only `request` is, by any route. */
const validated = found(/validate\([^;]*?'(\w+)'\)/g).map((part) => `INVALID_${part.toUpperCase()}`);

describe('docs/errors.md', () => {
  const written = found(/(?:\bcode(?::| =) ?|notFound\(|invalid\()'([A-Z][A-Z_]+)'/g);

  it('sees the codes', () => {
    expect(written.length).toBeGreaterThan(25);
    expect(COMPOSED).toEqual(expect.arrayContaining(validated));
    expect(source).toMatch(/UNKNOWN_\$\{kind/);
  });

  it('has a heading for each code that the code can produce', () => {
    expect([...written, ...KINDS].filter((code) => !headings.includes(code))).toEqual([]);
  });

  it('has no heading for a code that nothing produces, and none twice', () => {
    expect(headings.filter((code) => ![...written, ...KINDS, ...COMPOSED].includes(code))).toEqual([]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('lists each reason of quarantine', () => {
    const reasons = [
      ...found(/quarantined\('(\w+)'\)/g),
      ...[
        'event_too_large',
        'event_too_complex',
        'unknown_person',
        'no_identifier',
        'bad_record',
        'bad_entry',
        'not_applied',
        'given_up',
        'event_denied',
        'plan_violation',
      ],
      ...['properties', 'traits', 'context'].map((part) => `bad_${part}`),
    ];

    expect([...documentedReasons()].sort()).toEqual([...new Set(reasons)].sort());
  });
});
