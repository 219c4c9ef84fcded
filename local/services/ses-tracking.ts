/** A tracked link: where it leads, and the tags that its `ses:tags` attribute gives the click. */
export interface TrackedLink {
  readonly url: string;
  readonly tags: Record<string, string[]>;
}

/** SES leaves the links of a mail alone after this many. */
const MAX_LINKS = 250;
const PIXEL_PLACEHOLDER = '{{ses:openTracker}}';

/**
 * Puts SES's own marks into a mail: a pixel that tells of opens, and links that go by way of `clickUrl`.
 *
 * Only links to http and https are changed; `ses:no-track` exempts one. The pixel stands at the end, or where the
 * placeholder is. https://docs.aws.amazon.com/ses/latest/dg/faqs-metrics.html
 */
export function track(
  html: string,
  o: { openUrl: string | undefined; clickUrl: ((index: number) => string) | undefined },
): { html: string; links: TrackedLink[] } {
  const links: TrackedLink[] = [];
  const { openUrl, clickUrl } = o;
  const rewritten = clickUrl === undefined ? html : html.replace(/<a\s[^>]*>/gi, rewrite);
  if (openUrl === undefined) return { html: rewritten, links };
  const pixel = `<img alt="" src="${openUrl}" style="display:none;width:1px;height:1px">`;
  return { html: placePixel(rewritten, pixel), links };

  function rewrite(tag: string): string {
    const [whole, quoted, raw = quoted] = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag) ?? [];
    const url = unescapeHtml(raw ?? '').trim();
    const untracked = /\sses:no-track(?=[\s=>/])/i.test(tag);
    const tags = /\sses:tags\s*=\s*"([^"]*)"/i.exec(tag)?.[1] ?? '';
    const clean = tag
      .replace(/\sses:no-track(?:\s*=\s*(?:"[^"]*"|'[^']*'))?(?=[\s>/])/i, '')
      .replace(/\sses:tags\s*=\s*"[^"]*"/i, '');
    if (whole === undefined || untracked || !/^https?:\/\//i.test(url) || links.length >= MAX_LINKS)
      return clean;
    links.push({ url, tags: readTags(tags) });
    // A replacement given as text would read `$` in it as a pattern.
    return clean.replace(whole, () => ` href="${clickUrl?.(links.length - 1)}"`);
  }
}

function placePixel(html: string, pixel: string): string {
  if (html.includes(PIXEL_PLACEHOLDER)) {
    return html.replace(PIXEL_PLACEHOLDER, () => pixel).replaceAll(PIXEL_PLACEHOLDER, '');
  }
  return /<\/body\s*>/i.test(html) ? html.replace(/<\/body\s*>/i, (end) => pixel + end) : html + pixel;
}

/** `genre:fiction;shelf:2` */
function readTags(text: string): Record<string, string[]> {
  const pairs = text.split(';').flatMap((pair): [string, string[]][] => {
    const [name, value] = pair.split(':');
    return name && value ? [[name.trim(), [value.trim()]]] : [];
  });
  return Object.fromEntries(pairs);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (entity, decimal, hexadecimal, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hexadecimal) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
    return ENTITIES[name] ?? entity;
  });
