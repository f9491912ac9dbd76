import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { SHOP } from '../story/samples.ts';
import { DEPLOY_MS, DESKTOP, messageWith, openPage, PHONE, type Studio, send } from './pages.ts';
import { createRecording, type Recording } from './recording.ts';

const REASON = 'new checkout';
/** As wide as a phone, at the resolution of one, and as high as the card and its thread need. */
const SMALLER = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2 };

/**
 * Records the README's moving picture: on a phone, a deploy is approved, its version fails the health check, the
 * version before is restored automatically, and the evidence is in the thread.
 */
export async function recordRollback({ browser, url, folder }: Studio): Promise<void> {
  const dana = await openPage(browser, url, 'dana', DESKTOP);
  const phone = await openPage(browser, url, 'oli', { ...PHONE, ...SMALLER });
  await send(dana, `/deploy shop ${SHOP.bad} --reason "${REASON}"`);
  const asked = messageWith(phone, REASON);
  await asked.getByRole('button', { name: 'Approve' }).waitFor();
  // Its words change as the deploy goes on.
  const card = phone.locator(`article[data-ts="${await asked.getAttribute('data-ts')}"]`);
  const recording = createRecording(phone);

  await recording.hold(2600);
  await tap(recording, card.getByRole('button', { name: 'Approve' }));
  const dialog = phone.getByRole('dialog');
  await dialog.waitFor();
  await recording.hold(1400);
  await tap(recording, dialog.getByRole('button', { name: 'Approve' }));
  await dialog.waitFor({ state: 'hidden' });
  // The dialog gives the focus back to the card, and a focused message shows its tools.
  await phone.evaluate('document.activeElement?.blur()');
  await recording.follow(ended(card), 900);
  await recording.hold(2600);
  await tap(recording, card.locator('.replies'));
  await phone.getByRole('log', { name: 'Thread' }).waitFor();
  await recording.hold(3400);

  const { file, lengthMs } = await recording.finish();
  const path = join(folder, 'rollback.gif');
  writeFileSync(path, file);
  process.stdout.write(`${path}, ${Math.round(lengthMs / 1000)} s, ${Math.round(file.length / 1024)} KiB\n`);
}

/** Resolves once the deploy has begun and ended: its card can be aborted, and then no more. */
async function ended(card: Locator): Promise<void> {
  const abort = card.getByRole('button', { name: 'Abort' });
  await abort.waitFor({ timeout: DEPLOY_MS });
  await abort.waitFor({ state: 'detached', timeout: DEPLOY_MS });
  await card.locator('.replies').waitFor();
}

/** Taps, and shows for a moment where. */
async function tap(recording: Recording, target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('There is nothing to tap.');
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await touch(target.page(), at);
  await recording.hold(500);
  await touch(target.page(), undefined);
  await target.click();
  // A mouse that stays would show the tools of the message under it.
  await target.page().mouse.move(0, 0);
}

/**
 * Draws the mark of a finger above everything, or removes it. A modal dialog is in the top layer, so the mark has to be
 * in it.
 */
async function touch(page: Page, at: { readonly x: number; readonly y: number } | undefined): Promise<void> {
  await page.evaluate(`document.querySelector('#touch')?.remove()`);
  if (!at) return;
  const style = {
    position: 'fixed',
    left: `${at.x - 22}px`,
    top: `${at.y - 22}px`,
    width: '44px',
    height: '44px',
    borderRadius: '50%',
    background: 'rgb(255 255 255 / 20%)',
    border: '2px solid rgb(255 255 255 / 80%)',
    pointerEvents: 'none',
    zIndex: '9',
  };
  await page.evaluate(`{
    const mark = Object.assign(document.createElement('div'), { id: 'touch' });
    Object.assign(mark.style, ${JSON.stringify(style)});
    (document.querySelector('dialog[open]') ?? document.body).append(mark);
  }`);
}
