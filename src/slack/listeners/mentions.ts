import { commandOf } from '../../commands/language/parse.ts';
import { attachedToMention } from './attached.ts';
import { type Heard, type Hearing, hear, isOurs, NO_ACK, talk } from './listening.ts';
import { mentionedLine } from './mention.ts';
import type { Origin } from './origin.ts';

/** What Slack sends with every event. */
export interface EventBody extends Origin {
  readonly event_id?: string;
}

export interface Mention {
  readonly text: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user?: string;
  /** What was edited keeps its time stamp: a command is given by the first text of a message. */
  readonly edited?: object;
  readonly files?: readonly { readonly id: string; readonly name?: string | null }[];
}

interface Mentioned {
  readonly event: Mention;
  readonly body: EventBody;
  /** Acknowledges the event. */
  ack(): Promise<void>;
}

/** Any message that mentions the bot. */
export async function onMention({ event, body, ack }: Mentioned, hearing: Hearing): Promise<void> {
  const { deps } = hearing;
  // Whom people mention when they mean the bot: Slack says so with each event, also before it has been asked whose token this is.
  const bot = body.authorizations?.[0]?.user_id ?? '';
  // What is in a code block behind a command is its text.
  const specOf = (line: string) => {
    const [command = ''] = line.split('```', 1);
    try {
      return commandOf(command.trim() === '' ? line : command, deps.specs, deps.config.slack.prefix);
    } catch {
      return undefined;
    }
  };
  const isCommand = (line: string) => specOf(line) !== undefined;
  const { channel, ts, user } = event;
  if (!isOurs(body, hearing) || user === undefined || event.edited !== undefined) return ack();
  const text = mentionedLine(event.text, bot, isCommand);
  if (text === undefined) return ack();
  const { line, attached } = specOf(text)?.takesText
    ? attachedToMention(text, event.files ?? [])
    : { line: text, attached: undefined };
  const heard: Heard = {
    delivery: { channel, ts },
    ack,
    said: { text: line, person: user, channel, team: body.team_id ?? '', source: 'mention', attached },
    reply: { ...NO_ACK, respond: undefined },
    at: { thread: event.thread_ts },
  };
  await hear(heard, hearing, async (taken) => (await talk(heard, taken, hearing)).isAnswered);
}
