import type { PlainTextOption } from '@slack/types';
import { commandOf } from '../../commands/language/parse.ts';
import { createKnownContainers, type KnownContainers } from '../../handlers/containers/known-containers.ts';
import { suggestContainers } from '../../handlers/containers/suggest-containers.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import { containerOption } from '../views/parts/container-select.ts';
import type { FormPlace } from '../views/parts/form.ts';
import { isOurs, type Listening } from './listening.ts';
import type { Origin, OriginView } from './origin.ts';

/** What is typed into a menu whose options are asked of the bot. */
export interface SuggestionBody extends Origin {
  readonly value?: string;
  readonly user: { readonly id: string; readonly team_id?: string };
  readonly view?: OriginView & { readonly private_metadata?: string };
}

/** What is typed into a menu of containers: answered with those that this person may choose for the form's command. */
export function createOptions(listening: Listening): (body: SuggestionBody) => Promise<PlainTextOption[]> {
  const known = createKnownContainers(listening.deps.hosts);
  return async (body) => {
    if (!isOurs(body, listening)) return [];
    return optionsFor(body, known, listening).catch((error: unknown) => {
      listening.deps.log.warn({ err: error }, 'Containers could not be suggested');
      return [];
    });
  };
}

async function optionsFor(
  { value = '', user, view }: SuggestionBody,
  known: KnownContainers,
  { deps, signal }: Listening,
): Promise<PlainTextOption[]> {
  const place = JSON.parse(view?.private_metadata ?? '{}') as Partial<FormPlace>;
  const { channel = '', line = '', hosts } = place;
  const { config, specs, people } = deps;
  const spec = commandOf(line, specs, config.slack.prefix);
  const membership = await people.membership(user.id, groupsThatMatter(channel, config));
  const asker = { person: user.id, channel, membership };
  const found = await suggestContainers({ asker, spec, query: value.slice(0, 200), hosts, signal }, known, deps);
  const several = new Set(found.map(({ host }) => host)).size > 1;
  return found.map((one) => containerOption(one, several));
}
