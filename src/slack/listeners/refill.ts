import { quoteWord } from '../../commands/language/words.ts';
import { handle } from '../../handlers/pipeline.ts';
import type { Incoming } from '../../handlers/request.ts';
import { writeCommands } from '../block-kit/commands.ts';
import type { FormPlace } from '../views/parts/form.ts';
import type { Listening } from './listening.ts';
import type { OriginView } from './origin.ts';

/** A form that is open, or the home tab. */
export interface OpenView extends OriginView {
  readonly id: string;
  readonly hash: string;
  readonly private_metadata: string;
}

const openViewOf = ({ id, hash, private_metadata }: OpenView): OpenView => ({ id, hash, private_metadata });

interface Chosen {
  readonly view: OpenView;
  readonly person: string;
  readonly service: string;
}

/** Another service was chosen in the form: its versions and hosts are looked up as that person, in that channel. */
export async function refill({ view, person, service }: Chosen, listening: Listening): Promise<void> {
  const { deps, api, signal, handOver } = listening;
  if (handOver) return handOver({ kind: 'refill', view: openViewOf(view), person, service });
  const place = JSON.parse(view.private_metadata) as FormPlace;
  const incoming: Incoming = {
    text: `deploy ${quoteWord(service)}`,
    person,
    channel: place.channel,
    team: deps.config.slack.team,
    source: 'click',
  };
  const answer = await handle(incoming, listening, { signal, accepted() {}, progress() {}, early() {} });
  const reply = answer.kind === 'result' ? answer.reply() : undefined;
  if (reply?.by !== 'form') return;
  const filled = writeCommands(reply.form(place), deps.config.slack.prefix);
  const { client } = await api();
  await client.views
    .update({ view_id: view.id, hash: view.hash, view: filled })
    .catch((error) => deps.log.warn({ err: error }, 'A form could not be filled'));
}
