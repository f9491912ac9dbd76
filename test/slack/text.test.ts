import { expect, it } from 'vitest';
import { type Piece, parseMrkdwn } from '../../playground/web/mrkdwn.ts';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { preformatted, section, table } from '../../src/slack/block-kit/message.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { cutMrkdwn, linked, plain, prose } from '../../src/slack/block-kit/text.ts';
import { messageOf } from '../../src/slack/views/answer.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { card, plan } from '../pictures/cards.ts';

const HOSTILE = [
  '*bold*',
  'a *bold* word, (*another*) and **two**',
  '*',
  'ends with *it*',
  '_slanted_ and __init__',
  '~struck~, ~/.a ~',
  '*_~all~_*',
  '`code` and ```a fence```',
  ':tada: :+1: :100:',
  '> a quote',
  '>>> many',
  '<https://evil.example|the docs> <!channel> <@U0DEV1> &lt;',
  'two lines\n> quoted\n*bold*',
];

const kindsOf = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap((piece) => [piece.kind, ...('pieces' in piece ? kindsOf(piece.pieces) : [])]);
const formats = (mrkdwn: string) => kindsOf(parseMrkdwn(mrkdwn)).filter((kind) => kind !== 'text' && kind !== 'break');

it.each(HOSTILE)('others’ words do not format: %s', (text) => {
  expect(formats(plain(text))).toEqual([]);
  expect(formats(`*web-1*: ${plain(text)} · *done*`)).toEqual(['bold', 'bold']);
});

it.each([
  'shop_web_1 of my-shop_2',
  '/var/lib/docker/volumes/shop/_data and /srv/_data: no space left',
  '~/.docker/config.json',
  'dial tcp 10.0.0.12:2376: connect: connection refused',
  'dial tcp [2001:db8::1]:2376: i/o timeout',
  'at 10:30:15, 2 * 3',
  'see https://tickets.example.com/SHOP-1?a=b_c',
  'registry.example.com/shop:latest: not found',
])('what formats nothing is left as it is: %s', (text) => {
  expect(plain(text)).toBe(text);
  expect(prose(text)).toBe(text);
});

it('an address can be followed where a reason may name a ticket, and shows where it leads', () => {
  const text = 'see https://tickets.example.com/SHOP-1?a=b_c&d=*e* or <https://evil.example|the docs>';

  expect(parseMrkdwn(linked(text)).filter(({ kind }) => kind === 'link')).toEqual([
    expect.objectContaining({ url: 'https://tickets.example.com/SHOP-1?a=b_c&d=*e*' }),
    expect.objectContaining({ url: 'https://evil.example' }),
  ]);
});

it('our own sentences keep their code, and what others said in them does not format', () => {
  const text = 'Look: `docker inspect *_x_*`, it said *now* _a `b` c_ and `';

  expect(parseMrkdwn(prose(text))).toEqual([
    { kind: 'text', text: 'Look: ' },
    { kind: 'code', text: 'docker inspect *_x_*' },
    { kind: 'text', text: ', it said ∗now∗ ˍa ' },
    { kind: 'code', text: 'b' },
    { kind: 'text', text: " cˍ and '" },
  ]);
});

it('a reason is shown on its card as it was typed, an address as what it is, and pings nobody', () => {
  const reason = '*urgent* :fire: ask @channel, <https://evil.example|the docs>';
  const { blocks } = cardView({ ...card, plan: { ...plan, reason } });

  const [first] = blocks as unknown as [{ text: { text: string; verbatim: boolean } }];
  expect(formats(first.text.text)).toEqual(['emoji', 'person', 'bold', 'code', 'quote', 'link']);
  expect(first.text.verbatim).toBe(true);
  expect(plainText(blocks)).toContain(reason);
});

it('the words of a refusal for a lock screen ping nobody either', () => {
  const said = 'Nothing was planned. web-1: the engine said <!channel> *now*';
  const { text } = messageOf({ kind: 'refused', reason: 'unreachable', text: said, hint: undefined, choices: [] });

  expect(formats(text)).toEqual([]);
});

it('half a character that others sent, or a cut would leave, is never sent on', () => {
  const half = '\ud83d';
  for (let spaces = 0; spaces < 8; spaces += 1) {
    const text = `${half}${' '.repeat(spaces)}${'🚢'.repeat(4000)}`;
    const blocks = [section(text), preformatted(text.slice(0, 100)), table([half], [[text]])];
    expect(checkMessage({ text: cutMrkdwn(text, 3900), blocks })).toEqual([]);
  }
});

it('a cut leaves no half of an entity, a mention or a date', () => {
  const text = 'x &amp; <@U0DEV1> <!date^1700000000^{time}|now> y';
  for (let most = 1; most < text.length; most += 1)
    expect(cutMrkdwn(text, most)).toMatch(/^(?:[xy… ]|&amp;|<@U0DEV1>|<!date\^1700000000\^\{time\}\|now>)*$/u);
});
