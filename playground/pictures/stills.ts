import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import {
  approve,
  DEPLOY_MS,
  DESKTOP,
  messageWith,
  openPage,
  PHONE,
  type Studio,
  send,
  sendAndWait,
  waitForMessage,
} from './pages.ts';

/**
 * Takes a picture of each command and card that the docs show. `registry` gives the address of the playground's
 * registry.
 */
export async function takeStills(studio: Studio, registry: () => Promise<string>): Promise<void> {
  const { browser, url, folder } = studio;
  const open = (person: string, options = DESKTOP) => openPage(browser, url, person, options);
  const shot = (what: Locator, name: string) => picture(what, join(folder, `${name}.png`));
  const [dana, oli, vera] = await Promise.all([open('dana'), open('oli'), open('vera')]);

  await shot(await sendAndWait(dana, '/images', 'REPOSITORY'), 'images');
  await shot(await sendAndWait(dana, '/dock hosts', ' up'), 'hosts');
  await shot(await sendAndWait(dana, '/dock whoami', 'Here you may'), 'whoami');
  await shot(await sendAndWait(dana, `/pull ${await registry()}/demo/shop:1.5 @web-1`, '1.5.0'), 'pull-failed');
  await shot(await sendAndWait(vera, '/prune images -a', 'is for'), 'refused');
  await shot(await sendAndWait(vera, '/dock can deploy shop 1.5.0', 'Decided by'), 'can');
  await shot(await sendAndWait(dana, '/prune images -a --on all', 'wants to remove'), 'prune');

  await send(dana, '/deploy');
  await dana.getByRole('dialog').getByRole('button', { name: 'Ask to deploy' }).waitFor();
  await shot(dana.getByRole('dialog'), 'deploy-form');
  await dana.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  await sendAndWait(dana, '/deploy shop 1.5.0 --reason "faster basket"', 'asks to deploy');
  await dana.mouse.move(0, 0);
  await dana.screenshot({ path: join(folder, 'page.png') });
  const phone = await open('oli', PHONE);
  const card = messageWith(phone, 'asks to deploy');
  await card.getByRole('button', { name: 'Approve' }).waitFor();
  await shot(card, 'card');
  await oli.goto(`${url}/?as=oli&in=fairlead`);
  await oli.getByRole('tab', { name: 'Home' }).click();
  await oli.getByText('Your permissions').waitFor();
  const [top, bottom] = await Promise.all(
    [oli.locator('.home').locator(':scope > *').first(), oli.getByText('Reopen to refresh')].map((one) =>
      one.boundingBox(),
    ),
  );
  if (!top || !bottom) throw new Error('The home tab is not to be seen.');
  const clip = { x: top.x - 16, y: top.y - 12, width: 700, height: bottom.y + bottom.height - top.y + 24 };
  await oli.screenshot({ path: join(folder, 'home.png'), clip });

  await approve(phone, 'faster basket');
  await shot(await waitForMessage(dana, 'is deployed on', DEPLOY_MS), 'deployed');
  await sendAndWait(dana, '/deploy shop 1.6.0 --reason "new checkout"', 'new checkout');
  await approve(phone, 'new checkout');
  await shot(await waitForMessage(dana, 'failed its health check', DEPLOY_MS), 'rolled-back');
  await shot(await sendAndWait(dana, '/dock history shop', 'Deployments of shop'), 'history');
  await shot(await sendAndWait(dana, '/logs shop -n 12 @web-2', 'postgres://shop:***'), 'logs');
}

async function picture(what: Locator, path: string): Promise<void> {
  // An element under the mouse is drawn differently.
  await what.page().mouse.move(0, 0);
  await what.scrollIntoViewIfNeeded();
  await what.screenshot({ path, animations: 'disabled' });
  process.stdout.write(`${path}\n`);
}
