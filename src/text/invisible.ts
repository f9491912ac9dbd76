// Zero-width joiners between other than ASCII characters are parts of emoji and of some scripts' letters; elsewhere they only
// make two texts differ that look the same.
const JOINER = '(?<![^\\x00-\\x7f])[\\u200c\\u200d]|[\\u200c\\u200d](?![^\\x00-\\x7f])';
/** Turns the order of what follows it around for the eye. */
const DIRECTION = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const ZERO_WIDTH = '\\u00ad\\u180e\\u200b\\u2060-\\u2065\\u206a-\\u206f\\ufeff';

/** Characters that say nothing and change how a text looks, or not even that. */
export const INVISIBLE = new RegExp(`[${DIRECTION}${ZERO_WIDTH}]|${JOINER}`, 'gu');
/** Those of them that can make a line read otherwise than it is. */
export const DIRECTIONS = new RegExp(`[${DIRECTION}]`, 'gu');
/** A row of what could play tricks in a terminal, a log or a message: control characters except the tab, and the above. */
export const TRICKS = new RegExp(
  `(?:[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028\\u2029${DIRECTION}${ZERO_WIDTH}]|${JOINER})+`,
  'gu',
);
