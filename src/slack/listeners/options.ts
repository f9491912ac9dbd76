import type { App } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import { commandOf } from '../../commands/language/parse.ts';
import { createKnownContainers, type KnownContainers } from '../../handlers/containers/known-containers.ts';
import { suggestContainers } from '../../handlers/containers/suggest-containers.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import { CHOOSE_CONTAINERS, containerOption } from '../views/parts/container-select.ts';
import type { FormPlace } from '../views/parts/form.ts';
import { isOurs, type Listening } from './listening.ts';
import type { Origin } from './origin.ts';

interface SuggestionBody {
  readonly value?: string;
  readonly user: { readonly id: string };
  readonly view?: { readonly private_metadata?: string };
}

/** What is typed into a menu of containers: answered with those that this person may choose for the form's command. */
export function listenToOptions(app: App, listening: Listening): void {
  const known = createKnownContainers(listening.deps.hosts);
  app.options(CHOOSE_CONTAINERS, async ({ body, ack }) => {
    if (!isOurs(body as Origin, listening)) return ack({ options: [] });
    const options = await optionsFor(body as SuggestionBody, known, listening).catch((error: unknown) => {
      listening.deps.log.warn({ err: error }, 'Containers could not be suggested');
      return [];
    });
    await ack({ options });
  });
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
