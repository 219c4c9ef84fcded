import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import { expect } from 'vitest';
import * as z from 'zod';
import type { StackProcess } from './stack-process.ts';

/** The document's own test holds it to its form. */
const Schema = z.custom<z.core.JSONSchema.JSONSchema>((value) => typeof value === 'object' && value !== null);
const Response = z.object({
  content: z.object({ 'application/json': z.object({ schema: Schema }) }).optional(),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), Response) }))),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

const FILE = join(import.meta.dirname, '../../docs/api/admin.openapi.json');
// The only difference between OpenAPI's schemas and JSON Schema that ours show: where named ones stand
const { paths, components } = Document.parse(
  JSON.parse(readFileSync(FILE, 'utf8').replaceAll('#/components/schemas/', '#/$defs/')),
);

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** From `/v1` on, without a query: `/v1/segments/loyal`. */
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default the stack's own admin; an empty one sends none */
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls the Admin API, and holds each answer to the document: its status, and its body by that one's schema. */
export function documentedAdmin({ urls, adminToken }: StackProcess): (call: Call) => Promise<Answer> {
  return async ({ method, path, query = '', body, headers, token = adminToken }) => {
    const response = await fetch(`${urls.admin}${path}${query}`, {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { status } = response;
    const described = responsesOf(method, path)[status];
    if (described === undefined) {
      throw new Error(
        `${method} ${path} answered ${status}, which its document does not know: ${await response.text()}`,
      );
    }
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    const schema = described.content?.['application/json'].schema;
    if (schema !== undefined) {
      const checked = z.fromJSONSchema({ ...schema, $defs: components.schemas }).safeParse(answer);
      expect(checked.error?.issues ?? [], `${method} ${path} ${status}: ${text.slice(0, 500)}`).toEqual([]);
    }
    return { status, body: answer };
  };
}

function responsesOf(method: string, path: string): Readonly<Record<string, z.infer<typeof Response>>> {
  const segments = path.split('/');
  const found = Object.entries(paths).find(([template]) => {
    const parts = template.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, n) => part.startsWith('{') || part === segments[n])
    );
  });
  return found?.[1][method.toLowerCase()]?.responses ?? {};
}

/** A token as the user pool would give it to somebody in these groups. */
export async function tokenOf(
  { dir, adminToken }: StackProcess,
  { groups, ...claims }: { readonly groups: readonly string[]; readonly [claim: string]: unknown },
): Promise<string> {
  const key = await importPKCS8(readFileSync(join(dir, 'token-key.pem'), 'utf8'), 'RS256');
  return new SignJWT({ ...decodeJwt(adminToken), 'cognito:groups': [...groups], ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(key);
}
