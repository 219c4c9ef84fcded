/** The inbox in light and dark, from a phone's width up. */
export const style = `
:root {
  --back: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #5b6675; --line: #dde2e8; --edge: #7c8896; --accent: #0b5fad;
  --good: #0a6b3d; --bad: #a8201a;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1b2129; --ink: #e8ecf1; --soft: #a3afbd; --line: #323b47; --edge: #738192; --accent: #7db8f2;
    --good: #6fd19c; --bad: #ff9a92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 56rem;
  background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
header p { margin: .25rem 0 0; color: var(--soft); }
a { color: var(--accent); }
nav { margin: 1rem 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button, input { font: inherit; color: inherit; padding: .5rem .75rem; border: 1px solid var(--edge); border-radius: .5rem; }
button { background: var(--card); cursor: pointer; }
button:hover { border-color: var(--accent); }
.search { margin: 1.25rem 0; }
.search label { display: block; margin-bottom: .25rem; color: var(--soft); }
.search div { display: flex; gap: .5rem; }
.search input { flex: 1; min-width: 0; background: var(--card); }
.mails { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
.mails li + li { border-top: 1px solid var(--line); }
.mail {
  display: grid; grid-template-columns: 1fr auto; gap: .125rem 1rem; padding: .75rem 1rem;
  color: inherit; text-decoration: none;
}
.mail:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
.mail:focus-visible { outline-offset: -3px; }
.who { font-weight: 600; }
.who, .subject { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.mail .mark { text-align: right; }
time { color: var(--soft); font-size: .875rem; white-space: nowrap; }
.mark { font-size: .875rem; font-weight: 600; color: var(--soft); }
.mark.Open, .mark.Click { color: var(--good); }
.mark.Bounce, .mark.Complaint { color: var(--bad); }
.empty { padding: 3rem 1rem; text-align: center; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .75rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.notice { padding: .75rem 1rem; border-left: 4px solid var(--accent); background: var(--card); }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
iframe { width: 100%; height: 60vh; background: #fff; border: 1px solid var(--line); border-radius: .75rem; }
details { margin-top: .75rem; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
summary { cursor: pointer; font-weight: 600; }
pre { margin: .75rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.events { margin: .75rem 0 0; padding-left: 1.25rem; overflow-wrap: anywhere; }
@media (max-width: 30rem) {
  .subject, .mail time { grid-column: 1 / -1; }
  .envelope, details dl { grid-template-columns: 1fr; gap: 0; }
  .envelope dd, details dd { margin-bottom: .5rem; }
}
`;
