import type { App } from '@slack/bolt';
import { commandOf } from '../../commands/language/parse.ts';
import { attachedToMention } from './attached.ts';
import { isOurs, type Listening, NO_ACK, talk } from './listening.ts';
import { mentionedLine } from './mention.ts';
import type { Origin } from './origin.ts';

/** The home tab that is opened, and any mention. */
export function listenToEvents(app: App, listening: Listening): void {
  const { deps, showHome, track } = listening;
  app.event('app_home_opened', async ({ event, body }) => {
    const id = (body as { event_id?: string }).event_id ?? event.event_ts;
    if (event.tab !== 'home' || !isOurs(body as Origin, listening) || !(await listening.isFirst(id))) return;
    await track(showHome(listening.api.client, event.user));
  });

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
  app.event('app_mention', async ({ event, body, context }) => {
    // What was edited keeps its time stamp: a command is given by the first text of a message.
    const { channel, ts, user } = event;
    if (!isOurs(body as Origin, listening) || user === undefined || event.edited !== undefined) return;
    const text = mentionedLine(event.text, context.botUserId ?? '', isCommand);
    if (text === undefined) return;
    const { line, attached } = specOf(text)?.takesText
      ? attachedToMention(text, event.files ?? [], listening.api.client)
      : { line: text, attached: undefined };
    // A command that cannot be recorded is refused by the audit log, which says so.
    const failed = (error: unknown) => {
      deps.log.error({ err: error }, 'A message could not be recorded');
      return true;
    };
    if (!(await deps.store.deliveries.isFirst({ channel, ts, at: deps.now() }).catch(failed))) return;
    await talk(
      { text: line, person: user, channel, team: (body as Origin).team_id ?? '', source: 'mention', attached },
      { ...NO_ACK, respond: undefined },
      listening,
      { thread: event.thread_ts },
    );
  });
}
