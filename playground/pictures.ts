import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

/** Goes through the playground as people would, and takes the pictures of the docs: `npm run docs:pictures`. */
const FOLDER = join(import.meta.dirname, '../docs/pictures');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true };
const DEPLOY_MS = 90_000;

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const executablePath = BROWSERS.find(existsSync);
  if (executablePath === undefined) throw new Error(`There is no browser here: ${BROWSERS.join(', ')}.`);
  const playground = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'index.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(playground, 'exit');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const { url, registry } = await started(playground);
    await take(browser, url, registry);
  } finally {
    await browser.close();
    playground.kill('SIGTERM');
    await ended;
  }
}

async function take(browser: Browser, url: string, registry: () => Promise<string>): Promise<void> {
  const open = (person: string, options = DESKTOP) => windowOf(browser, `${url}/?as=${person}&in=prod`, options);
  const [dana, oli, vera] = await Promise.all([open('dana'), open('oli'), open('vera')]);

  await shot(await said(dana, '/images', 'REPOSITORY'), 'images');
  await shot(await said(dana, '/dock hosts', ' up'), 'hosts');
  await shot(await said(dana, '/dock whoami', 'Here you may'), 'whoami');
  await shot(await said(dana, `/pull ${await registry()}/demo/shop:1.5 @web-1`, '1.5.0'), 'pull-failed');
  await shot(await said(vera, '/prune images -a', 'is for'), 'refused');
  await shot(await said(vera, '/dock can deploy shop 1.5.0', 'Decided by'), 'can');
  await shot(await said(dana, '/prune images -a --on all', 'asks to remove'), 'prune');

  await send(dana, '/deploy');
  await dana.getByRole('dialog').getByRole('button', { name: 'Ask to deploy' }).waitFor();
  await shot(dana.getByRole('dialog'), 'deploy-form');
  await dana.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  await said(dana, '/deploy shop 1.5.0 --reason "faster basket"', 'asks to deploy');
  await dana.mouse.move(0, 0);
  await dana.screenshot({ path: join(FOLDER, 'page.png') });
  const phone = await open('oli', PHONE);
  const card = article(phone, 'asks to deploy');
  await card.getByRole('button', { name: 'Approve' }).waitFor();
  await shot(card, 'card');
  await oli.goto(`${url}/?as=oli&in=fairlead`);
  await oli.getByRole('tab', { name: 'Home' }).click();
  await oli.getByText('What you may do where').waitFor();
  const [top, bottom] = await Promise.all(
    [oli.locator('.home').locator(':scope > *').first(), oli.getByText('As of')].map((one) => one.boundingBox()),
  );
  if (!top || !bottom) throw new Error('The home tab is not to be seen.');
  const clip = { x: top.x - 16, y: top.y - 12, width: 700, height: bottom.y + bottom.height - top.y + 24 };
  await oli.screenshot({ path: join(FOLDER, 'home.png'), clip });

  await approve(phone, 'faster basket');
  await shot(await wait(dana, 'is deployed on', DEPLOY_MS), 'deployed');
  await said(dana, '/deploy shop 1.6.0 --reason "new checkout"', 'new checkout');
  await approve(phone, 'new checkout');
  await shot(await wait(dana, 'did not become healthy', DEPLOY_MS), 'rolled-back');
  await shot(await said(dana, '/dock history shop', 'Deployments of shop'), 'history');
  await shot(await said(dana, '/logs shop -n 12 @web-2', 'postgres://shop:***'), 'logs');
}

/** The address of the page, and a function for the address of the registry, which the first answers name. */
async function started(
  playground: ChildProcess,
): Promise<{ readonly url: string; readonly registry: () => Promise<string> }> {
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    playground.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const found = /Open (http:\/\/\S+) in a browser/u.exec(said)?.[1];
      // The prompt appears when the samples are ready.
      if (found !== undefined && said.includes('Type what you would type')) resolve(found);
    });
    playground.once('exit', (code) => reject(new Error(`The playground ended with ${code}: ${said}`)));
  });
  const session = /name="session" content="(\w+)"/u.exec(await (await fetch(url)).text())?.[1] ?? '';
  const control = async (body: object) => {
    const sent = await fetch(`${url}/_control/messages?channel=C0PROD&as=U0DEV1&session=${session}`, body);
    return sent.text();
  };
  const registry = async () => {
    const host = /(127\.0\.0\.1:\d+)\/demo\/shop/u.exec(await control({}))?.[1];
    if (host === undefined) throw new Error('No answer names the registry.');
    return host;
  };
  return { url, registry };
}

async function windowOf(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.getByRole('heading', { level: 2, name: 'prod' }).waitFor();
  return page;
}

async function send(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: /^Message/u });
  await composer.fill(text);
  await composer.press('Enter');
}

const article = (page: Page, words: string) => page.getByRole('article').filter({ hasText: words }).last();

async function wait(page: Page, words: string, timeout = 30_000): Promise<Locator> {
  const found = article(page, words);
  await found.waitFor({ timeout });
  return found;
}

async function said(page: Page, line: string, words: string): Promise<Locator> {
  await send(page, line);
  return wait(page, words);
}

async function approve(page: Page, words: string): Promise<void> {
  await article(page, words).getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
}

async function shot(what: Locator, name: string): Promise<void> {
  // An element under the mouse is drawn differently.
  await what.page().mouse.move(0, 0);
  await what.scrollIntoViewIfNeeded();
  await what.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  process.stdout.write(`${name}.png\n`);
}

await main();
