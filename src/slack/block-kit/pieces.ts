import { MOST_SECTION } from './message.ts';

const MOST_PIECES = 8;
const SPACE = /\s/u;

/** A long text in parts that each fit a section, parted at white space; what is beyond eight parts is counted. */
export function pieces(mrkdwn: string): string[] {
  const parts: string[] = [];
  let rest = mrkdwn;
  while (rest.length > MOST_SECTION && parts.length < MOST_PIECES - 1) {
    const at = lastSpace(rest, MOST_SECTION);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest.length <= MOST_SECTION) return [...parts, rest];
  const at = lastSpace(rest, MOST_SECTION - 60);
  return [...parts, `${rest.slice(0, at).trimEnd()} … and ${rest.length - at} more characters`];
}

/** Where the last white space before `most` is that is in no mention, date or command; `most` where there is none nearby. */
function lastSpace(text: string, most: number): number {
  for (let at = most; at > most - 400; at -= 1) if (SPACE.test(text.charAt(at)) && !isInside(text, at)) return at;
  return isInside(text, most) ? text.lastIndexOf('<', most) : most;
}

/** What is in angle brackets is ours: they are escaped in others' words. */
const isInside = (mrkdwn: string, at: number) => mrkdwn.lastIndexOf('<', at) > mrkdwn.lastIndexOf('>', at);
