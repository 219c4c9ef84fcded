import * as z from 'zod';

/** A value as DynamoDB's JSON protocol writes it. */
const Wire = z.record(z.string(), z.unknown());

/** The bytes of an item of the wire as DynamoDB counts them for capacity; see item-bytes.ts. */
export function wireItemBytes(item: unknown): number {
  return Object.entries(Wire.parse(item)).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + wireBytes(value),
    0,
  );
}

const CONTAINER = 3;
const ENTRY = 1;

function wireBytes(wire: unknown): number {
  const [[type, value] = ['NULL', true]] = Object.entries(Wire.parse(wire));
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      return numberBytes(String(value));
    case 'B':
      return Buffer.from(String(value), 'base64').byteLength;
    case 'M':
      return CONTAINER + wireItemBytes(value) + ENTRY * Object.keys(Wire.parse(value)).length;
    case 'L':
      return z
        .array(z.unknown())
        .parse(value)
        .reduce<number>((sum, entry) => sum + wireBytes(entry) + ENTRY, CONTAINER);
    case 'SS':
    case 'NS':
    case 'BS':
      return z
        .array(z.string())
        .parse(value)
        .reduce((sum, entry) => sum + wireBytes({ [type.slice(0, 1)]: entry }), 0);
    default:
      return 1;
  }
}

/** About a byte for each two significant digits, and one more. */
export function numberBytes(number: string): number {
  const digits = number.replace(/^-|\./g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}
