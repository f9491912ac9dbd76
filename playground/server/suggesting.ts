import { checkOptions } from '../../src/slack/block-kit/limits.ts';
import { type Element, type Option, statefulOf, type Wanted } from './elements.ts';
import { suggestionPayload } from './payloads.ts';
import { type Place, targetOf } from './targets.ts';
import type { Workspace } from './workspace.ts';

export interface Suggestion extends Place {
  readonly query: string;
}

/** The number of characters from which Slack asks the app, unless the element sets another. */
const MIN_QUERY_LENGTH = 3;

/** A person types into an external select. Returns the options that the app offers, which can then be chosen. */
export async function suggest(workspace: Workspace, given: Suggestion): Promise<readonly Option[]> {
  const target = targetOf(workspace, given, findExternal);
  const least = target.element.min_query_length ?? MIN_QUERY_LENGTH;
  if (given.query.length < least) throw new Error(`Slack asks the app from ${least} characters on.`);
  const sent = await workspace.delivery().send('interactive', suggestionPayload(target, given.query));
  if (!sent.ok) throw new Error(`The app did not answer: ${sent.error}`);
  const [problem] = checkOptions(sent.response);
  if (problem) throw new Error(`Slack would not show these options: ${problem.message}`);
  const answer = sent.response as {
    readonly options?: readonly Option[];
    readonly option_groups?: readonly { readonly options: readonly Option[] }[];
  };
  const options = answer.options ?? answer.option_groups?.flatMap((group) => group.options) ?? [];
  workspace.choices.offer(target.person.id, target.where, target.element, options);
  return options;
}

function findExternal(blocks: readonly unknown[], wanted: Wanted): Element | undefined {
  return statefulOf(blocks).find(
    (one) =>
      one.type.endsWith('external_select') &&
      one.action_id === wanted.actionId &&
      (wanted.blockId === undefined || one.block_id === wanted.blockId),
  );
}
