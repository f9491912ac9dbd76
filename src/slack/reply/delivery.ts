import type { Refused } from '../../handlers/answer.ts';

/** The field a refusal is about, or its reason. */
export type About = Pick<Refused, 'reason' | 'field'>;

/** Who sees an answer, and whether it replaces the clicked message. */
export interface Delivery {
  readonly inChannel: boolean;
  readonly replace: boolean;
  readonly refused: boolean;
  /** The subject of a refusal, for a form that shows it under a field. */
  readonly about?: About | undefined;
}
