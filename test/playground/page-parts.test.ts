import type { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createManualClock } from '../../playground/server/index.ts';
import { bench, STAGING } from './app.ts';
import { describeWithBrowser, launch, openWindow, send } from './browser.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const options = ['1.4.0', '1.5.0'].map((tag) => ({ text: plain(tag), value: tag }));
const page = { commands: [] };
// Slack's three seconds do not pass in these tests: a browser on a busy machine takes its time.

const form: ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: plain('Deploy'),
  submit: plain('Ask'),
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: 'Of *shop*' } },
    {
      type: 'input',
      block_id: 'tag',
      label: plain('Version'),
      hint: plain('Newest first'),
      dispatch_action: true,
      element: { type: 'static_select', action_id: 'tag', options },
    },
    {
      type: 'input',
      block_id: 'image',
      label: plain('Image'),
      optional: true,
      element: { type: 'external_select', action_id: 'image', min_query_length: 1 },
    },
    {
      type: 'input',
      block_id: 'containers',
      label: plain('Containers'),
      element: { type: 'multi_external_select', action_id: 'containers', min_query_length: 0 },
    },
    {
      type: 'input',
      block_id: 'hosts',
      label: plain('Hosts'),
      element: {
        type: 'multi_static_select',
        action_id: 'hosts',
        options: ['web-1', 'web-2'].map((name) => ({ text: plain(name), value: name })),
      },
    },
    {
      type: 'input',
      block_id: 'reason',
      label: plain('Reason'),
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true },
    },
  ],
};

const everything: KnownBlock[] = [
  { type: 'header', text: plain('A header :rocket:') },
  {
    type: 'section',
    text: { type: 'mrkdwn', text: 'See <https://example.com/a?b=1|the page> and <!date^1700000000^{date_num}|then>' },
    accessory: { type: 'overflow', action_id: 'more', options: options.map((one) => ({ ...one })) },
  },
  { type: 'divider' },
  { type: 'actions', elements: [{ type: 'static_select', action_id: 'pick', placeholder: plain('Version'), options }] },
  {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: '<b>not bold</b> <!channel>' }] },
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U0OPS1' }] }],
      },
    ],
  },
  {
    type: 'table',
    column_settings: [{ align: 'left' }, { align: 'right' }],
    rows: [
      [
        { type: 'raw_text', text: 'TAG' },
        { type: 'raw_text', text: 'SIZE' },
      ],
      [
        { type: 'raw_text', text: '1.4.0' },
        { type: 'raw_text', text: '2MB' },
      ],
    ],
  },
  { type: 'image', image_url: 'https://example.com/x.png', alt_text: 'nothing' },
];

function plan(app: App): void {
  app.command('/form', async ({ ack, client, command }) => {
    await client.views.open({ trigger_id: command.trigger_id, view: form });
    await ack();
  });
  app.options('image', ({ payload, ack }) =>
    ack({ options: [{ text: plain(`${payload.value}:found`), value: 'digest' }] }),
  );
  app.options('containers', ({ ack }) =>
    ack({ options: ['shop', 'worker', 'mail'].map((name) => ({ text: plain(`${name} · Up 2 h`), value: name })) }),
  );
  app.action('tag', async ({ ack, body, client }) => {
    await ack();
    const { view } = body as { view: { id: string } };
    await client.views.update({ view_id: view.id, view: { ...form, title: plain('Deploy 1.5.0') } });
  });
  app.view('form', async ({ ack, view, client }) => {
    const { reason, tag, hosts, image, containers } = view.state.values;
    if (reason?.['reason']?.value === 'because')
      return ack({ response_action: 'errors', errors: { reason: 'A real one, please.' } });
    await ack();
    const chosen = hosts?.['hosts']?.selected_options?.map((one) => one.value).join('+');
    const parts = [
      tag?.['tag']?.selected_option?.value,
      image?.['image']?.selected_option?.value,
      chosen,
      containers?.['containers']?.selected_options?.map((one) => one.value).join('+'),
      reason?.['reason']?.value,
    ];
    await client.chat.postMessage({ channel: STAGING, text: parts.join(' ') });
  });
  app.command('/show', async ({ ack, client }) => {
    await ack();
    const { ts } = await client.chat.postMessage({ channel: STAGING, text: 'everything', blocks: everything });
    const content = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n');
    await client.filesUploadV2({
      channel_id: STAGING,
      thread_ts: ts ?? '',
      filename: 'shop.log',
      title: 'The log',
      content,
    });
  });
  app.action(/more|pick/u, async ({ ack, action, respond }) => {
    await ack();
    const { action_id, selected_option } = action as { action_id: string; selected_option: { value: string } };
    await respond({ text: `${action_id} ${selected_option.value}`, replace_original: false });
  });
  app.event('app_home_opened', ({ event, client }) =>
    client.views
      .publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text: plain('Your home') }] } })
      .then(() => undefined),
  );
}

