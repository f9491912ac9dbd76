import type { KnownBlock } from '@slack/types';
import { why } from '../../../commands/containers/why.ts';
import type { WhyResult } from '../../../handlers/containers/why.ts';
import { why as handler } from '../../../handlers/containers/why.ts';
import type { Request } from '../../../handlers/request.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message } from '../../block-kit/message.ts';
import { inline, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { diagnosisBlocks, diagnosisLine, diagnosisPresses, diagnosisText } from '../parts/diagnosis.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, share, withoutHosts } from '../parts/over-hosts.ts';

/** The host in most trouble has the card; the others are a line each, with a button for their own. */
export function whyView(result: WhyResult, request: Request): Message {
  const { hosts, failures, target } = result;
  const [worst, ...others] = hosts;
  const text = worst ? diagnosisText(worst) : `No answer about ${inline(target)}`;
  const lines = others.map((one) => ({ name: one.host, line: diagnosisLine(one) }));
  const presses = [
    ...(worst ? diagnosisPresses(worst) : []),
    ...others
      .slice(0, MOST_OTHERS)
      .map(({ host, name }) => ({ label: `On ${host}`, line: `/dock why ${name} --on ${host}` })),
    ...share(request),
  ];
  return {
    text: `${text}${withoutHosts(failures)}`,
    blocks: [
      ...(worst ? diagnosisBlocks(worst) : []),
      ...listed(lines, (count) => plural(count, 'more host')),
      ...leftOut(result),
      ...failureBlocks(failures),
      ...buttons(presses),
      ...closing([], result),
    ],
  };
}

const MOST_OTHERS = 5;

/** What was not looked into, of a name that is on very many hosts. */
function leftOut({ hosts, left, target }: WhyResult): KnownBlock[] {
  if (left.count === 0) return [];
  const trouble = left.inTrouble === 0 ? 'all running' : `${left.inTrouble} not running or not healthy`;
  const which = `Diagnosed: the ${hosts.length} in most trouble. Not diagnosed: ${left.count} more, ${trouble}.`;
  return [context(`${which} One host: ${slash(`why ${target} --on host`)}`)];
}

export const whyCommand = command({
  spec: why,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(whyView(result, request)),
  progress: 'none',
  approval: 'none',
});
