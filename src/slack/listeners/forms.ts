import type { ModalView, PlainTextOption } from '@slack/types';
import { quoted } from '../../commands/language/words.ts';
import type { ReasonResult } from '../../handlers/approval/answer.ts';
import type { FormResult } from '../../handlers/deploy/planning/form.ts';
import { sayCut } from '../../registry/tags.ts';
import { cut } from '../../text/cut.ts';
import { slash } from '../block-kit/commands.ts';
import { preformatted, section } from '../block-kit/message.ts';
import { mrkdwn } from '../block-kit/phrase.ts';
import { prose } from '../block-kit/text.ts';
import type { About } from '../reply/manner.ts';
import { nobodyBlocks } from '../views/deploy/nobody.ts';

/** A modal that becomes a command line: what is typed into it takes the same way as what is typed after a slash. */
export const FORMS = { deploy: 'form-deploy', code: 'form-code', totp: 'form-totp', reason: 'form-reason' } as const;

/** Where a form was opened from; goes round through Slack in `private_metadata`. */
export interface FormPlace {
  readonly channel: string;
  readonly thread?: string | undefined;
  /** The card a one-time code is for. */
  readonly card?: string | undefined;
  /** The command line that a reason is for. */
  readonly line?: string | undefined;
  /** Where the message that was clicked can be changed: Slack takes five answers there, within 30 minutes. */
  readonly respondTo?: string | undefined;
}

export type FormValues = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly value?: string | null;
          readonly selected_option?: { readonly value: string } | null;
          readonly selected_options?: readonly { readonly value: string }[];
        }
      >
    >
  >
>;

const option = (value: string, text = value): PlainTextOption => ({
  text: { type: 'plain_text', text: cut(text, 75) },
  value,
});

/** What every form has but its blocks. */
function formFrame(callback: string, place: FormPlace, title: string, submit: string) {
  const label = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    type: 'modal' as const,
    callback_id: callback,
    private_metadata: JSON.stringify(place),
    title: label(title),
    submit: label(submit),
    close: label('Cancel'),
  };
}

/** Slack takes no more options in one list. */
const MOST_OPTIONS = 100;

/** What a list does not offer, and how it is asked for; empty where it offers all. */
function leftOut(shown: number, all: number, one: string): string {
  return shown < all
    ? `${shown} of ${all} ${one}s; for the others, type ${slash('deploy <service> <tag> --on <hosts>')}.`
    : '';
}

function hint(...texts: readonly (string | undefined)[]) {
  const text = texts
    .map((one) => one?.trim())
    .filter((one) => one)
    .join(' ');
  return text === '' ? {} : { hint: { type: 'plain_text' as const, text } };
}

/** Service, version, hosts, reason. The versions are those of the chosen service, newest first. */
export function deployForm(form: FormResult, place: FormPlace): ModalView {
  const services = form.services.slice(0, MOST_OPTIONS).map(({ name }) => option(name));
  const chosen = form.chosen;
  const tags = (chosen?.tags ?? []).filter((tag) => tag.length <= 75).slice(0, MOST_OPTIONS);
  const hosts = (chosen?.hosts ?? []).slice(0, MOST_OPTIONS);
  const initial = services.find(({ value }) => value === chosen?.name);
  return {
    ...formFrame(FORMS.deploy, place, 'Deploy', 'Ask to deploy'),
    blocks: [
      ...nobodyBlocks(chosen?.nobody),
      {
        type: 'input',
        block_id: 'service',
        dispatch_action: true,
        label: { type: 'plain_text', text: 'Service' },
        ...hint(leftOut(services.length, form.services.length, 'service')),
        element: {
          type: 'static_select',
          action_id: 'form-service',
          placeholder: { type: 'plain_text', text: 'Choose a service' },
          options: services,
          ...(initial ? { initial_option: initial } : {}),
        },
      },
      tags.length > 0
        ? {
            type: 'input',
            // A new block id for each service: Slack keeps what was chosen in a block it knows.
            block_id: `version-${chosen?.name ?? ''}`,
            label: { type: 'plain_text', text: 'Version' },
            ...hint(leftOut(tags.length, chosen?.tags.length ?? 0, 'tag'), chosen && sayCut(chosen)),
            element: {
              type: 'static_select',
              action_id: 'version',
              placeholder: { type: 'plain_text', text: 'Newest first' },
              options: tags.map((tag) => option(tag, versionWords(tag, chosen))),
            },
          }
        : {
            type: 'input',
            block_id: `version-${chosen?.name ?? ''}`,
            label: { type: 'plain_text', text: 'Version' },
            hint: {
              type: 'plain_text',
              text: chosen
                ? 'The registry gave no list of tags; type one.'
                : 'A tag or a digest. Choose a service for its list of tags.',
            },
            element: { type: 'plain_text_input', action_id: 'version', max_length: 600 },
          },
      ...(hosts.length > 1
        ? [
            {
              type: 'input' as const,
              block_id: `hosts-${chosen?.name ?? ''}`,
              optional: true,
              label: { type: 'plain_text' as const, text: 'Hosts' },
              ...hint(
                `None chosen means all ${chosen?.hosts.length ?? 0}.`,
                leftOut(hosts.length, chosen?.hosts.length ?? 0, 'host'),
              ),
              element: {
                type: 'multi_static_select' as const,
                action_id: 'hosts',
                placeholder: { type: 'plain_text' as const, text: 'All of them' },
                options: hosts.map((host) => option(host)),
              },
            },
          ]
        : []),
      {
        type: 'input',
        block_id: 'reason',
        optional: true,
        label: { type: 'plain_text', text: 'Reason' },
        hint: { type: 'plain_text', text: 'Those who approve will read it.' },
        element: { type: 'plain_text_input', action_id: 'reason', max_length: 300 },
      },
    ],
  };
}

