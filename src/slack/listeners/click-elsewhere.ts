import type { Trigger } from '../reply/place.ts';
import type { DeliveryName } from './intake.ts';
import { type Heard, hear, type Listening, NO_ACK, talk } from './listening.ts';
import type { OpenView } from './refill.ts';

interface ClickElsewhere {
  readonly delivery: DeliveryName;
  ack(): Promise<void>;
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
  const { delivery, ack, line, person, about, view, trigger } = click;
  const { deps } = listening;
  const home = view !== undefined;
  const answered = createAnswered(about);
  const heard: Heard = {
    delivery,
    ack,
    said: { text: line, person, channel: about, team: deps.config.slack.team, source: 'click' },
    reply: { ...NO_ACK, respond: undefined, trigger, posted: answered.posted, elsewhere: { about, home } },
    at: { away: true },
  };
  await hear(heard, listening, async (taken) => {
    if (!(await deps.people.channels(person))?.has(about)) {
      const word = `You are not in <#${about}>, so nothing was done there.`;
      await sayWhere({ word, isElsewhere: true }, { person, home }, listening);
      return true;
    }
    const { isHandedOver, isAnswered } = await talk(heard, taken, listening);
    if (!isHandedOver) await sayWhere(answered.where(), { person, home }, listening);
    return isAnswered;
  });
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
