import { z } from 'zod';
import type { DecideDeps } from '../../handlers/deciding.ts';
import { readLine } from '../../handlers/read-line.ts';
import type { Place } from '../reply/place.ts';
import type { SaidLine } from '../reply/task.ts';

const optional = z.string().optional();

/** What a person asked and how they can be told of its end, as it is stored until they are. */
export const Asked = z.object({
  /** The request's id: the same in the audit log. */
  request: z.string(),
  /** The command and its line as shown, without secrets; undefined where the line is no command. */
  command: optional,
  line: optional,
  person: z.string(),
  channel: z.string(),
  thread: optional,
  /** The person is not looking at the channel. */
  away: z.boolean(),
  /** Slack takes answers there for 30 minutes. */
  respondTo: optional,
  /** Whether "Working on it" may be shown there, which an answer replaces. */
  replaces: z.boolean(),
  /** An answer may be there: the acknowledgement may have carried it, or it was about to be shown. */
  mayBeAnswered: z.boolean().optional(),
  /** The live message that showed its progress. */
  live: z.object({ channel: z.string(), ts: z.string() }).optional(),
  /** The message that was clicked, where everybody in the channel sees it. */
  message: optional,
});
export type Asked = z.infer<typeof Asked>;

interface Asking {
  readonly request: string;
  readonly said: SaidLine;
  readonly at: Omit<Place, 'person' | 'channel'>;
  readonly respondTo: string | undefined;
  readonly ackCarries: 'answer' | 'mistake' | 'nothing';
}

export function askedOf({ request, said, at, respondTo, ackCarries }: Asking, deps: DecideDeps): Asked {
  const { person, channel } = said;
  return {
    request,
    ...shownOf(said.text, deps),
    person,
    channel,
    thread: at.thread,
    away: at.away ?? false,
    respondTo,
    replaces: ackCarries === 'answer',
    mayBeAnswered: ackCarries === 'answer',
    message: said.message,
  };
}

function shownOf(text: string, deps: DecideDeps): Pick<Asked, 'command' | 'line'> {
  try {
    const { spec, shownLine } = readLine(text, deps);
    return { command: spec.name, line: shownLine };
  } catch {
    return {};
  }
}
