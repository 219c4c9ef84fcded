import { expect, it } from 'vitest';
import { track } from '#local/services/ses-tracking.ts';

const marks = { openUrl: 'http://m/open/1', clickUrl: (index: number) => `http://m/click/1/${index}` };
const clicks = { ...marks, openUrl: undefined };

it.each([
  [
    'a link',
    '<a href="https://x.test/?a=1&amp;b=2">x</a>',
    '<a href="http://m/click/1/0">x</a>',
    ['https://x.test/?a=1&b=2'],
  ],
  [
    'single quotes and other attributes',
    `<a class='c' href='http://x.test'>x</a>`,
    `<a class='c' href="http://m/click/1/0">x</a>`,
    ['http://x.test'],
  ],
  ['a mail address', '<a href="mailto:a@x.test">x</a>', '<a href="mailto:a@x.test">x</a>', []],
  ['a link within the page', '<a href="#top">x</a>', '<a href="#top">x</a>', []],
  ['an exempted link', '<a ses:no-track href="https://x.test">x</a>', '<a href="https://x.test">x</a>', []],
  [
    'a dollar sign',
    '<a href="https://x.test/$&">x</a>',
    '<a href="http://m/click/1/0">x</a>',
    ['https://x.test/$&'],
  ],
  ['other tags', '<abbr href="https://x.test">x</abbr>', '<abbr href="https://x.test">x</abbr>', []],
])('treats %s as SES does', (_name, html, expected, urls) => {
  const tracked = track(html, clicks);

  expect(tracked.html).toBe(expected);
  expect(tracked.links.map(({ url }) => url)).toEqual(urls);
});

it('numbers links in order and gives a click the tags of its link', () => {
  const html =
    '<a href="https://a.test">a</a><a ses:tags="genre:fiction;shelf:2" href="https://b.test">b</a>';

  const { links, html: tracked } = track(html, clicks);

  expect(links).toEqual([
    { url: 'https://a.test', tags: {} },
    { url: 'https://b.test', tags: { genre: ['fiction'], shelf: ['2'] } },
  ]);
  expect(tracked).toBe('<a href="http://m/click/1/0">a</a><a href="http://m/click/1/1">b</a>');
});

const pixel = '<img alt="" src="http://m/open/1" style="display:none;width:1px;height:1px">';
it.each([
  ['<p>x</p>', `<p>x</p>${pixel}`],
  ['<body>x</body></html>', `<body>x${pixel}</body></html>`],
  ['{{ses:openTracker}}<p>x</p>{{ses:openTracker}}', `${pixel}<p>x</p>`],
])('puts the pixel into %s', (html, expected) => {
  expect(track(html, { ...marks, clickUrl: undefined }).html).toBe(expected);
});

it('leaves a mail that is not tracked as it is', () => {
  const html = '<a href="https://x.test">x</a>';

  expect(track(html, { openUrl: undefined, clickUrl: undefined })).toEqual({ html, links: [] });
});
