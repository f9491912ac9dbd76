import type { Refused } from '../../handlers/answer.ts';

/** The field a refusal is about, or its reason. */
export type About = Pick<Refused, 'reason' | 'field'>;

/** What became visible of an answer. */
export interface Delivered {
  /** Where it was posted; undefined where Slack does not say. */
  readonly at?: { readonly channel: string; readonly ts: string } | undefined;
  /** Whether it took the place of the message that was clicked. */
  readonly isInPlace: boolean;
}

/** Who sees an answer, and whether it replaces the clicked message. */
export interface Delivery {
  readonly inChannel: boolean;
  readonly replace: boolean;
  readonly refused: boolean;
  /** Whether its message is changed later: Slack says where it is only of one that is posted. */
  readonly changesLater?: boolean | undefined;
  /** The subject of a refusal, for a form that shows it under a field. */
  readonly about?: About | undefined;
}
