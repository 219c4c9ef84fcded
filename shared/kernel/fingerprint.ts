const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const NEWLINE = 10;

/**
 * 64 bits of some lines of text as 11 URL-safe characters: a short name for a long id.
 *
 * Two lanes of MurmurHash3's 32-bit mixing with different seeds (Appleby, 2011), over UTF-16 units.
 * Not cryptographic: it is only used where a collision could at most cost its own sender an event,
 * within one person. Ten million ids of one person collide with a chance of about 3 in a million.
 */
export function fingerprint(...lines: readonly string[]): string {
  let high = 0x9747b28c;
  let low = 0x3c6ef372;
  let length = -1;
  for (const line of lines) {
    for (let index = length < 0 ? 0 : -1; index < line.length; index++) {
      const unit = mixUnit(index < 0 ? NEWLINE : line.charCodeAt(index));
      high = step(high, unit);
      low = step(low, unit ^ 0x5bd1e995);
    }
    length += line.length + 1;
  }
  high = finish(high ^ length);
  low = finish(low ^ high);
  return lettersOf(high, low);
}

/** Base64 of 64 bits, put together at once: a text that grows letter by letter is copied ten times. */
const lettersOf = (high: number, low: number): string =>
  String.fromCharCode(
    letter(high >>> 26),
    letter(high >>> 20),
    letter(high >>> 14),
    letter(high >>> 8),
    letter(high >>> 2),
    letter((high << 4) | (low >>> 28)),
    letter(low >>> 22),
    letter(low >>> 16),
    letter(low >>> 10),
    letter(low >>> 4),
    letter(low << 2),
  );

const letter = (bits: number): number => CODES[bits & 63] ?? 0;

function mixUnit(unit: number): number {
  const scaled = Math.imul(unit, 0xcc9e2d51);
  return Math.imul((scaled << 15) | (scaled >>> 17), 0x1b873593);
}

function step(lane: number, unit: number): number {
  const mixed = lane ^ unit;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(lane: number): number {
  let mixed = lane;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
