import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { describe, inject } from 'vitest';

/** `describe` for tests that need a real browser. */
export const describeWithBrowser = describe.skipIf(inject('browser') === undefined);

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: inject('browser') ?? '', args: FLAGS });
}

/** Loading is tried again: the browser drops requests while a network interface comes or goes, as the engines' do. */
const LOAD_MS = 20_000;
const LOADS = 3;

/** A window of somebody's own, on the page; `errors` is what went wrong in its script. */
export type Window = Page & { readonly errors: readonly string[] };

export async function openWindow(
  browser: Browser,
  url: string,
  { person, channel }: { readonly person: string; readonly channel: string },
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  // The browser also reports an act that the local Slack refuses with 400, and requests that it drops while a network
  // interface comes or goes, as the engines' do; the page is loaded again then.
  page.on('console', (message) => {
    const isNoise = /status of 400|ERR_NETWORK_CHANGED/u.test(message.text());
    if (message.type() === 'error' && !isNoise) errors.push(message.text());
  });
  const title = page.getByRole('heading', { level: 2, name: channel });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.goto(`${url}/?as=${person}&in=${channel}`);
      await title.waitFor({ timeout: LOAD_MS });
      return Object.assign(page, { errors });
    } catch (error) {
      if (attempt === LOADS) throw error;
    }
  }
}

/** Types and sends. */
export async function send(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: /^Message/u });
  await composer.fill(text);
  await composer.press('Enter');
}
