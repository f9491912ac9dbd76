import type { Trigger } from '../reply/place.ts';
import { type Listening, NO_ACK, talk } from './listening.ts';
import type { OpenView } from './refill.ts';

interface ClickElsewhere {
  readonly line: string;
  readonly person: string;
  /** The channel it is about. */
  readonly about: string;
  /** The home tab, when it was clicked there. */
  readonly view: OpenView | undefined;
  readonly trigger: Trigger | undefined;
}

/** A button about another channel than the one it is in, if any: it counts there, so the person has to be there. */
export async function clickElsewhere(click: ClickElsewhere, listening: Listening): Promise<void> {
  const { line, person, about, view, trigger } = click;
  const { deps, api, showHome } = listening;
  let word = `You are not in <#${about}>, so nothing was done there.`;
  let elsewhere = true;
  if ((await deps.people.channels(person))?.has(about)) {
    word = '';
    elsewhere = false;
    const posted = (inChannel: boolean) => {
      elsewhere = inChannel;
      word = inChannel
        ? `:speech_balloon: Said in <#${about}>.`
        : ':speech_balloon: The answer is in *Messages*, above.';
    };
    const incoming = { text: line, person, channel: about, team: deps.config.slack.team, source: 'click' } as const;
    await talk(incoming, { ...NO_ACK, respond: undefined, trigger, posted }, listening, { away: true });
  }
  // What was answered in direct messages stands below what was clicked there; of anything else they see nothing.
  if (!view && elsewhere) await api.client.chat.postMessage({ channel: person, text: word });
  if (view) await showHome(api.client, person, word === '' ? undefined : word);
}
