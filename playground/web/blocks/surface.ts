import type { TextObject } from '../text.ts';

/** What a person did with an element. */
export interface Press {
  readonly blockId: string;
  readonly actionId: string;
  /** Of a button. */
  readonly value?: string;
  /** The value chosen in a select, a menu or a list; several where several can be. */
  readonly selected?: string | readonly string[];
}

/** Where blocks are drawn: what happens when something in them is pressed. */
export interface Surface {
  press(press: Press): Promise<void>;
  /** What the app offers for what is typed into a select of its own. */
  suggest(element: Pick<Press, 'blockId' | 'actionId'>, query: string): Promise<readonly Suggested[]>;
}

export type Suggested = Pick<Option, 'text' | 'value'>;

export interface Option {
  readonly text: TextObject;
  readonly value?: string;
  readonly description?: TextObject;
  readonly url?: string;
}
