import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';

/** A way to write a text as bytes that is not what everybody does, and what it says of itself. */
export interface Written {
  readonly bytes: Buffer;
  readonly encoding?: string;
}

/** What is done to the text of a body. */
export type TextMutation = (text: string) => string;
/** How it becomes bytes. */
export type Writing = (text: string) => Written;

const BOM = '\uFEFF';
const plain: Writing = (text) => ({ bytes: Buffer.from(text) });

const at = fc.noBias(fc.nat(1_000_000));
const place = (text: string, n: number): number => (text.length === 0 ? 0 : n % text.length);

const WRAPPINGS: readonly TextMutation[] = [
  (text) => `${BOM}${text}`,
  (text) => `${BOM}${BOM}${text}`,
  (text) => `${text}${BOM}`,
  (text) => `\n\t ${text} \r\n`,
  (text) => `\u00a0${text}`,
  (text) => `${text}${text}`,
  (text) => `${text}\n${text}\n`,
  (text) => `[${text}]`,
  (text) => `[${text},${text}]`,
  (text) => `{"batch":[${text}]}`,
  (text) => `{"data":${text}}`,
  (text) => JSON.stringify(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => `data=${encodeURIComponent(text)}`,
  (text) => `payload=${Buffer.from(text).toString('base64')}`,
  (text) => `callback(${text})`,
  (text) => `)]}',\n${text}`,
  (text) => `${text},`,
  (text) => `${text}\u0000`,
  (text) => text.replaceAll('"', "'"),
  (text) => text.replaceAll(':', '='),
  (text) => text.toUpperCase(),
  (text) => text.replaceAll('track', 'TRACK'),
  (text) => text.replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
];

export const textMutation: fc.Arbitrary<TextMutation> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WRAPPINGS) },
  {
    weight: 2,
    arbitrary: at.map(
      (n): TextMutation =>
        (text) =>
          text.slice(0, place(text, n)),
    ),
  },
  {
    weight: 1,
    arbitrary: at.map(
      (n): TextMutation =>
        (text) =>
          text.slice(place(text, n)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(at, fc.constantFrom('"', '\\', ',', ':', '{', '}', '[', ']', ' ', '\u0000', '0', 'e', BOM, '💥'))
      .map(([n, piece]): TextMutation => {
        return (text) => `${text.slice(0, place(text, n))}${piece}${text.slice(place(text, n))}`;
      }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(at, fc.integer({ min: 1, max: 5 })).map(([n, length]): TextMutation => {
      return (text) => `${text.slice(0, place(text, n))}${text.slice(place(text, n) + length)}`;
    }),
  },
);

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const halves = (text: string) => [text.slice(0, text.length >> 1), text.slice(text.length >> 1)] as const;

const WRITINGS: readonly Writing[] = [
  plain,
  (text) => ({ bytes: gzipSync(text), encoding: 'gzip' }),
  (text) => ({ bytes: gzipSync(text) }),
  (text) => ({ bytes: gzipSync(text, { level: 0 }), encoding: 'GZIP' }),
  (text) => ({ bytes: gzipSync(gzipSync(text)), encoding: 'gzip, gzip' }),
  (text) => ({ bytes: Buffer.concat(halves(text).map((half) => gzipSync(half))), encoding: 'gzip' }),
  (text) => ({ bytes: Buffer.concat([gzipSync(text), Buffer.from('more')]), encoding: 'gzip' }),
  (text) => ({ bytes: Buffer.from(text), encoding: 'gzip' }),
  (text) => ({ bytes: Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from(text)]), encoding: 'gzip' }),
  (text) => ({ bytes: Buffer.from(gzipSync(text).toString('base64')), encoding: 'gzip' }),
  (text) => ({ bytes: deflateSync(text), encoding: 'deflate' }),
  (text) => ({ bytes: deflateRawSync(text), encoding: 'deflate' }),
  (text) => ({
    bytes: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    encoding: 'br',
  }),
  (text) => ({ bytes: zstdCompressSync(text), encoding: 'zstd' }),
  (text) => ({ bytes: Buffer.from(text), encoding: 'identity' }),
  (text) => ({ bytes: Buffer.from(text), encoding: 'nonsense' }),
  (text) => ({ bytes: Buffer.from(text, 'utf16le') }),
  (text) => ({ bytes: Buffer.from(`${BOM}${text}`, 'utf16le') }),
  (text) => ({ bytes: swapped(text) }),
  (text) => ({ bytes: swapped(`${BOM}${text}`) }),
  (text) => ({ bytes: Buffer.from(text, 'latin1') }),
];

const another = (bytes: Buffer, n: number, xor: number): Buffer => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[n % copy.length] = (copy[n % copy.length] ?? 0) ^ xor;
  return copy;
};

/** Bytes that are no UTF-8: a lone continuation, an overlong form, a half of a pair, a byte that never is. */
const NO_UTF8 = [[0x80], [0xc3, 0x28], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8], [0xff, 0xfe]] as const;

export const writing: fc.Arbitrary<Writing> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WRITINGS) },
  {
    weight: 1,
    arbitrary: fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([n, xor]): Writing => {
      return (text) => ({ bytes: another(Buffer.from(text), n, xor) });
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(at, fc.constantFrom(...NO_UTF8)).map(([n, bytes]): Writing => {
      return (text) => {
        const whole = Buffer.from(text);
        const where = whole.length === 0 ? 0 : n % whole.length;
        return {
          bytes: Buffer.concat([whole.subarray(0, where), Buffer.from(bytes), whole.subarray(where)]),
        };
      };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(at, fc.boolean()).map(([n, isCut]): Writing => {
      return (text) => {
        const zipped = gzipSync(text);
        const bytes = isCut ? zipped.subarray(0, n % zipped.length) : another(zipped, n, 0x55);
        return { bytes, encoding: 'gzip' };
      };
    }),
  },
);
