import type { ModalView, PlainTextOption } from '@slack/types';
import type { FormResult } from '../../../handlers/deploy/planning/form.ts';
import { sayCut } from '../../../registry/tags.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';
import { nobodyBlocks } from './nobody.ts';

const option = (value: string, text = value): PlainTextOption => ({
  text: { type: 'plain_text', text: cut(text, 75) },
  value,
});

/** Slack takes no more options in one list. */
const MOST_OPTIONS = 100;

/** What a list does not offer, and how it is asked for; empty where it offers all. */
function leftOut(shown: number, all: number, one: string): string {
  return shown < all
    ? `${shown} of ${all} ${one}s; for the others, type ${slash('deploy <service> <tag> --on <hosts>')}.`
    : '';
}

export function hint(...texts: readonly (string | undefined)[]) {
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
