const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * 64 bits of a text as 11 URL-safe characters: a short name for a long id.
 *
 * Two lanes of MurmurHash3's 32-bit mixing with different seeds (Appleby, 2011), over UTF-16 units.
 * Not cryptographic: it is only used where a collision could at most cost its own sender an event,
 * within one person. Ten million ids of one person collide with a chance of about 3 in a million.
 */
export function fingerprint(text: string): string {
  let high = 0x9747b28c;
  let low = 0x3c6ef372;
  for (let i = 0; i < text.length; i++) {
    const unit = mixUnit(text.charCodeAt(i));
    high = step(high, unit);
    low = step(low, unit ^ 0x5bd1e995);
  }
  high = finish(high ^ text.length);
  low = finish(low ^ high);
  let out = '';
  for (let shift = 26; shift >= 2; shift -= 6) out += ALPHABET[(high >>> shift) & 63];
  out += ALPHABET[((high & 3) << 4) | (low >>> 28)];
  for (let shift = 22; shift >= 4; shift -= 6) out += ALPHABET[(low >>> shift) & 63];
  return out + ALPHABET[(low & 15) << 2];
}

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
