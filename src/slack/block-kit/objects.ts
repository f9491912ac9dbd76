import { bool, kinds, list, object, oneOf, string } from './checks.ts';

/** The composition objects: what elements and blocks are made of. */
export const plain = (most: number) => kinds({ plain_text: { 'text!': string(most), emoji: bool } });
export const text = (most: number) =>
  kinds({ plain_text: { 'text!': string(most), emoji: bool }, mrkdwn: { 'text!': string(most), verbatim: bool } });
export const style = oneOf('primary', 'danger');
export const confirm = object({
  title: plain(100),
  'text!': text(300),
  confirm: plain(30),
  deny: plain(30),
  style,
});
// Slack's schemas differ on an option's value, 75 or 150; the smaller one is always taken.
export const option = object({ 'text!': text(75), value: string(75), description: text(75), url: string(3000) });
export const options = list(100, option);
export const groups = list(100, object({ 'label!': plain(75), 'options!': options }));
