import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { askedBy } from '../../src/entry/lambda/delivery.ts';
import { answerOf, requestOf } from '../../src/entry/lambda/event.ts';
import { isSigned } from '../../src/entry/lambda/signature.ts';
import { EVENTS } from './recorded.ts';

const SECRET = 'shh-it-is-a-secret';
const NOW = 1_795_900_000;
const BODY = Buffer.from(
  'command=%2Fps&text=caf%C3%A9+%F0%9F%90%B3&team_id=T0FAIRLEAD&user_id=U0DEV1&channel_id=C0PROD',
);

const signatureOf = (body: Buffer, timestamp = NOW, secret = SECRET) =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
const signed = (body: Buffer, timestamp = NOW, secret = SECRET) => ({
  'Content-Type': 'application/x-www-form-urlencoded',
  'X-Slack-Request-Timestamp': String(timestamp),
  'X-Slack-Signature': signatureOf(body, timestamp, secret),
});

it.each(Object.entries(EVENTS))('%s: the bytes that Slack signed are read, and its form', (_, made) => {
  const request = requestOf(made(signed(BODY), BODY));

  expect(request.body.equals(BODY)).toBe(true);
  expect(isSigned(request, SECRET, NOW)).toBe(true);
  expect(askedBy(request)).toMatchObject({ kind: 'command', command: { command: '/ps', text: 'café 🐳' } });
});

it.each(Object.entries(EVENTS))('%s: bytes that are not UTF-8 are verified as they are', (_, made) => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]);
  const isBytes = made(signed(body), body).isBase64Encoded === true;
  expect(isSigned(requestOf(made(signed(body), body)), SECRET, NOW)).toBe(isBytes);
});

it.each([
  ['another secret', signed(BODY, NOW, 'other-secret'), BODY],
  ['another body', signed(BODY), Buffer.concat([BODY, Buffer.from('&')])],
  ['a stale time', signed(BODY, NOW - 301), BODY],
  ['a time to come', signed(BODY, NOW + 301), BODY],
  ['another time than the signed one', { ...signed(BODY), 'X-Slack-Request-Timestamp': String(NOW - 1) }, BODY],
  ['a time that is no number', { ...signed(BODY), 'X-Slack-Request-Timestamp': 'NaN' }, BODY],
  ['half a signature', { ...signed(BODY), 'X-Slack-Signature': signatureOf(BODY).slice(0, 40) }, BODY],
  ['another version', { ...signed(BODY), 'X-Slack-Signature': signatureOf(BODY).replace('v0', 'v1') }, BODY],
  ['no headers', {}, BODY],
])('%s is refused', (_, headers, body) => {
  for (const made of Object.values(EVENTS)) expect(isSigned(requestOf(made(headers, body)), SECRET, NOW)).toBe(false);
});

it('a signature is good for five minutes', () => {
  const [made] = Object.values(EVENTS);
  if (!made) throw new Error('There are no events.');
  for (const age of [-300, 0, 300]) {
    expect(isSigned(requestOf(made(signed(BODY, NOW - age), BODY)), SECRET, NOW)).toBe(true);
  }
});

const json = (body: object) => ({
  headers: new Map([['content-type', 'application/json']]),
  body: Buffer.from(JSON.stringify(body)),
});

it('tells the kinds of what Slack sends', () => {
  expect(askedBy(json({ type: 'url_verification', challenge: 'abc' }))).toEqual({
    kind: 'challenge',
    challenge: 'abc',
  });
  const event = (type: string) => askedBy(json({ type: 'event_callback', event: { type } }));
  expect(event('app_mention')).toMatchObject({ kind: 'mention', body: { event: { type: 'app_mention' } } });
  expect(event('app_home_opened')).toMatchObject({ kind: 'home', body: { event: { type: 'app_home_opened' } } });
  expect(event('message')).toEqual({ kind: 'nothing' });
  expect(askedBy(json({ type: 'event_callback' }))).toEqual({ kind: 'nothing' });
  expect(askedBy(json({ type: 'app_rate_limited' }))).toEqual({ kind: 'nothing' });
  const form = (text: string) => askedBy({ headers: new Map(), body: Buffer.from(text) });
  expect(form('ssl_check=1&token=x')).toEqual({ kind: 'nothing' });
  const interaction = (payload: object) => form(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  expect(interaction({ type: 'block_actions' })).toMatchObject({ kind: 'click' });
  expect(interaction({ type: 'block_suggestion' })).toMatchObject({ kind: 'suggestion' });
  expect(interaction({ type: 'view_submission', view: { callback_id: 'form-code' } })).toMatchObject({ kind: 'form' });
  expect(interaction({ type: 'view_submission', view: { callback_id: 'other' } })).toEqual({ kind: 'nothing' });
  expect(interaction({ type: 'view_closed' })).toEqual({ kind: 'nothing' });
  expect(form('payload={')).toBeUndefined();
  expect(form('hello')).toBeUndefined();
});

it('answers in the form that all of them take', () => {
  expect(answerOf(200, { text: 'ok' })).toMatchObject({
    statusCode: 200,
    body: '{"text":"ok"}',
    isBase64Encoded: false,
  });
  expect(answerOf(200)).toMatchObject({ body: '' });
});
