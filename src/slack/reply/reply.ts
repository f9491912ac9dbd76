import type { ModalView } from '@slack/types';
import type { Message } from '../block-kit/message.ts';
import type { FormPlace } from '../views/parts/form.ts';

/**
 * Who sees a message, and which message it replaces. An `answer` to a read is private unless shared, and replaces the clicked
 * message if only its person sees that; an `answer` to a change goes to the channel. A `decision` replaces the message with
 * the request. An `aside` is private and replaces nothing; an `aside-own` replaces the clicked message if that is private.
 */
export type ReplyKind = 'answer' | 'decision' | 'aside' | 'aside-own';

export interface MessageReply {
  readonly by: 'message';
  readonly kind: ReplyKind;
  readonly message: Message;
  /** The request that it asks to approve: its message is changed when that is closed elsewhere, or expires. */
  readonly asks?: string;
}

/** The answer is on a card, which is kept up to date. */
export interface CardReply {
  readonly by: 'card';
  /** Who also gets a message: nobody, people who did not click the card itself, or everyone. */
  readonly told: 'nobody' | 'elsewhere' | 'always';
  readonly otherwise: MessageReply;
}

/** A form to fill in; `otherwise` is sent where no form can be opened. */
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

/** An answer, by how it is delivered. */
export type Reply = Replies[keyof Replies];

export const answer = (message: Message): MessageReply => ({ by: 'message', kind: 'answer', message });
export const question = (asks: string, message: Message): MessageReply => ({ ...answer(message), asks });
export const decision = (message: Message): MessageReply => ({ by: 'message', kind: 'decision', message });
export const aside = (message: Message): MessageReply => ({ by: 'message', kind: 'aside', message });
export const asideOwn = (message: Message): MessageReply => ({ by: 'message', kind: 'aside-own', message });

export const card = (told: CardReply['told'], message: Message): CardReply => ({
  by: 'card',
  told,
  // The buttons of a message that only its person sees are used up: it is not drawn anew as a card is.
  otherwise: asideOwn(message),
});

export const form = (view: FormReply['form'], otherwise: MessageReply): FormReply => ({
  by: 'form',
  form: view,
  otherwise,
});

/** The words of a reply, whatever carries them: for terminals, and where nothing else can be shown. */
export const messageOfReply = (reply: Reply): Message =>
  reply.by === 'message' ? reply.message : reply.otherwise.message;
