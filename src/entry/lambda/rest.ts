import type { Admission } from '../../admission.ts';
import type { Decided } from '../../handlers/deciding.ts';
import { createOptions } from '../../slack/listeners/options.ts';
import { type DeliveredElsewhere, receive } from '../../slack/listeners/receive.ts';
import { answerDecided, type ToAnswer } from '../../slack/reply/conversation.ts';
import type { Exchange } from '../../slack/reply/exchange.ts';
import { type Own, openOn } from './opened.ts';
import type { Settings } from './settings.ts';

/** What the front answers itself, and needs all commands for: cards, forms, menus, and what is read from the store. */
export interface Rest {
  receive(delivered: DeliveredElsewhere): Promise<object | undefined>;
  answer(decided: ToAnswer<Decided>, exchange: Exchange): Promise<boolean>;
  /** Resolves once what waits to be drawn and said is in Slack. */
  settle(): Promise<void>;
}

/** Opens it on the store of the front. */
export function openRest(admission: Admission, settings: Settings, own: Required<Own>): Rest {
  const { listening } = openOn(admission, settings, own);
  const optionsFor = createOptions(listening);
  return {
    receive: (delivered) => receive(delivered, listening, optionsFor),
    answer: (decided, exchange) => answerDecided(decided, exchange, listening),
    settle: () => listening.board.settle(),
  };
}
