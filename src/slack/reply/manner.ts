import type { Refused } from '../../handlers/answer.ts';

/** An argument by its key, or else the reason of the refusal. */
export type About = Pick<Refused, 'reason' | 'field'>;

/** Who should see an answer, and whether it takes the place of the message that was clicked. */
export interface Delivery {
  readonly inChannel: boolean;
  readonly replace: boolean;
  readonly refused: boolean;
  /** What a refusal is about, for a form that shows it under a field. */
  readonly about?: About | undefined;
}
