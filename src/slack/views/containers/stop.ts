import { stop } from '../../../commands/containers/stop.ts';
import type { StopResult } from '../../../handlers/containers/stop.ts';
import { stop as handler } from '../../../handlers/containers/stop.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { aside } from '../../reply/reply.ts';

export function stopView(_: StopResult): Message {
  return { text: 'Stopped.', blocks: [section('Stopped.')] };
}

export const stopCommand = command({
  spec: stop,
  handler,
  delivery: ['message'],
  view: (result) => aside(stopView(result)),
  progress: 'none',
  approval: 'none',
});
