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
  const { deps } = listening;
  const home = view !== undefined;
  const at = { person, home };
  if (!(await deps.people.channels(person))?.has(about)) {
    const word = `You are not in <#${about}>, so nothing was done there.`;
    return sayWhere({ word, isElsewhere: true }, at, listening);
  }
  const answered = createAnswered(about);
  const said = { text: line, person, channel: about, team: deps.config.slack.team, source: 'click' } as const;
  const reply = { ...NO_ACK, respond: undefined, trigger, posted: answered.posted, elsewhere: { about, home } };
  const isHandedOver = await talk(said, reply, listening, { away: true });
  if (!isHandedOver) await sayWhere(answered.where(), at, listening);
}

interface Where {
  readonly word: string;
  /** Whether the person sees nothing of it where they clicked. */
  readonly isElsewhere: boolean;
}

/** Notes where the answer to a click about `about` was posted. */
export function createAnswered(about: string): { posted(inChannel: boolean): void; where(): Where } {
  let where: Where = { word: '', isElsewhere: false };
  return {
    posted(inChannel) {
      const word = inChannel
        ? `:speech_balloon: Said in <#${about}>.`
        : ':speech_balloon: The answer is in *Messages*, above.';
      where = { word, isElsewhere: inChannel };
    },
    where: () => where,
  };
}

/** Says where the answer is, where it was clicked: in the home tab, or in direct messages. */
export async function sayWhere(
  { word, isElsewhere }: Where,
  { person, home }: { readonly person: string; readonly home: boolean },
  { api, showHome }: Pick<Listening, 'api' | 'showHome'>,
): Promise<void> {
  // What was answered in direct messages stands below what was clicked there; of anything else they see nothing.
  if (!home && isElsewhere) await (await api()).client.chat.postMessage({ channel: person, text: word });
  if (home) await showHome((await api()).client, person, word === '' ? undefined : word);
}
