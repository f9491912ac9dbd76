import { bool, type Check, type Fields, kinds, list, number, object, oneOf, string } from './checks.ts';

const richStyle = object({ bold: bool, code: bool, italic: bool, strike: bool, underline: bool });
const richText: Fields = { 'text!': string(40_000), style: richStyle };
const richLink: Fields = { 'url!': string(3000), text: string(40_000), unsafe: bool, style: richStyle };
const inline = kinds({
  text: richText,
  link: richLink,
  emoji: { 'name!': string(255), unicode: string(255), url: string(3000), style: richStyle },
  user: { 'user_id!': string(255), style: richStyle },
  usergroup: { 'usergroup_id!': string(255), style: richStyle },
  channel: { 'channel_id!': string(255), style: richStyle },
  team: { 'team_id!': string(255), style: richStyle },
  broadcast: { 'range!': oneOf('here', 'channel', 'everyone'), style: richStyle },
  color: { 'value!': string(255), style: richStyle },
  date: {
    'timestamp!': number(0, 9_999_999_999),
    'format!': string(255),
    url: string(3000),
    fallback: string(3000),
    style: richStyle,
  },
});
const border = oneOf(0, 1);
const some = (item: Check) => list(Number.POSITIVE_INFINITY, item);
export const rich: Fields = {
  'elements!': some(
    kinds({
      rich_text_section: { 'elements!': some(inline) },
      rich_text_preformatted: {
        'elements!': some(kinds({ text: richText, link: richLink })),
        border,
        language: string(255),
      },
      rich_text_quote: { 'elements!': some(inline), border },
      rich_text_list: {
        'elements!': some(kinds({ rich_text_section: { 'elements!': some(inline) } })),
        'style!': oneOf('bullet', 'ordered'),
        indent: number(0, 8),
        offset: number(0, 10_000),
        border,
      },
    }),
  ),
};
