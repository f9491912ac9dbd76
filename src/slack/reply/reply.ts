import type { ModalView } from '@slack/types';
import type { Message } from '../block-kit/message.ts';
import type { FormPlace } from '../views/parts/form.ts';

/**
 * Who sees a message, and what it takes the place of. An `answer` to a read is private unless it is shared, and takes the
 * place of what its person clicked where that is theirs alone; one to a change is for the channel. A `decision` takes the
 * place of the message that asked. An `aside` is for its person alone and takes no place; `aside-own` takes the place of
 * what is theirs alone.
 */
export type Manner = 'answer' | 'decision' | 'aside' | 'aside-own';

export interface MessageReply {
  readonly by: 'message';
  readonly manner: Manner;
  readonly message: Message;
}

/** What there is to say stands on a card, which is kept up to date. */
export interface CardReply {
  readonly by: 'card';
  /** Who is told in words as well: nobody, those who did not click the card itself, or everybody. */
  readonly told: 'nobody' | 'elsewhere' | 'always';
  readonly otherwise: MessageReply;
}

/** A form to fill in; `otherwise` is said where no form can be opened. */
export interface FormReply {
  readonly by: 'form';
  form(place: FormPlace): ModalView;
  readonly otherwise: MessageReply;
}

export interface Replies {
  readonly message: MessageReply;
  readonly card: CardReply;
  readonly form: FormReply;
}

/** How an answer reaches people. */
export type Reply = Replies[keyof Replies];

export const answer = (message: Message): MessageReply => ({ by: 'message', manner: 'answer', message });
export const decision = (message: Message): MessageReply => ({ by: 'message', manner: 'decision', message });
export const aside = (message: Message): MessageReply => ({ by: 'message', manner: 'aside', message });
export const asideOwn = (message: Message): MessageReply => ({ by: 'message', manner: 'aside-own', message });

export const card = (told: CardReply['told'], message: Message): CardReply => ({
  by: 'card',
  told,
  otherwise: aside(message),
});

export const form = (view: FormReply['form'], otherwise: MessageReply): FormReply => ({
  by: 'form',
  form: view,
  otherwise,
});

/** The words of a reply, whatever carries them: for terminals, and where nothing else can be shown. */
export const messageOfReply = (reply: Reply): Message =>
  reply.by === 'message' ? reply.message : reply.otherwise.message;
