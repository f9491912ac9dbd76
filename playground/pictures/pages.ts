import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  colorScheme: 'dark',
  isMobile: true,
};

/** A browser, the address of the playground's page, and the folder for pictures. */
export interface Studio {
  readonly browser: Browser;
  readonly url: string;
  readonly folder: string;
}

/** How long the page and an answer may take on a busy machine, in milliseconds. */
const ANSWER_MS = 120_000;
/** Loading is tried again: the browser drops requests while a network interface comes or goes, as the engines' do. */
const LOAD_MS = 20_000;
const LOADS = 5;
/** How long a deploy or rollback may take, in milliseconds. */
export const DEPLOY_MS = 180_000;

/** Opens the playground's page in #prod as a person. */
export async function openPage(
  browser: Browser,
  url: string,
  person: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(ANSWER_MS);
  const title = page.getByRole('heading', { level: 2, name: 'prod' });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.goto(`${url}/?as=${person}&in=prod`);
      await title.waitFor({ timeout: LOAD_MS });
      return page;
    } catch (error) {
      if (attempt === LOADS) throw error;
    }
  }
}

/** Types a line and sends it. */
export async function send(page: Page, line: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: /^Message/u });
  await composer.fill(line);
  await composer.press('Enter');
}

/** The newest message that contains the words. */
export const messageWith = (page: Page, words: string): Locator =>
  page.getByRole('article').filter({ hasText: words }).last();

export async function waitForMessage(page: Page, words: string, timeout = ANSWER_MS): Promise<Locator> {
  const found = messageWith(page, words);
  await found.waitFor({ timeout });
  return found;
}

/** Sends a line and waits for the message that answers it. */
export async function sendAndWait(page: Page, line: string, words: string): Promise<Locator> {
  await send(page, line);
  return waitForMessage(page, words);
}

/** Approves the card that contains the words. */
export async function approve(page: Page, words: string): Promise<void> {
  await messageWith(page, words).getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
}
