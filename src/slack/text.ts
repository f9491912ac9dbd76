/** Untrusted text in mrkdwn: cannot ping, link or format its way out. */
export function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const OWN = /<(?:@[UW][A-Z0-9]{2,20}|#[CG][A-Z0-9]{2,20})>/gu;

/**
 * Our own sentences in mrkdwn: escaped, except for the mentions of people and channels that we put there. Typed text in
 * them has been through `code`, which leaves no angle bracket.
 */
export function sentence(text: string): string {
  const own = text.match(OWN) ?? [];
  return text
    .split(OWN)
    .map(plain)
    .reduce((out, part, index) => out + (own[index - 1] ?? '') + part);
}

/** Untrusted text as inline code: one line, no backtick to close it with, nothing Slack would read. */
export function inline(text: string, most = 120): string {
  const clean = text.replaceAll('`', "'").replace(/\s+/gu, ' ').trim();
  return `\`${plain(clip(clean === '' ? ' ' : clean, most))}\``;
}

export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not in the middle of a surrogate pair: Slack refuses half a character.
  const cut = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/u.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A moment in the reader's own time zone, with UTC for where Slack cannot say it. */
export function clock(at: number): string {
  const utc = new Date(at).toISOString().slice(11, 19);
  return `<!date^${Math.floor(at / 1000)}^{time_secs}|${utc} UTC>`;
}

/** A moment that may be on another day. */
export function dayAndClock(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc} UTC>`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What Slack puts into the text of an event, taken out again: entities and links. */
export function unescapeEvent(text: string): string {
  return text
    .replace(/<(?:https?|mailto):[^|>]*\|([^>]*)>/gu, '$1')
    .replace(/<((?:https?):[^>]*)>/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
