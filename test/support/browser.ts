import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** What Chromium would do besides: call home at every start, and ask for a sandbox that root does not get. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Opens the Chromium of this machine, with no window.
 *
 * @throws with the command that installs it when there is none.
 */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `no Chromium at ${EXECUTABLE}: install it (Debian, Ubuntu: apt-get install chromium), ` +
        'or set CHROMIUM_PATH to the one you have',
    );
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}
