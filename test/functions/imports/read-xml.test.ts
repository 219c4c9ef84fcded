import { describe, expect, it } from 'vitest';
import { visitXml } from '#functions/imports/read-xml.ts';

async function* chunked(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function told(text: string, size = 3): Promise<readonly string[]> {
  const events: string[] = [];
  await visitXml(chunked(text, size), {
    open: (name, attribute) => void events.push(`<${name} ${attribute('id') ?? ''}`),
    text: (part) => void events.push(part),
    close: (name) => void events.push(`>${name}`),
  });
  return events;
}

describe('reading XML', () => {
  it('tells of elements without their prefix, and of texts as they are meant', async () => {
    const events = await told('<x:a id="1"><b x:id="2">é &amp; &#233;</b><![CDATA[<c>]]></x:a>');

    expect(events.filter((event) => !/^[^<>]/.test(event))).toEqual(['<a 1', '<b 2', '>b', '<c>', '>a']);
    expect(events.join('')).toContain('é & é');
  });

  it.each([
    ['not closed', '<a>'],
    ['closed twice', '<a></a></a>'],
    ['no XML', 'a'],
    ['of entities that it defines', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['of elements in each other without end', '<a>'.repeat(200)],
    ['one text without end', `<a>${'x'.repeat(4_000_001)}</a>`],
    ['one text without end that is no markup', `<a><![CDATA[${'<'.repeat(4_200_000)}]]></a>`],
    ['one comment without end', `<a><!--${'<'.repeat(4_200_000)}--></a>`],
  ])('refuses what is %s', async (_, text) => {
    await expect(told(text, 65_536)).rejects.toMatchObject({ name: 'FileUnreadable' });
  });
});
