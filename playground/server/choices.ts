import type { Element, Option } from './elements.ts';
import type { Filled, Given } from './inputs.ts';

/** The values that people chose in messages and views, and the options that the app offered them. */
export interface Choices {
  /** The chosen values, by person and by message or view. */
  of(person: string, where: string): Filled;
  choose(person: string, where: string, element: Element, given: Given): void;
  offered(person: string, where: string, element: Element): readonly Option[];
  offer(person: string, where: string, element: Element, options: readonly Option[]): void;
}

export function createChoices(): Choices {
  const chosen = new Map<string, Record<string, Given>>();
  const offers = new Map<string, readonly Option[]>();
  const targetKey = (person: string, where: string) => `${person} ${where}`;
  const elementKey = (person: string, where: string, { block_id, action_id }: Element) =>
    `${person} ${where} ${block_id} ${action_id}`;
  return {
    of: (person, where) => chosen.get(targetKey(person, where)) ?? {},
    choose(person, where, { block_id, action_id }, given) {
      const known = chosen.get(targetKey(person, where)) ?? {};
      chosen.set(targetKey(person, where), { ...known, [`${block_id} ${action_id}`]: given });
    },
    offered: (person, where, element) => offers.get(elementKey(person, where, element)) ?? [],
    offer: (person, where, element, options) => void offers.set(elementKey(person, where, element), options),
  };
}