describeWithBrowser('the parts of the page', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('opens a modal, keeps what was typed when it changes, shows what is wrong, and submits', async () => {
    await using it = await bench('http', plan, { page, clock: createManualClock() });
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    await send(dana, '/form');
    const modal = dana.getByRole('dialog', { name: 'Deploy' });
    const reason = modal.getByRole('textbox', { name: 'Reason' });

    await reason.fill('because');
    await modal.getByRole('button', { name: 'Ask' }).click();
    await modal.getByText('has to be filled in').waitFor();
    await modal.getByRole('combobox', { name: 'Version' }).selectOption('1.5.0');
    await dana.getByRole('heading', { name: 'Deploy 1.5.0' }).waitFor();
    expect(await reason.inputValue()).toBe('because');
    await modal.getByRole('combobox', { name: 'Image' }).pressSequentially('sh');
    await modal.locator('option[value="sh:found"]').waitFor({ state: 'attached' });
    await modal.getByRole('combobox', { name: 'Image' }).fill('sh:found');
    const containers = modal.getByRole('combobox', { name: 'Containers' });
    for (const name of ['shop', 'worker', 'mail']) {
      await containers.focus();
      await modal.locator(`option[value^="${name}"]`).waitFor({ state: 'attached' });
      await containers.fill(`${name} · Up 2 h`);
    }
    await modal.getByRole('button', { name: 'Remove worker · Up 2 h' }).click();
    await modal.locator('summary').click();
    await modal.getByRole('checkbox', { name: 'web-2' }).check();
    await modal.getByRole('button', { name: 'Ask' }).click();
    await modal.getByText('A real one, please.').waitFor();
    expect(await reason.getAttribute('aria-invalid')).toBe('true');
    expect(await reason.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    await reason.fill('the fix');
    await modal.getByRole('button', { name: 'Ask' }).click();

    await dana.getByText('1.5.0 digest web-2 shop+mail the fix').waitFor();
    expect(await dana.locator('dialog[open]').count()).toBe(0);
    await send(dana, '/form');
    await modal.waitFor();
    await dana.keyboard.press('Escape');
    await modal.waitFor({ state: 'hidden' });
    // The page hides it before it tells.
    await expect.poll(() => it.slack.view({ person: 'U0DEV1' })).toBeUndefined();
    expect(dana.errors).toEqual([]);
  });

  it('draws every block, answers menus and selects, and keeps a thread with its file apart', async () => {
    await using it = await bench('http', plan, { page, clock: createManualClock() });
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    await send(dana, '/show');
    const message = dana.getByRole('article').first();

    await message.getByRole('heading', { name: 'A header' }).waitFor();
    expect(await message.getByRole('img', { name: 'rocket' }).count()).toBe(1);
    expect(await message.getByRole('link', { name: 'the page' }).getAttribute('href')).toBe(
      'https://example.com/a?b=1',
    );
    expect(await message.locator('time[title=then]').textContent()).toMatch(/^2023-11-1\d$/u);
    expect(await message.locator('pre').textContent()).toBe('<b>not bold</b> <!channel>');
    expect(await message.locator('li .mention').textContent()).toBe('@oli');
    expect(await message.getByRole('columnheader').allTextContents()).toEqual(['TAG', 'SIZE']);
    expect(await message.locator('.unsupported').textContent()).toContain('image');

    await message.getByRole('button', { name: 'More actions' }).press('Enter');
    await dana.getByRole('menuitem', { name: '1.4.0' }).press('ArrowDown');
    await dana.getByRole('menuitem', { name: '1.5.0' }).press('Enter');
    await dana.getByText('more 1.5.0').waitFor();
    await message.getByRole('combobox', { name: 'Version' }).selectOption('1.4.0');
    await dana.getByText('pick 1.4.0').waitFor();

    await message.getByRole('button', { name: '1 reply' }).click();
    const thread = dana.getByRole('region', { name: 'Thread' });
    await thread.getByText('first 12 of 40 lines').waitFor();
    const [download] = await Promise.all([
      dana.waitForEvent('download'),
      thread.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('shop.log');
    const reply = thread.getByRole('combobox', { name: 'Reply' });
    await reply.fill('thank you, @oli');
    await reply.press('Enter');
    await message.getByRole('button', { name: '2 replies' }).waitFor();
    expect(it.slack.messages({ channel: STAGING, as: 'U0DEV1' }).at(-1)?.text).toBe('thank you, <@U0OPS1>');
    const [json] = await Promise.all([
      dana.context().waitForEvent('page'),
      message.getByRole('link', { name: 'JSON' }).click(),
    ]);
    expect(JSON.parse(await json.locator('pre').innerText())).toMatchObject({ text: 'everything', user: 'U0FAIRLEAD' });
    expect(dana.errors).toEqual([]);
  });

  it('switches people and places by address, and shows the app’s home', async () => {
    await using it = await bench('http', plan, { page, clock: createManualClock() });
    const window = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    const { ts } = await it.slack.type({ person: 'U0DEV1', channel: STAGING, text: 'seen by all' });
    await window.getByText('seen by all').waitFor();

    await window.getByRole('link', { name: 'Vera viewer' }).click();
    await window.getByText('You are Vera').waitFor();
    await window.getByText('seen by all').waitFor();
    expect(new URL(window.url()).search).toBe('?as=vera&in=staging');
    await it.slack.type({ person: 'U0OPS1', channel: 'C0PROD', text: 'over here' });
    await window.getByRole('link', { name: 'prod unread' }).click();
    await window.getByText('over here').waitFor();
    await window.goBack();
    await window.getByText('seen by all').waitFor();
    expect(await window.locator(`[data-ts="${ts}"]`).count()).toBe(1);

    await window.getByRole('link', { name: 'Fairlead', exact: true }).click();
    await window.getByRole('tab', { name: 'Home' }).click();
    await window.getByRole('heading', { name: 'Your home' }).waitFor();
    expect(window.errors).toEqual([]);
  });
});
