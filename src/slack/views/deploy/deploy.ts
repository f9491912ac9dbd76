import type { FormResult } from '../../../handlers/deploy/planning/form.ts';
import type { VersionsResult } from '../../../handlers/deploy/planning/versions.ts';
import type { CardResult, PlannedResult } from '../../../handlers/deploy/put.ts';
import { named } from '../../../text/names.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { nobodyBlocks } from './nobody.ts';
import { planDetails, what } from './plan-parts.ts';
import { versionsView } from './versions.ts';

/** What `/deploy` and `/rollback` answer themselves; the question they put stands on a card of its own. */
export function deployView(result: CardResult | PlannedResult | FormResult | VersionsResult): Message {
  switch (result.kind) {
    case 'card': {
      // Said where there is no card: at a command line.
      const text = `It is planned as ${inline(result.card)}; ${slash(`plan ${result.card}`)} shows it.`;
      return { text: text.replaceAll('`', ''), blocks: [section(text)] };
    }
    case 'planned': {
      const text = `Plan to ${what(result.plan)}; nothing was asked or changed.`;
      const { blocks, ...file } = planDetails(result.plan, result.hash);
      return {
        ...file,
        text: text.replaceAll('*', ''),
        blocks: [section(`:clipboard: ${text}`), ...nobodyBlocks(result.nobody), ...blocks],
      };
    }
    case 'form':
      return formAsText(result);
    case 'versions':
      return versionsView(result);
  }
}

// Where no modal can be opened (a mention, a command line), its choices are said instead.
function formAsText(result: FormResult): Message {
  const names = result.services.map(({ name }) => inline(name));
  const text =
    names.length === 0
      ? 'There is no service you may deploy here.'
      : `Say which: ${slash('deploy <service> <tag>')}, with ${named(names, 2000)}, or a running container.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text), ...nobodyBlocks(result.chosen?.nobody)] };
}
