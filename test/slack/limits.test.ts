import { describe, expect, it } from 'vitest';
import { checkMessage, checkView, sendable } from '../../src/slack/limits.ts';

const x = (count: number) => 'x'.repeat(count);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (more: object = {}) => ({ type: 'section', text: mrkdwn('hi'), ...more });
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const option = (text = 'a', value = 'a') => ({ text: plain(text), value });
const rich = (...elements: unknown[]) => ({ type: 'rich_text', elements });
const preformatted = (text: string) => ({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] });
const raw = (text: string) => ({ type: 'raw_text', text });
const table = (rows: unknown[][], more: object = {}) => ({ type: 'table', rows, ...more });
const select = (more: object) => actions({ type: 'static_select', ...more });
const overflow = (count: number) => actions({ type: 'overflow', options: times(count, () => option()) });
const confirm = (more: object) =>
  actions(
    button({ confirm: { title: plain('t'), text: mrkdwn('t'), confirm: plain('y'), deny: plain('n'), ...more } }),
  );
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('Label'), element, ...more });
const picture = (more: object = {}) => ({ type: 'image', image_url: 'https://x.test/a.png', alt_text: 'a', ...more });

/** What fits exactly, and the same one step beyond, with the code and place of the complaint. */
const LIMITS: readonly [name: string, fits: unknown[], beyond: unknown[], code: string, pointer: string][] = [
  ['blocks', times(50, () => section()), times(51, () => section()), 'too_many', '/blocks'],
  [
    'section text',
    [section({ text: mrkdwn(x(3000)) })],
    [section({ text: mrkdwn(x(3001)) })],
    'too_long',
    '/blocks/0/text/text',
  ],
  [
    'section text, empty',
    [section({ text: mrkdwn('x') })],
    [section({ text: mrkdwn('') })],
    'too_short',
    '/blocks/0/text/text',
  ],
  [
    'section fields',
    [section({ fields: times(10, () => mrkdwn('f')) })],
    [section({ fields: times(11, () => mrkdwn('f')) })],
    'too_many',
    '/blocks/0/fields',
  ],
  [
    'section field text',
    [section({ fields: [mrkdwn(x(2000))] })],
    [section({ fields: [mrkdwn(x(2001))] })],
    'too_long',
    '/blocks/0/fields/0/text',
  ],
  [
    'header',
    [{ type: 'header', text: plain(x(150)) }],
    [{ type: 'header', text: plain(x(151)) }],
    'too_long',
    '/blocks/0/text/text',
  ],
  [
    'context elements',
    [{ type: 'context', elements: times(10, () => mrkdwn('c')) }],
    [{ type: 'context', elements: times(11, () => mrkdwn('c')) }],
    'too_many',
    '/blocks/0/elements',
  ],
  [
    'actions elements',
    [actions(...times(25, () => button()))],
    [actions(...times(26, () => button()))],
    'too_many',
    '/blocks/0/elements',
  ],
  ['actions elements, none', [actions(button())], [actions()], 'too_few', '/blocks/0/elements'],
  [
    'button text',
    [actions(button({ text: plain(x(75)) }))],
    [actions(button({ text: plain(x(76)) }))],
    'too_long',
    '/blocks/0/elements/0/text/text',
  ],
  [
    'button value',
    [actions(button({ value: x(2000) }))],
    [actions(button({ value: x(2001) }))],
    'too_long',
    '/blocks/0/elements/0/value',
  ],
  [
    'button url',
    [actions(button({ url: x(3000) }))],
    [actions(button({ url: x(3001) }))],
    'too_long',
    '/blocks/0/elements/0/url',
  ],
  [
    'action_id',
    [actions(button({ action_id: x(255) }))],
    [actions(button({ action_id: x(256) }))],
    'too_long',
    '/blocks/0/elements/0/action_id',
  ],
  [
    'action_id, unique',
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'b' }))],
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
    'not_unique',
    '/blocks/1/elements/0/action_id',
  ],
  ['block_id', [section({ block_id: x(255) })], [section({ block_id: x(256) })], 'too_long', '/blocks/0/block_id'],
  [
    'block_id, unique',
    [section({ block_id: 'a' }), section({ block_id: 'b' })],
    [section({ block_id: 'a' }), section({ block_id: 'a' })],
    'not_unique',
    '/blocks/1/block_id',
  ],
  [
    'confirm title',
    [confirm({ title: plain(x(100)) })],
    [confirm({ title: plain(x(101)) })],
    'too_long',
    '/blocks/0/elements/0/confirm/title/text',
  ],
  [
    'confirm text',
    [confirm({ text: mrkdwn(x(300)) })],
    [confirm({ text: mrkdwn(x(301)) })],
    'too_long',
    '/blocks/0/elements/0/confirm/text/text',
  ],
  [
    'confirm yes',
    [confirm({ confirm: plain(x(30)) })],
    [confirm({ confirm: plain(x(31)) })],
    'too_long',
    '/blocks/0/elements/0/confirm/confirm/text',
  ],
  [
    'confirm no',
    [confirm({ deny: plain(x(30)) })],
    [confirm({ deny: plain(x(31)) })],
    'too_long',
    '/blocks/0/elements/0/confirm/deny/text',
  ],
  [
    'select options',
    [select({ options: times(100, () => option()) })],
    [select({ options: times(101, () => option()) })],
    'too_many',
    '/blocks/0/elements/0/options',
  ],
  [
    'select groups',
    [select({ option_groups: times(100, () => ({ label: plain('g'), options: [option()] })) })],
    [select({ option_groups: times(101, () => ({ label: plain('g'), options: [option()] })) })],
    'too_many',
    '/blocks/0/elements/0/option_groups',
  ],
  [
    'option text',
    [select({ options: [option(x(75))] })],
    [select({ options: [option(x(76))] })],
    'too_long',
    '/blocks/0/elements/0/options/0/text/text',
  ],
  [
    'option value',
    [select({ options: [option('a', x(75))] })],
    [select({ options: [option('a', x(76))] })],
    'too_long',
    '/blocks/0/elements/0/options/0/value',
  ],
  ['overflow options', [overflow(5)], [overflow(6)], 'too_many', '/blocks/0/elements/0/options'],
  [
    'radio options',
    [actions({ type: 'radio_buttons', options: times(10, () => option()) })],
    [actions({ type: 'radio_buttons', options: times(11, () => option()) })],
    'too_many',
    '/blocks/0/elements/0/options',
  ],
  [
    'image alt text',
    [picture({ alt_text: x(2000) })],
    [picture({ alt_text: x(2001) })],
    'too_long',
    '/blocks/0/alt_text',
  ],
  [
    'image title',
    [picture({ title: plain(x(2000)) })],
    [picture({ title: plain(x(2001)) })],
    'too_long',
    '/blocks/0/title/text',
  ],
  ['image source', [picture()], [{ type: 'image', alt_text: 'a' }], 'missing', '/blocks/0'],
  [
    'input text',
    [input({ type: 'plain_text_input', initial_value: x(3000) })],
    [input({ type: 'plain_text_input', initial_value: x(3001) })],
    'too_long',
    '/blocks/0/element/initial_value',
  ],
  [
    'markdown',
    [{ type: 'markdown', text: x(12_000) }],
    [{ type: 'markdown', text: x(12_001) }],
    'too_long',
    '/blocks/0/text',
  ],
  [
    'markdown, together',
    [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(6000) },
    ],
    [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(6001) },
    ],
    'too_long',
    '/blocks/1/text',
  ],
  [
    'table rows',
    [table(times(100, () => [raw('a')]))],
    [table(times(101, () => [raw('a')]))],
    'too_many',
    '/blocks/0/rows',
  ],
  [
    'table cells',
    [table([times(20, () => raw('a'))])],
    [table([times(21, () => raw('a'))])],
    'too_many',
    '/blocks/0/rows/0',
  ],
  [
    'table characters',
    [table([[raw(x(5000)), raw(x(5000))]])],
    [table([[raw(x(5000)), raw(x(5001))]])],
    'too_long',
    '/blocks/0/rows',
  ],
  [
    'table characters in rich text',
    [table([[rich(preformatted(x(10_000)))]])],
    [table([[rich(preformatted(x(10_000))), raw('a')]])],
    'too_long',
    '/blocks/0/rows',
  ],
  [
    'table, one a message',
    [table([[raw('a')]])],
    [table([[raw('a')]]), table([[raw('a')]])],
    'only_one_table_allowed',
    '/blocks/1',
  ],
  ['table cell, empty', [table([[raw(' ')]])], [table([[raw('')]])], 'too_short', '/blocks/0/rows/0/0/text'],
  [
    'rich text, empty',
    [rich(preformatted(' '))],
    [rich(preformatted(''))],
    'too_short',
    '/blocks/0/elements/0/elements/0/text',
  ],
];

