import { deployments } from '../../../commands/deploy/deployments.ts';
import type { DeploymentsResult } from '../../../handlers/deploy/deployment-lines.ts';
import { deployments as handler } from '../../../handlers/deploy/deployments.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section, sections } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { deploymentLine, rejectionLine } from './deployment-line.ts';

export function deploymentsView(result: DeploymentsResult): Message {
  const name = result.service === undefined ? '' : ` of ${result.service}`;
  if (result.deployments.length === 0 && result.rejections.length === 0) {
    const text = `No deployment${name} yet.`;
    const [former] = result.former ?? [];
    const renamed = former === undefined ? [] : [section(formerText(former))];
    return { text: plain(text), blocks: [section(plain(text)), ...renamed] };
  }
  return {
    text: `${plural(result.deployments.length, 'deployment')}${plain(name)}`,
    blocks: [
      section(`*Deployments${plain(name)}*, newest first`),
      ...sections([
        ...newestFirst(result),
        ...(result.older > 0 ? [`… and ${plural(result.older, 'older deployment')}`] : []),
      ]),
    ],
  };
}

const formerText = (former: string) =>
  `Its image was deployed as ${inline(former)}, which is no service of the config now: ${slash(`history ${former}`)}.`;

/** Each kind is in its order already, which times need not be in when the clock was set: they only say how the two mix. */
function newestFirst({ deployments, rejections }: DeploymentsResult): string[] {
  const lines: string[] = [];
  const left = [...rejections];
  for (const one of deployments) {
    while (left[0] && left[0].at > one.at) lines.push(...left.splice(0, 1).map(rejectionLine));
    lines.push(deploymentLine(one));
  }
  return [...lines, ...left.map(rejectionLine)];
}

export const deploymentsCommand = command({
  spec: deployments,
  handler,
  delivery: ['message'],
  view: (result) => answer(deploymentsView(result)),
  progress: 'none',
  approval: 'none',
});
