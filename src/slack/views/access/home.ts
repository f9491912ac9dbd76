import { home } from '../../../commands/access/home.ts';
import { sayDuration } from '../../../domain/duration.ts';
import type { HomeHost, HomeResult, WaitingForYou, YourPlace } from '../../../handlers/access/home.ts';
import { home as handler } from '../../../handlers/access/home.ts';
import type { Lock } from '../../../store/locks.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { listedLines } from '../../block-kit/listed.ts';
import { aboutChannel, buttons, context, type Message, type Press, section } from '../../block-kit/message.ts';
import { dayAndClock, inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { deploymentLine } from '../deploy/deployment-line.ts';
import { failureBlocks } from '../parts/failures.ts';
import { mayLines } from './may.ts';

/** What a list takes of the one section it has, with the names of what is left out. */
const ONE_SECTION = 1400;
/** A message takes fifty blocks, and this is a message where it was typed. */
const MOST = { waiting: 5, locks: 4, places: 6 } as const;

export function homeView(result: HomeResult): Message {
  const { waiting, deployments, locks, places } = result;
  let count = 0;
  const pressed = (channel: string, presses: readonly Press[]) => {
    count += 1;
    return buttons(presses).map((block) => aboutChannel(block, channel, count));
  };
  const request = (one: WaitingForYou) => [
    section(
      `:point_right: <@${one.requestedBy}> ${slash(cut(one.line, 120))} in <#${one.channel}>, expires ${dayAndClock(one.expiresAt)}`,
    ),
    ...pressed(one.channel, one.command === 'prune' ? [] : [{ label: 'Review plan', line: `/dock plan ${one.id}` }]),
  ];
  const lock = (one: Lock) => [
    section(
      `:lock: *${plain(one.service)}* for ${sayDuration(one.until - result.at)} more, in <#${one.channel}>${one.reason === '' ? '' : ` ${inline(one.reason, 120)}`}`,
    ),
    ...pressed(one.channel, [{ label: 'Release', line: `/dock unlock ${one.service}` }]),
  ];
  const place = ({ channel, may }: YourPlace) => [
    section([`<#${channel}>`, ...mayLines(may, 200)].join('\n')),
    ...pressed(
      channel,
      PLACE_BUTTONS.filter(({ name }) => may.some((one) => one.name === name)),
    ),
  ];
  const requests =
    places === undefined ? 'Requests for you: not known' : `${plural(waiting.length, 'request')} for you`;
  const none = (word: string) => (places === undefined ? 'Not known, see below.' : word);
  return {
    text: `${requests}, ${plural(locks.length, 'lock')} of yours`,
    blocks: [
      section(`*Waiting for your approval*${waiting.length === 0 ? `\n${none('Nothing.')}` : ''}`),
      ...waiting.slice(0, MOST.waiting).flatMap(request),
      ...more(waiting.length - MOST.waiting, 'request'),
      section(
        [
          '*Your deployments*',
          ...(deployments.length === 0
            ? ['None yet.']
            : listedLines(
                deployments.map((one) => ({ line: `${deploymentLine(one)} · <#${one.channel}>` })),
                (count) => plural(count, 'more deployment'),
                ONE_SECTION,
              )),
        ].join('\n'),
      ),
      section(`*Locks you hold*${locks.length === 0 ? '\nNone.' : ''}`),
      ...locks.slice(0, MOST.locks).flatMap(lock),
      ...more(locks.length - MOST.locks, 'lock'),
      ...hostBlocks(result),
      section(`*Your permissions*${places?.length === 0 ? `\n${NOWHERE}` : ''}`),
      ...(places === undefined ? [section(UNKNOWN)] : places.slice(0, MOST.places).flatMap(place)),
      ...more((places?.length ?? 0) - MOST.places, 'channel'),
      context(
        `Updated ${dayAndClock(result.at)}. Reopen to refresh. ${slash('help')} in a channel lists your commands there.`,
      ),
    ],
  };
}

const PLACE_BUTTONS: readonly (Press & { readonly name: string })[] = [
  { name: 'deploy', label: 'Deploy…', line: '/deploy' },
  { name: 'ps', label: 'Containers', line: '/ps' },
  { name: 'images', label: 'Images', line: '/images' },
];
const NOWHERE = 'You have no permissions in the channels you are in.';
const UNKNOWN =
  ':warning: Not shown: Slack did not return the channels you are in. Fairlead needs the scopes `channels:read` and `groups:read`. Commands typed in a channel still work.';

function more(count: number, one: string) {
  return count > 0 ? [context(`and ${plural(count, `more ${one}`)}`)] : [];
}

function hostBlocks({ hosts, failures }: HomeResult) {
  if (hosts.length + failures.length === 0) return [];
  const line = ({ host, engine, running, containers }: HomeHost) =>
    `:large_green_circle: *${host}* ${plain(engine)} · ${running} running of ${plural(containers, 'container')}`;
  const lines = hosts.map((one) => ({ name: one.host, line: line(one) }));
  return [
    section(['*Hosts*', ...listedLines(lines, (count) => plural(count, 'more host'), ONE_SECTION)].join('\n')),
    ...failureBlocks(failures),
  ];
}

export const homeCommand = command({
  spec: home,
  handler,
  delivery: ['message'],
  view: (result) => answer(homeView(result)),
  progress: 'none',
  approval: 'none',
});
