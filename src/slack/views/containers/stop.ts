import type { StopResult } from '../../../handlers/containers/stop.ts';
import { type Message, section } from '../../block-kit/message.ts';

export function stopView(_: StopResult): Message {
  return { text: 'Stopped.', blocks: [section('Stopped.')] };
}
