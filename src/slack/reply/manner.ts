import type { Answer } from '../../handlers/answer.ts';
import type { Request } from '../../handlers/request.ts';

/** An argument by its key, or else the reason of the refusal. */
export type About = Pick<Extract<Answer, { kind: 'refused' }>, 'reason' | 'field'>;

/** Who should see an answer, and whether it takes the place of the message that was clicked. */
export interface Manner {
  readonly inChannel: boolean;
  readonly replace: boolean;
  readonly refused: boolean;
  /** What a refusal is about, for a form that shows it under a field. */
  readonly about?: About | undefined;
  readonly request: Request | undefined;
}
