// Zero-width joiners (U+200C, U+200D) between other than ASCII characters are parts of emoji and of some scripts' letters;
// elsewhere they only make two texts differ that look the same.

/** Characters that say nothing and change how a text looks, or not even that. */
export const INVISIBLE =
  /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff]|(?<![^\u0000-\u007f])[\u200c\u200d]|[\u200c\u200d](?![^\u0000-\u007f])/gu;

/** Those of them that turn the order of what follows around, and so can make a line read otherwise than it is. */
export const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A row of what could play tricks in a terminal, a log or a message: control characters except the tab, and the above. */
export const TRICKS =
  /(?:[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff]|(?<![^\u0000-\u007f])[\u200c\u200d]|[\u200c\u200d](?![^\u0000-\u007f]))+/gu;
