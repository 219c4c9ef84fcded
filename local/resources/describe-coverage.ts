import * as z from 'zod';
import type { Reasons, ResourceType } from './resource-type.ts';

const HEAD = `# What runs on one machine

Every resource type and property that a template may hold, written from the types in \`local/resources\`
(\`vitest run --project unit test/local/resources -u\` brings it up to date). A type or property that stands
on none of the three lists stops the start with an error that names it.
`;

/**
 * Writes the three lists of the types: what is honoured, what is declared only and why, what is refused and why.
 */
export function describeCoverage(types: Iterable<ResourceType>): string {
  const sorted = [...types].toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const isHonoured = ({ properties }: ResourceType) => properties.description === undefined;

  return [
    HEAD,
    '## Honoured\n',
    ...sorted.filter(isHonoured).map((type) => `- ${type.type}: ${honoured(type).join(', ')}`),
    '\n## Declared only\n',
    'Read and left: nothing on one machine depends on them.\n',
    ...sorted.flatMap((type) =>
      isHonoured(type)
        ? reasons(type.type, type.declared)
        : [`- ${type.type}: ${type.properties.description}`],
    ),
    '\n## Refused\n',
    'Known, and never run as they are meant.\n',
    ...sorted.flatMap((type) => reasons(type.type, type.refused)),
    '',
  ].join('\n');
}

const reasons = (type: string, listed: Reasons = {}): string[] =>
  Object.entries(listed).map(([path, reason]) => `- ${type} ${path}: ${reason}`);

function honoured({ properties }: ResourceType): string[] {
  const schema = z.toJSONSchema(properties, { io: 'input', unrepresentable: 'any' });
  return [...new Set(leaves(schema, ''))];
}

const Node = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** The innermost properties of a schema, lists looked through. */
function leaves(schema: unknown, at: string): string[] {
  const { properties, items, prefixItems = [], anyOf = [] } = Node.safeParse(schema).data ?? {};
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, field]) =>
      leaves(field, at === '' ? key : `${at}.${key}`),
    );
  }
  const parts = [...(items === undefined ? [] : [items]), ...prefixItems, ...anyOf];
  return parts.length === 0 ? [at] : parts.flatMap((part) => leaves(part, at));
}
