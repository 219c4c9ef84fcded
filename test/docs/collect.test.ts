import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLLECT_ROUTES } from '#functions/collect/collect-routes.ts';
import { collecting, withKey } from '#test/support/collecting.ts';

const page = readFileSync('docs/guides/collect.md', 'utf8');
const section = (heading: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';

/** The commands of the page: where each posts to, its headers and its body. */
const commands = [
  ...page.matchAll(/^curl (?<options>.*) "\$COLLECT(?<path>[^"]+)" -d '(?<body>[^']+)'/gm),
].map(({ groups: { options = '', path = '', body = '' } = {} }) => {
  const headers = [...options.matchAll(/-H '([^:]+): ([^']+)'/g)];
  return {
    path,
    body,
    headers: Object.fromEntries(headers.map(([, name = '', value]) => [name.toLowerCase(), value ?? ''])),
  };
});
const [, answer = ''] = /^```json\n([\s\S]+?)^```/m.exec(page) ?? [];

describe('docs/guides/collect.md', () => {
  it('lists every route, and none that is not answered', () => {
    const routes = section('Routes');
    const table = routes.slice(0, routes.indexOf('Not served'));
    const asWritten = (path: string): string =>
      path.replace('{}', '<write key>').replace(/^(\/api\/s(?:\/s2s)?\/)(?!batch|s2s)\w+$/, '$1track');
    const served = new Set([...COLLECT_ROUTES.keys()].map((key) => asWritten(key.split(' ')[1] ?? '')));
    const listed = [...table.matchAll(/`(?:GET |POST )?(\/[^`?]+)(?:\?[^`]*)?`/g)].map(([, path]) => path);

    expect([...new Set(listed)].filter((path) => path !== '/shop/v1/batch').toSorted()).toEqual(
      [...served].toSorted(),
    );
  });

  it('has commands that do what it says', async () => {
    const [track, strict] = commands;
    const { ask, events } = collecting();

    const taken = await ask({ ...track, headers: { ...withKey, ...track?.headers } });
    const refused = await ask({ ...strict, headers: { ...withKey, ...strict?.headers } });

    expect(taken.body).toMatchObject({ accepted: 1, rejected: 0 });
    expect(events()).toMatchObject([{ userId: 'ada', messageId: 'order-1001' }]);
    expect(refused).toMatchObject({ status: 400, body: JSON.parse(answer) });
    expect(commands).toHaveLength(2);
  });

  it('names what an answer of 200 holds', async () => {
    const [named = ''] = /\{"success": true[^`]+\}/.exec(page) ?? [];
    const { body } = await collecting().ask({ headers: withKey, body: { batch: [{}] } });

    expect(Object.keys(JSON.parse(named))).toEqual(Object.keys(body));
  });
});
