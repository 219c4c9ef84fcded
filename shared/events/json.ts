/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** What a JSON text says; nothing where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
