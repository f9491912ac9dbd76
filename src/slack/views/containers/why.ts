import { why } from '../../../commands/containers/why.ts';
import type { WhyResult } from '../../../handlers/containers/why/why.ts';
import { why as handler } from '../../../handlers/containers/why/why.ts';
import type { Request } from '../../../handlers/request.ts';
import type { Message } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { diagnosisBlocks, diagnosisText } from '../parts/diagnosis.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare, withoutHosts } from '../parts/over-hosts.ts';

/** Hosts whose cards are shown whole; a service seldom has more in trouble at once. */
const WHOLE = 3;

export function whyView(result: WhyResult, request: Request): Message {
  const { hosts, failures, target } = result;
  const [worst] = hosts;
  const text = worst ? diagnosisText(worst) : `No answer about ${inline(target)}`;
  const others = hosts.slice(WHOLE).map((one) => ({ name: one.host, line: diagnosisText(one) }));
  return {
    text: `${text}${withoutHosts(failures)}`,
    blocks: [
      ...hosts.slice(0, WHOLE).flatMap(diagnosisBlocks),
      ...failureBlocks(failures),
      ...closing(others, result),
      ...pageAndShare(request),
    ],
  };
}

export const whyCommand = command({
  spec: why,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(whyView(result, request)),
  progress: 'none',
  approval: 'none',
});
