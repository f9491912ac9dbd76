import type { TextObject } from '../text.ts';

/** A person's use of an element. */
export interface Press {
  readonly blockId: string;
  readonly actionId: string;
  /** The value of a button. */
  readonly value?: string;
  /** The value chosen in a select, a menu or a list; several where the element allows it. */
  readonly selected?: string | readonly string[];
}

/** The message or view in which blocks are drawn: sends what people do to the app. */
export interface Surface {
  press(press: Press): Promise<void>;
  /** The options that the app offers for a text typed into an external select. */
  suggest(element: Pick<Press, 'blockId' | 'actionId'>, query: string): Promise<readonly Suggested[]>;
}

export type Suggested = Pick<Option, 'text' | 'value'>;

export interface Option {
  readonly text: TextObject;
  readonly value?: string;
  readonly description?: TextObject;
  readonly url?: string;
}