describe('checkMessage', () => {
  it.each(LIMITS)('%s: the limit passes', (_, fits) => {
    expect(checkMessage({ text: 'x', blocks: fits })).toEqual([]);
  });

  it.each(LIMITS)('%s: one beyond is refused there', (_, __, beyond, code, pointer) => {
    expect(checkMessage({ text: 'x', blocks: beyond })).toEqual([
      { code, pointer, message: expect.stringContaining(`[json-pointer:${pointer}]`) },
    ]);
  });

  it.each([
    ['an unknown block', [{ type: 'nope' }], 'unknown_type', 'unsupported type: nope [json-pointer:/blocks/0/type]'],
    [
      'an alert',
      [{ type: 'alert', text: plain('a') }],
      'not_allowed',
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'mrkdwn in a header',
      [{ type: 'header', text: mrkdwn('a') }],
      'unknown_type',
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'mrkdwn on a button',
      [actions(button({ text: mrkdwn('a') }))],
      'unknown_type',
      'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'an unknown field',
      [section({ nope: 1 })],
      'unknown_field',
      'invalid additional property: nope [json-pointer:/blocks/0]',
    ],
    [
      'an unknown field, deep',
      [actions(button({ nope: 1 }))],
      'unknown_field',
      'invalid additional property: nope [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'a section without text',
      [{ type: 'section' }],
      'missing',
      'missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      'a plain text input among buttons',
      [actions({ type: 'plain_text_input' })],
      'unknown_type',
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a button in an input',
      [input(button())],
      'unknown_type',
      'unsupported type: button [json-pointer:/blocks/0/element/type]',
    ],
    [
      'a mention in preformatted text',
      [rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] })],
      'unknown_type',
      'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
    ],
    [
      'a list of another style',
      [
        rich({
          type: 'rich_text_list',
          style: 'roman',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a' }] }],
        }),
      ],
      'not_allowed',
      'must be one of bullet, ordered [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a select with neither',
      [select({})],
      'missing',
      'either options or option_groups is required [json-pointer:/blocks/0/elements/0]',
    ],
    ['a block that is none', ['text'], 'unknown_type', 'unsupported type: undefined [json-pointer:/blocks/0/type]'],
    [
      'an unknown color',
      [actions(button({ style: 'red' }))],
      'not_allowed',
      'must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
  ])('refuses %s, in its words', (_, blocks, code, message) => {
    expect(checkMessage({ blocks })).toEqual([expect.objectContaining({ code, message })]);
  });

  it("uses Slack's words for what is empty and what is too many", () => {
    expect(checkMessage({ blocks: [section({ text: mrkdwn('') })] })[0]?.message).toBe(
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    );
    expect(checkMessage({ blocks: [actions(...times(26, () => button()))] })[0]?.message).toBe(
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    );
  });

  it('limits the text', () => {
    expect(checkMessage({ text: x(40_000) })).toEqual([]);
    expect(checkMessage({ text: x(40_001) })).toEqual([
      expect.objectContaining({ code: 'too_long', pointer: '/text' }),
    ]);
  });

  it('takes every kind it knows', () => {
    const blocks = [
      section({ accessory: button() }),
      { type: 'divider' },
      { type: 'context', elements: [picture(), plain('a')] },
      rich(
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'a', style: { bold: true } },
            { type: 'emoji', name: 'x' },
            { type: 'link', url: 'https://x.test' },
          ],
        },
        { type: 'rich_text_quote', elements: [{ type: 'user', user_id: 'U1' }], border: 1 },
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a' }] }],
        },
      ),
      actions({ type: 'users_select' }, { type: 'datepicker', initial_date: '2026-01-01' }),
      table([[{ type: 'raw_number', value: 1, text: '1' }]], {
        column_settings: [{ align: 'right', is_wrapped: true }],
      }),
    ];
    expect(checkMessage({ text: 'x', blocks })).toEqual([]);
  });
});

