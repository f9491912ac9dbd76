import { cut } from '../../text/cut.ts';
import { asPlainText } from '../block-kit/plain.ts';
import { respondAt } from '../client/respond-at.ts';
import type { About } from '../reply/delivery.ts';
import type { Payload } from '../reply/place.ts';
import type { FormPlace } from '../views/parts/form.ts';
import { attachedInForm } from './attached.ts';
import { errorBlock, type FormValues, lineOf } from './form-line.ts';
import { type Answering, type Heard, type Hearing, hear, isOurs, talk } from './listening.ts';
import type { Origin, OriginView } from './origin.ts';

/** A form that is submitted, as far as it is read. */
export interface Submission extends Origin {
  readonly user: { readonly id: string; readonly team_id?: string };
  readonly trigger_id?: string;
  readonly view: OriginView & {
    readonly callback_id: string;
    readonly private_metadata: string;
    readonly state: { readonly values: object };
  };
}

/** Any form that is submitted: it becomes a command line, and what is wrong with that is shown under its field. */
export async function onSubmit(body: Submission, { ack }: Pick<Answering, 'ack'>, hearing: Hearing): Promise<void> {
  if (!isOurs(body, hearing)) return ack();
  const { view } = body;
  const place = JSON.parse(view.private_metadata) as FormPlace;
  const values = view.state.values as FormValues;
  const text = lineOf(view.callback_id, values, place);
  const mistake = ({ text }: Payload, about: About | undefined) =>
    ack({
      response_action: 'errors',
      errors: { [errorBlock(values, about)]: cut(asPlainText(text, hearing.deps.config.channels), 300) },
    });
  const heard: Heard = {
    delivery: body.trigger_id,
    ack: () => ack(),
    said: {
      text,
      person: body.user.id,
      channel: place.channel,
      team: body.team?.id ?? '',
      source: 'click',
      attached: attachedInForm(view.callback_id, values),
    },
    reply: {
      ack: (payload, about) => (payload ? mistake(payload, about) : ack()),
      ackCarries: 'mistake',
      respond: place.respondTo === undefined ? undefined : respondAt(place.respondTo),
      respondTo: place.respondTo,
    },
    at: { thread: place.thread },
  };
  await hear(heard, hearing, async (taken) => (await talk(heard, taken, hearing)).isAnswered);
}
