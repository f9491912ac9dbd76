import type { sendable } from '../block-kit/limits.ts';

export interface Place {
  readonly person: string;
  readonly channel: string;
  readonly thread?: string | undefined;
  /** The person is not looking at the channel: what is theirs alone goes to their direct messages. */
  readonly away?: boolean | undefined;
  /** What was clicked is theirs alone: an answer may take its place. What everybody sees is no one person's to change. */
  readonly onOwn?: boolean | undefined;
  /** Address at which Slack lets the message that was clicked be changed, for a form that is opened from it. */
  readonly respondTo?: string | undefined;
}

export interface Trigger {
  readonly id: string;
  /** A form that is not open by then is replaced by text; on the clock of `performance.now()`. */
  readonly until: number;
}

export interface Payload {
  readonly text: string;
  readonly blocks?: ReturnType<typeof sendable>['blocks'];
  readonly response_type?: 'ephemeral' | 'in_channel';
  readonly replace_original?: boolean;
}
