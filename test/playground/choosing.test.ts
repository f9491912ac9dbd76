import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../playground/server/clock.ts';
import { bench, DEV, type Mode, OPS, STAGING } from './app.ts';

const option = (value: string) => ({ text: { type: 'plain_text' as const, text: value }, value });
const options = ['shop', 'worker', 'mail'].map(option);
const label = { type: 'plain_text' as const, text: 'Label' };
const blocks = [
  {
    type: 'actions' as const,
    block_id: 'row',
    elements: [
      { type: 'static_select' as const, action_id: 'service', options },
      { type: 'multi_static_select' as const, action_id: 'hosts', options, max_selected_items: 2 },
      { type: 'users_select' as const, action_id: 'who' },
      { type: 'overflow' as const, action_id: 'more', options: options.slice(0, 2) },
    ],
  },
  {
    type: 'section' as const,
    block_id: 'beside',
    text: { type: 'mrkdwn' as const, text: 'x' },
    accessory: { type: 'external_select' as const, action_id: 'tag', min_query_length: 2 },
  },
];
const modal = {
  type: 'modal' as const,
  callback_id: 'deploy',
  title: label,
  submit: label,
  blocks: [
    {
      type: 'input' as const,
      block_id: 'service',
      dispatch_action: true,
      label,
      element: { type: 'static_select' as const, action_id: 'service', options },
    },
    {
      type: 'input' as const,
      block_id: 'tag',
      label,
      element: { type: 'external_select' as const, action_id: 'tag', min_query_length: 1 },
    },
    {
      type: 'input' as const,
      block_id: 'hosts',
      label,
      element: {
        type: 'multi_static_select' as const,
        action_id: 'hosts',
        options,
        initial_options: options.slice(0, 1),
      },
    },
    {
      type: 'input' as const,
      block_id: 'why',
      optional: true,
      label,
      element: { type: 'plain_text_input' as const, action_id: 'why', max_length: 10, multiline: true },
    },
  ],
};

// The clock stands still: nothing here is about Slack's patience, and this machine may be slow.
/** An app that shows the blocks or the modal, and hands over what it is told. */
function app(mode: Mode) {
  const heard: { readonly action: Record<string, unknown>; readonly values: unknown }[] = [];
  const opened = Promise.withResolvers<string>();
  const submitted = Promise.withResolvers<unknown>();
  const asked: unknown[] = [];
  const offered: { options: object[] } = { options: [option('1.0.0'), option('1.1.0')] };
  const plan: Parameters<typeof bench>[1] = (bolt) => {
    bolt.command('/show', async ({ ack }) => ack({ text: 'Choose', blocks, response_type: 'in_channel' }));
    bolt.command('/form', async ({ ack, command, client }) => {
      await ack();
      const { view } = await client.views.open({ trigger_id: command.trigger_id, view: modal });
      opened.resolve(view?.id as string);
    });
    bolt.action(/.*/u, async ({ ack, action, body }) => {
      const { state, view } = body as { state?: { values: unknown }; view?: { state: { values: unknown } } };
      heard.push({ action: action as never, values: (state ?? view?.state)?.values });
      await ack();
    });
    bolt.options(/.*/u, async ({ ack, payload }) => {
      asked.push(payload.value);
      await ack(offered as never);
    });
    bolt.view('deploy', async ({ ack, view }) => {
      submitted.resolve(view.state.values);
      await ack();
    });
  };
  return {
    bench: bench(mode, plan, { clock: createManualClock() }),
    heard,
    asked,
    offered,
    opened: opened.promise,
    submitted: submitted.promise,
  };
}