function versionWords(tag: string, chosen: FormResult['chosen']): string {
  if (tag === chosen?.running) return `${tag} (runs now)`;
  return chosen?.failed.includes(tag) ? `${cut(tag, 55)} (was rolled back)` : tag;
}

/** The command line a filled form means. */
function deployLine(values: FormValues): string {
  const service = pick(values, 'form-service');
  const version = pick(values, 'version');
  const hosts = chosenHosts(values);
  const reason = pick(values, 'reason');
  return [
    'deploy',
    quoted(service),
    quoted(version),
    ...(hosts.length > 0 ? ['--on', quoted(hosts.join(','))] : []),
    ...(reason === '' ? [] : ['--reason', quoted(reason)]),
  ].join(' ');
}

/** Asks for the one-time code an approval needs. */
export function codeForm(question: string, place: FormPlace): ModalView {
  return {
    ...formFrame(FORMS.code, place, 'Approve', 'Approve'),
    blocks: [
      section(prose(question)),
      {
        type: 'input',
        block_id: 'code',
        label: { type: 'plain_text', text: 'One-time code' },
        hint: { type: 'plain_text', text: `Six digits from your authenticator. ${slash('totp')} sets one up.` },
        element: { type: 'plain_text_input', action_id: 'code', min_length: 6, max_length: 6 },
      },
    ],
  };
}

/** Asks for the reason a command line needs. */
export function reasonForm({ line, question }: Pick<ReasonResult, 'line' | 'question'>, place: FormPlace): ModalView {
  const [title, submit] = /^dock reject/u.test(line) ? ['Reject', 'Reject'] : ['Reason', 'Send'];
  return {
    ...formFrame(FORMS.reason, { ...place, line }, title, submit),
    blocks: [
      section(mrkdwn(question)),
      {
        type: 'input',
        block_id: 'reason',
        label: { type: 'plain_text', text: 'Reason' },
        element: { type: 'plain_text_input', action_id: 'reason', min_length: 1, max_length: 300, focus_on_load: true },
      },
    ],
  };
}

/** Shows the secret of an authenticator once, and takes the first code that it makes. */
export function totpForm(
  { secret, uri }: { readonly secret: string; readonly uri: string },
  place: FormPlace,
): ModalView {
  return {
    ...formFrame(FORMS.totp, place, 'One-time code', 'Confirm'),
    blocks: [
      section('Add this secret to your authenticator app. It is shown only here, and only until you close this form.'),
      preformatted(secret),
      section('Some apps take the whole address instead:'),
      preformatted(uri),
      {
        type: 'input',
        block_id: 'code',
        label: { type: 'plain_text', text: 'The six digits it shows' },
        element: { type: 'plain_text_input', action_id: 'code', min_length: 6, max_length: 6 },
      },
    ],
  };
}

/** The command line a filled form means. */
export function lineOf(form: string, values: FormValues, place: FormPlace): string {
  if (form === FORMS.code) return codeLine(values, place);
  if (form === FORMS.reason) return `${place.line ?? ''} --reason ${quoted(pick(values, 'reason'))}`;
  return form === FORMS.totp ? `dock totp ${quoted(pick(values, 'code'))}` : deployLine(values);
}

function codeLine(values: FormValues, place: FormPlace): string {
  return ['dock', 'approve', place.card ?? '', '--code', quoted(pick(values, 'code'))].join(' ');
}

/** The block of a field, by the key of the argument it gives. */
const BLOCKS: Readonly<Record<string, string>> = {
  service: 'service',
  image: 'version-',
  on: 'hosts-',
  reason: 'reason',
  code: 'code',
};
/** What is refused for other reasons is mostly the version's fault. */
const FIELD_OF: Partial<Record<About['reason'], keyof typeof BLOCKS>> = {
  not_permitted: 'service',
  frozen: 'service',
  locked: 'service',
  cannot_adopt: 'service',
  host_needed: 'on',
  host_unknown: 'on',
  unreachable: 'on',
  bad_code: 'code',
};

/** Which block an error is shown under: that of the field it is about, else the one that is mostly wrong. */
export function errorBlock(values: FormValues, about: About | undefined): string {
  const ids = Object.keys(values);
  const field = about?.field ?? FIELD_OF[about?.reason ?? 'bad_input'] ?? 'image';
  const block = (key: string) => ids.find((id) => id.startsWith(BLOCKS[key] ?? key));
  return block(field) ?? block('image') ?? block('code') ?? ids[0] ?? 'service';
}

function pick(values: FormValues, action: string): string {
  const entry = Object.values(values).find((block) => Object.hasOwn(block, action))?.[action];
  // What was pasted may have line breaks in it.
  return (entry?.selected_option?.value ?? entry?.value ?? '').replace(/\p{Cc}+/gu, ' ').trim();
}

function chosenHosts(values: FormValues): string[] {
  const entry = Object.values(values).find((block) => Object.hasOwn(block, 'hosts'))?.['hosts'];
  return (entry?.selected_options ?? []).map(({ value }) => value);
}
