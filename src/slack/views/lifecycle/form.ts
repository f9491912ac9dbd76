import type { ModalView } from '@slack/types';
import type { ContainersForm } from '../../../handlers/lifecycle/types.ts';
import { WORDS } from '../../../handlers/lifecycle/words.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { containerField } from '../parts/container-select.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

/** Asks which containers a command is for, where it was given without. */
export function containersForm({ action, line, hosts }: ContainersForm, place: FormPlace): ModalView {
  const { verb } = WORDS[action];
  const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
  return {
    ...formFrame(FORMS.containers, { ...place, line, hosts }, title, title),
    blocks: [containerField({ several: true })],
  };
}

/** The same where no form can be opened. */
export function containersAsText({ action }: ContainersForm): Message {
  const text = `Say which container: ${slash(`${action} shop`)}. ${slash('ps -a')} lists them.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}