describe('checkView', () => {
  const modal = (more: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section()], ...more });
  it.each([
    ['title', modal({ title: plain(x(24)) }), modal({ title: plain(x(25)) }), '/title/text'],
    ['submit', modal({ submit: plain(x(24)) }), modal({ submit: plain(x(25)) }), '/submit/text'],
    ['close', modal({ close: plain(x(24)) }), modal({ close: plain(x(25)) }), '/close/text'],
    [
      'private_metadata',
      modal({ private_metadata: x(3000) }),
      modal({ private_metadata: x(3001) }),
      '/private_metadata',
    ],
    ['callback_id', modal({ callback_id: x(255) }), modal({ callback_id: x(256) }), '/callback_id'],
    [
      'blocks',
      modal({ blocks: times(100, () => section()) }),
      modal({ blocks: times(101, () => section()) }),
      '/blocks',
    ],
    [
      'alert',
      modal({ blocks: [{ type: 'alert', text: plain('a') }] }),
      { type: 'home', blocks: [{ type: 'alert', text: plain('a') }] },
      '/blocks/0/type',
    ],
    [
      'submit with inputs',
      modal({ submit: plain('Go'), blocks: [input({ type: 'plain_text_input' })] }),
      modal({ blocks: [input({ type: 'plain_text_input' })] }),
      '',
    ],
    ['messages only', modal(), modal({ blocks: [{ type: 'markdown', text: 'a' }] }), '/blocks/0/type'],
    ['kind', modal(), modal({ type: 'dialog' }), '/type'],
  ])('%s', (_, fits, beyond, pointer) => {
    expect(checkView(fits)).toEqual([]);
    expect(checkView(beyond).map((problem) => problem.pointer)).toEqual([pointer]);
  });

  it('limits the payload to 250 kB', () => {
    const heavy = modal({ blocks: times(100, () => section({ text: mrkdwn(x(2600)) })) });
    expect(checkView(heavy)).toEqual([expect.objectContaining({ code: 'view_too_large' })]);
  });
});

it('keeps blocks that Slack takes and drops those it does not, whatever the text is', () => {
  const good = [{ type: 'divider' as const }];
  expect(sendable({ text: x(50_000), blocks: good })).toEqual({ blocks: good, problems: [] });
  const bad = sendable({ text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: '' } }] });
  expect(bad.blocks).toEqual([]);
  expect(bad.problems).toHaveLength(1);
});