describe.each<Mode>(['socket', 'http'])('choosing, over %s', (mode) => {
  it('from selects and menus in a message tells the app what, and what else is chosen there', async () => {
    const it_ = app(mode);
    await using bench = await it_.bench;
    const { slack } = bench;
    await slack.type({ person: DEV, channel: STAGING, text: '/show' });
    const place = { person: DEV, channel: STAGING };

    await slack.click({ ...place, actionId: 'service', selected: 'worker' });
    await slack.click({ ...place, actionId: 'hosts', selected: ['shop', 'mail'] });
    await slack.click({ ...place, actionId: 'who', selected: OPS });
    await slack.click({ ...place, blockId: 'row', actionId: 'more', selected: 'shop' });

    expect(it_.heard.map(({ action }) => action)).toMatchObject([
      { type: 'static_select', block_id: 'row', action_id: 'service', selected_option: { value: 'worker' } },
      { type: 'multi_static_select', selected_options: [{ value: 'shop' }, { value: 'mail' }] },
      { type: 'users_select', selected_user: OPS },
      { type: 'overflow', action_id: 'more', selected_option: { value: 'shop' } },
    ]);
    expect(it_.heard[0]?.action).not.toHaveProperty('options');
    expect(it_.heard[3]?.values).toMatchObject({
      row: {
        service: { type: 'static_select', selected_option: { value: 'worker' } },
        hosts: { selected_options: [{ value: 'shop' }, { value: 'mail' }] },
        who: { selected_user: OPS },
      },
      beside: { tag: { type: 'external_select', selected_option: null } },
    });
    // A menu keeps nothing, and what one person chose is nobody else's.
    expect(it_.heard[3]?.values).not.toHaveProperty('row.more');
    await slack.click({ person: OPS, channel: STAGING, actionId: 'more', selected: 'shop' });
    expect(it_.heard[4]?.values).toMatchObject({ row: { service: { selected_option: null } } });
  });

  it('what is not there to be chosen is refused, as Slack’s own page would not show it', async () => {
    const it_ = app(mode);
    await using bench = await it_.bench;
    const { slack } = bench;
    await slack.type({ person: DEV, channel: STAGING, text: '/show' });
    const choose = (actionId: string, selected?: string | string[]) =>
      slack.click({ person: DEV, channel: STAGING, actionId, ...(selected === undefined ? {} : { selected }) });

    await expect(choose('service', 'other')).rejects.toThrow('no option "other"');
    await expect(choose('service', ['shop', 'mail'])).rejects.toThrow('takes one value');
    await expect(choose('service')).rejects.toThrow('is not pressed');
    await expect(choose('hosts', ['shop', 'mail', 'worker'])).rejects.toThrow('No more than 2');
    await expect(choose('who', 'U0NOBODY')).rejects.toThrow('no user U0NOBODY');
    await expect(choose('tag', '1.0.0')).rejects.toThrow('no option "1.0.0"');
    expect(it_.heard).toEqual([]);
  });

  it('from a select the app fills: asked from so many letters on, and only what it offered', async () => {
    const it_ = app(mode);
    await using bench = await it_.bench;
    const { slack } = bench;
    await slack.type({ person: DEV, channel: STAGING, text: '/show' });
    const place = { person: DEV, channel: STAGING, actionId: 'tag' };

    await expect(slack.suggest({ ...place, query: '1' })).rejects.toThrow('from 2 characters on');
    expect(await slack.suggest({ ...place, query: '1.' })).toMatchObject([{ value: '1.0.0' }, { value: '1.1.0' }]);
    await slack.click({ ...place, selected: '1.1.0' });

    expect(it_.asked).toEqual(['1.']);
    expect(it_.heard[0]?.action).toMatchObject({ type: 'external_select', selected_option: { value: '1.1.0' } });
    it_.offered.options = Array.from({ length: 101 }, (_, index) => option(String(index)));
    await expect(slack.suggest({ ...place, query: '1.' })).rejects.toThrow('no more than 100 items');
  });

  it('in a modal: a field that asks for it tells the app, and the submission has everything', async () => {
    const it_ = app(mode);
    await using bench = await it_.bench;
    const { slack } = bench;
    await slack.type({ person: DEV, channel: STAGING, text: '/form' });
    const viewId = await it_.opened;

    await slack.click({ person: DEV, viewId, actionId: 'service', selected: 'shop' });
    await expect(slack.click({ person: DEV, viewId, actionId: 'hosts', selected: ['mail'] })).rejects.toThrow(
      'sees no',
    );
    await slack.suggest({ person: DEV, viewId, actionId: 'tag', query: '1' });
    const submit = (values: Record<string, string | string[]>) => slack.submitView({ person: DEV, values });
    await expect(submit({})).rejects.toThrow('has to be filled in');
    await expect(submit({ tag: '1.0.0', why: 'longer than ten' })).rejects.toThrow('Takes 0 to 10 characters');
    await expect(submit({ tag: '9.9.9' })).rejects.toThrow('no option "9.9.9"');
    await submit({ tag: '1.0.0' });

    expect(it_.heard[0]?.values).toMatchObject({
      service: { service: { selected_option: { value: 'shop' } } },
      hosts: { hosts: { selected_options: [{ value: 'shop' }] } },
    });
    expect(await it_.submitted).toMatchObject({
      service: { service: { type: 'static_select', selected_option: { value: 'shop' } } },
      tag: { tag: { type: 'external_select', selected_option: { value: '1.0.0' } } },
      hosts: { hosts: { selected_options: [{ value: 'shop' }] } },
      why: { why: { type: 'plain_text_input', value: null } },
    });
  });
});
