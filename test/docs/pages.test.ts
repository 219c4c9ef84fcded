import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Problem } from '#functions/admin/openapi.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { encoding: 'utf8', recursive: true })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

const NPM_ITSELF = ['ci', 'exec'];

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links to files and headings that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });

    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names npm commands that there are', () => {
    const commands = [...text.matchAll(/(?:`|^|&& )npm (?:run )?([a-z:]+)/gm)].map(([, name = '']) => name);

    expect(commands.filter((name) => !(name in scripts) && !NPM_ITSELF.includes(name))).toEqual([]);
  });

  it('says nothing of a tree that is not there', () => {
    const paths = [
      ...text.matchAll(/`((?:shared|functions|infra|local|test|demo|bench|config|docs)\/[\w./-]+)`/g),
    ].map(([, path = '']) => path);

    expect([...new Set(paths)].filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('examples', () => {
  const firstJson = (page: string): unknown =>
    JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '');

  it('of a record of the stream is one', () => {
    expect(StreamRecord.safeParse(firstJson('docs/architecture.md')).error).toBeUndefined();
  });

  it('of a refusal is one', () => {
    expect(Problem.safeParse(firstJson('docs/errors.md')).error).toBeUndefined();
  });
});

describe('docs/decisions/README.md', () => {
  it('lists every decision', () => {
    const list = readFileSync('docs/decisions/README.md', 'utf8');
    const missing = readdirSync('docs/decisions').filter(
      (file) => /^\d/.test(file) && !list.includes(`(${file})`),
    );

    expect(missing).toEqual([]);
  });
});
