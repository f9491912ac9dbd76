import type { Choices } from './choices.ts';
import type { Clock } from './clock.ts';
import type { Channel, Person } from './defaults.ts';
import type { createEventSender, Delivery } from './delivery.ts';
import type { Faults } from './faults.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { State } from './state.ts';
import type { Triggers } from './triggers.ts';
import type { Views } from './views.ts';

/** The state and services of the local Slack's workspace. */
export interface Workspace {
  readonly state: State;
  readonly views: Views;
  readonly urls: ResponseUrls;
  readonly triggers: Triggers;
  readonly choices: Choices;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly scopes: ReadonlySet<string>;
  /** The installed slash commands; when undefined, every name is valid. */
  readonly commands: readonly string[] | undefined;
  readonly events: ReturnType<typeof createEventSender>;
  delivery(): Delivery;
  /** The person and the channel. Throws when the person is not a member. */
  memberIn(person: string, channel: string): { readonly person: Person; readonly channel: Channel };
}

export function createMemberLookup(state: State): Workspace['memberIn'] {
  return (personId, channelId) => {
    const person = state.people.get(personId);
    if (!person) throw new Error(`There is no person ${personId}.`);
    const direct = state.directWith(personId);
    const channel = direct?.id === channelId ? direct : state.channels.get(channelId);
    if (!channel?.members.includes(personId)) throw new Error(`${personId} is not in ${channelId}.`);
    return { person, channel };
  };
}
