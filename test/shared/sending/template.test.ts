import { describe, expect, it } from 'vitest';
import { compileTemplate, renderTemplate, type TemplateKind } from '#shared/sending/template.ts';

function render(text: string, data: Record<string, unknown>, kind: TemplateKind = 'html'): string {
  const compiled = compileTemplate(text, kind);
  if (!compiled.ok) throw new Error(compiled.fault);
  return renderTemplate(compiled.template, data);
}

describe('compileTemplate', () => {
  it.each([
    { name: 'an open tag', text: 'a\n{% if x %}', fault: 'line 2: tag {% if x %} not closed' },
    { name: 'an unknown tag', text: '{% fetch "x" %}', fault: 'line 1: tag "fetch" not found' },
    { name: 'an unknown filter', text: '\n\n{{ x | shout }}', fault: 'line 3: undefined filter: shout' },
    { name: 'the filter that ends escaping', text: '{{ x | raw }}', fault: 'line 1: undefined filter: raw' },
    {
      name: 'a tag that reads a file',
      text: '{% include "/etc/passwd" %}',
      fault: 'line 1: tag "include" not found',
    },
    { name: 'another such', text: '{% render "a" %}', fault: 'line 1: tag "render" not found' },
    { name: 'another such', text: '{% layout "a" %}', fault: 'line 1: tag "layout" not found' },
  ])('refuses $name, saying where and why', ({ text, fault }) => {
    expect(compileTemplate(text, 'html')).toEqual({ ok: false, fault });
  });

  it('refuses a template that is too long', () => {
    expect(compileTemplate('x'.repeat(200_001), 'html')).toMatchObject({ ok: false });
  });
});

describe('renderTemplate', () => {
  it('escapes values in html, wherever they are written', () => {
    const traits = { name: `<b>"O'Hara" & co</b>` };
    const escaped = '&lt;b&gt;&#34;O&#39;Hara&#34; &amp; co&lt;/b&gt;';

    expect(render('{{ traits.name }}', { traits })).toBe(escaped);
    expect(render('{% echo traits.name %}', { traits })).toBe(escaped);
    expect(render('{% cycle traits.name %}', { traits })).toBe(escaped);
    expect(render('{{ traits | json }}', { traits })).not.toContain('<b>');
  });

  it('writes values as they are in plain text', () => {
    expect(render('{{ name }}', { name: 'Tom & Co' }, 'plain')).toBe('Tom & Co');
  });

  it('renders what is missing as nothing', () => {
    expect(render('Hello {{ traits.first_name }}{{ a.b.c }}!', { traits: {} })).toBe('Hello !');
    expect(render('{{ x | default: "friend" }}', { x: null })).toBe('friend');
  });

  it('sees own properties alone', () => {
    expect(render('{{ traits.constructor }}{{ traits.__proto__ }}', { traits: {} })).toBe('');
  });

  it('writes dates in UTC, whatever the machine', () => {
    expect(render('{{ at | date: "%Y-%m-%d %H:%M" }}', { at: '2026-11-22T23:30:00Z' })).toBe(
      '2026-11-22 23:30',
    );
  });

  it.each([
    { name: 'memory', text: '{% for i in (1..100000000) %}x{% endfor %}' },
    {
      name: 'time',
      text: '{% for i in (1..9000) %}{% for j in (1..9000) %}{% for k in (1..100) %}{% endfor %}{% endfor %}{% endfor %}',
    },
  ])('stops a template that takes too much $name', ({ text }) => {
    expect(() => render(text, {})).toThrow(/limit exceeded/);
  });
});
