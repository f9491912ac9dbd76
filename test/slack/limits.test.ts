import { describe, expect, it } from 'vitest';
import { checkMessage, checkView, sendable } from '../../src/slack/block-kit/limits.ts';
import { actions, button, input, mrkdwn, picture, plain, rich, section, select, table, times, x } from './block-kit.ts';
import { LIMITS } from './limits-table.ts';

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

it('keeps blocks that Slack takes and says where one is left out, whatever the text is', () => {
  const good = [{ type: 'divider' as const }];
  expect(sendable({ blocks: good })).toEqual({ blocks: good, problems: [] });
  const bad = sendable({ blocks: [...good, { type: 'header', text: { type: 'plain_text', text: '' } }] });
  expect(bad.blocks).toEqual([...good, expect.objectContaining({ type: 'context' })]);
  expect(checkMessage(bad)).toEqual([]);
  expect(bad.problems).toHaveLength(1);
});

it('of more blocks than Slack takes the end is kept too, and how many are left out is said', () => {
  const blocks = times(80, (index) => ({
    type: 'section' as const,
    text: { type: 'mrkdwn' as const, text: `${index}` },
  }));
  const fit = sendable({ blocks }).blocks;

  expect(checkMessage({ blocks: fit })).toEqual([]);
  expect(fit.at(0)).toEqual(blocks.at(0));
  expect(fit.at(-1)).toEqual(blocks.at(-1));
  expect(JSON.stringify(fit)).toContain('31 parts of this answer');
});
