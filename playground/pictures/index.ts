import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { recordRollback } from './rollback.ts';
import { takeStills } from './stills.ts';

const FOLDER = join(import.meta.dirname, '../../docs/pictures');
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Goes through the playground as people would, and takes the pictures of the docs: `npm run docs:pictures [-- stills |
 * rollback]`.
 */
async function main(wanted: string | undefined): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const executablePath = BROWSERS.find(existsSync);
  if (executablePath === undefined) throw new Error(`There is no browser here: ${BROWSERS.join(', ')}.`);
  const playground = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../index.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(playground, 'exit');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const { url, registry } = await started(playground);
    // In this order: the stills leave the shop on 1.5.0, which the recorded deploy goes back to.
    if (wanted !== 'rollback') await takeStills({ browser, url, folder: FOLDER }, registry);
    if (wanted !== 'stills') await recordRollback({ browser, url, folder: FOLDER });
  } finally {
    await browser.close();
    playground.kill('SIGTERM');
    await ended;
  }
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

await main(process.argv[2]);
