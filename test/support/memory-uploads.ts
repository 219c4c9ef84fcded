import type { SignedRequest, Uploads } from '#functions/adapters/s3/uploads.ts';

const HOUR_MS = 3_600_000;

/** Uploads in memory; what a URL signs is told by its path alone. */
export function memoryUploads(now: () => number): Uploads & {
  readonly stored: Map<string, string>;
} {
  const stored = new Map<string, string>();
  const signed = (method: SignedRequest['method'], key: string, livesMs: number): SignedRequest => ({
    method,
    url: `https://imports.example/${key}`,
    headers: method === 'PUT' ? { 'content-type': 'application/octet-stream' } : {},
    expiresAt: Math.floor(now() / 1000) * 1000 + livesMs,
  });
  return {
    stored,
    bucket: 'imports-bucket',
    signUpload: async (key) => signed('PUT', key, HOUR_MS),
    signDownload: async (key) => signed('GET', key, HOUR_MS / 4),
    has: async (key) => stored.has(key),
    async findJson(key, schema) {
      const text = stored.get(key);
      return text === undefined ? undefined : schema.parse(JSON.parse(text));
    },
    keysUnder: async (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}
