import type { HttpAnswer } from '#functions/runtime/http.ts';

/** Everything is on the page itself, and the form leads nowhere else. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
};

/** What the button sends, and a mail client's own button too. https://www.rfc-editor.org/rfc/rfc8058 */
const ONE_CLICK = { name: 'List-Unsubscribe', value: 'One-Click' };

/** Asks for confirmation: a link in a mail is followed by scanners, so following it changes nothing. */
export const confirmPage = (purpose: string): HttpAnswer =>
  page(
    200,
    'Unsubscribe?',
    `<p>Press the button, and you will get no more ${escapeHtml(purpose)} mail from us.</p>
<form method="post"><input type="hidden" name="${ONE_CLICK.name}" value="${ONE_CLICK.value}">
<button type="submit">Unsubscribe</button></form>`,
  );

export const donePage = (purpose: string): HttpAnswer =>
  page(
    200,
    'You are unsubscribed',
    `<p>You will get no more ${escapeHtml(purpose)} mail from us. A mail that is already on its way may still reach you.</p>`,
  );

export const invalidPage = (): HttpAnswer =>
  page(
    400,
    'This link does not work',
    '<p>It may be incomplete or too old. Please use the link in our latest mail, or write to its sender.</p>',
  );

export const unavailablePage = (): HttpAnswer => {
  const { headers, ...rest } = page(
    503,
    'Not at the moment',
    '<p>We could not note this. You are not unsubscribed yet: please try again in a minute.</p>',
  );
  return { ...rest, headers: { ...headers, 'retry-after': '60' } };
};

function page(status: number, title: string, content: string): HttpAnswer {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { --back: #fff; --ink: #1a1a1a; --button: #0b5394; --label: #fff; color-scheme: light dark }
@media (prefers-color-scheme: dark) {
  :root { --back: #14181d; --ink: #e8ecf1; --button: #7db8f2; --label: #14181d }
}
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 0 auto; padding: clamp(1.5rem, 8vh, 4rem) 1rem; color: var(--ink); background: var(--back) }
h1 { font-size: 1.75rem; line-height: 1.2 }
p { overflow-wrap: anywhere }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .3rem; color: var(--label); background: var(--button); cursor: pointer }
button:focus-visible { outline: 3px solid #d98a00; outline-offset: 2px }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status, headers: HEADERS, body };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
