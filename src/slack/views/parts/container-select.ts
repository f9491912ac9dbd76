import type { InputBlock, PlainTextOption } from '@slack/types';
import type { SuggestedContainer } from '../../../handlers/containers/suggest-containers.ts';
import { cut } from '../../../text/cut.ts';

/** The action of a menu of containers: what is typed into it is answered by `listeners/options.ts`. */
export const CHOOSE_CONTAINERS = 'containers';

/** Slack takes no longer text or value of an option everywhere. */
const MOST = 75;

/** Menu of the containers that a person may give the form's command for. The form's place has the line of that command. */
export function containerField({ several }: { readonly several: boolean }): InputBlock {
  const placeholder = { type: 'plain_text' as const, text: several ? 'Type part of a name' : 'Choose a container' };
  const chooser = { action_id: CHOOSE_CONTAINERS, placeholder, min_query_length: 0 };
  return {
    type: 'input',
    block_id: CHOOSE_CONTAINERS,
    label: { type: 'plain_text', text: several ? 'Containers' : 'Container' },
    element: several
      ? { type: 'multi_external_select', ...chooser, max_selected_items: 20 }
      : { type: 'external_select', ...chooser },
  };
}

/** An option whose value is a word of a command line: `shop@web-1`. */
export function containerOption({ name, id, host, status }: SuggestedContainer, several: boolean): PlainTextOption {
  const value = `${name}@${host}`;
  const shown = [name, ...(several ? [host] : []), status].filter((text) => text !== '').join(' · ');
  return {
    text: { type: 'plain_text', text: cut(shown, MOST) },
    value: value.length <= MOST ? value : `${id.slice(0, Math.min(12, MOST - 1 - host.length))}@${host}`,
  };
}
