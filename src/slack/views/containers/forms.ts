import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import type { ExecForm } from '../../../handlers/containers/program/results.ts';
import type { RunForm } from '../../../handlers/containers/run/results.ts';
import { cut } from '../../../text/cut.ts';
import { containerField } from '../parts/container-select.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

const plainText = (text: string) => ({ type: 'plain_text' as const, text: cut(text, 75) });

interface TextField {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly initial?: string;
  readonly optional?: true;
}

function textField({ id, label, hint, initial, optional }: TextField): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plainText(label),
    ...(hint === undefined ? {} : { hint: { type: 'plain_text', text: hint } }),
    ...(optional ? { optional } : {}),
    element: {
      type: 'plain_text_input',
      action_id: id,
      max_length: 1000,
      ...(initial === undefined ? {} : { initial_value: initial }),
    },
  };
}

/** Which container, and what to run in it. */
export function execForm({ line, hosts }: ExecForm, place: FormPlace): ModalView {
  return {
    ...formFrame(FORMS.exec, { ...place, line, hosts }, 'Run a command', 'Run'),
    blocks: [
      containerField({ several: false }),
      textField({
        id: 'command',
        label: 'Command',
        hint: 'A program and its arguments, such as df -h. No shell is added. To pass a secret, type /exec with -e instead.',
      }),
    ],
  };
}

const option = (value: string, text: string): PlainTextOption => ({ text: plainText(text), value });

/** What to run on a host, and within which limits. */
export function runForm({ line, host }: RunForm, place: FormPlace): ModalView {
  const keep = option('keep', 'Leave it running (-d)');
  return {
    ...formFrame(FORMS.run, { ...place, line }, 'Run a container', 'Run'),
    blocks: [
      textField({ id: 'image', label: `Image, on ${host}`, hint: 'With its tag: redis:7.4' }),
      textField({ id: 'command', label: 'Command', hint: 'Instead of the image’s own', optional: true }),
      textField({ id: 'memory', label: 'Memory limit', initial: '256m', optional: true }),
      textField({ id: 'publish', label: 'Port', hint: '127.0.0.1:8080:80', optional: true }),
      textField({ id: 'name', label: 'Name', optional: true }),
      {
        type: 'input',
        block_id: 'how',
        label: plainText('How'),
        element: {
          type: 'static_select',
          action_id: 'how',
          initial_option: keep,
          options: [keep, option('once', 'Show its output, then remove it (--rm)')],
        },
      },
    ],
  };
}
