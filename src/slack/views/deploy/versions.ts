import type { KnownBlock } from '@slack/types';
import type { VersionsResult } from '../../../handlers/deploy/planning/versions.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { buttons, context, fitsButton, type Message, type Press, section, sections } from '../../block-kit/message.ts';
import { dayAndClock, inline, plain, plural } from '../../block-kit/text.ts';
import { someHosts } from '../parts/over-hosts.ts';
import { unseenBlocks } from '../parts/unseen.ts';
import { nobodyBlocks } from './nobody.ts';
import { shortDigest } from './plan-parts.ts';

type Version = VersionsResult['versions'][number];

const MOST_VERSIONS = 8;
const MOST_FORMER = 3;

/** What a service can be rolled back to, with a button for each version that is not on all of its hosts already. */
export function versionsView(result: VersionsResult): Message {
  const service = plain(result.service);
  if (result.versions.length === 0) {
    const text = `No version of ${service} is on record as healthy here yet, so there is none to roll back to.`;
    return {
      text,
      blocks: [
        section(text),
        context(
          'A version is recorded when a deploy of it passes, and when it serves healthily as another is deployed.',
        ),
        ...formerBlocks(result),
        ...unseenBlocks(result.unseen),
      ],
    };
  }
  const shown = result.versions.slice(0, MOST_VERSIONS);
  const left = result.versions.length - shown.length;
  const typed = slash(`rollback ${result.service} --to <tag>`);
  const presses = shown.flatMap((version) => press(result, version));
  const older = left > 0 ? [`… and ${plural(left, 'older version')}: ${typed} takes them too.`] : [];
  return {
    text: `Versions of ${service} to roll back to`,
    blocks: [
      section(`*Versions of ${service} that were healthy*, newest first`),
      ...nobodyBlocks(result.nobody),
      ...sections([...shown.map(versionLine), ...older]),
      ...buttons(presses),
      context(
        presses.length > 0
          ? 'Pick a version to request a rollback; the same people approve it as a deploy.'
          : 'None of them can be rolled back to.',
      ),
      ...formerBlocks(result),
      ...unseenBlocks(result.unseen),
    ],
  };
}

/** Versions on record for the name that the service had before, each with a button that deploys it. */
function formerBlocks({ service, former }: VersionsResult): KnownBlock[] {
  const [newest] = former;
  if (!newest) return [];
  const names = [...new Set(former.map((one) => one.service))].map((name) => inline(name));
  const shown = former.slice(0, MOST_FORMER);
  const versions = shown.map((one) => inline(nameOf(one), 60)).join(', ');
  return [
    section(
      `Healthy here as ${names.slice(0, MOST_FORMER).join(', ')}, which is no service of the config now: ${versions}. They can be deployed; see ${slash(`history ${newest.service}`)}.`,
    ),
    ...buttons(
      shown.map((one) => ({ label: `Deploy ${cut(nameOf(one), 40)}`, line: `/deploy ${service} ${one.digest}` })),
    ),
  ];
}

const nameOf = ({ tag, digest }: Pick<Version, 'tag' | 'digest'>) => tag ?? shortDigest(digest);

function versionLine(version: Version): string {
  const { at, by, hosts, running, gone, lost, isAllowed } = version;
  const fetched = lost
    ? `:warning: image is neither on ${someHosts(gone)} nor in the registry`
    : `image no longer on ${someHosts(gone)}, so it would be pulled`;
  return [
    inline(nameOf(version), 60),
    `healthy ${dayAndClock(at)}`,
    by === undefined ? 'not deployed by Fairlead' : `<@${by}>`,
    `on ${someHosts(hosts)}`,
    ...(running.length > 0 ? [`*runs on ${someHosts(running)}*`] : []),
    ...(gone.length > 0 ? [fetched] : []),
    ...(isAllowed ? [] : [':warning: `images.allow` does not permit its image']),
  ].join(' · ');
}

/**
 * On the hosts that had the version and have another one now; those where its image is lost are left out, and versions whose
 * image the config no longer permits.
 */
function press({ service, on, hostsNamed }: VersionsResult, version: Version): Press[] {
  const { digest, hosts, running, gone, lost, isAllowed } = version;
  if (!isAllowed) return [];
  const targets = hosts.filter((host) => !running.includes(host) && !(lost && gone.includes(host)));
  if (targets.length === 0) return [];
  const where = targets.length === on.length ? '' : ` on ${someHosts(targets)}`;
  const line = `/rollback ${service} --to ${digest}`;
  const named = `${line} --on ${targets.join(',')}`;
  // Hundreds of names are more than a button takes. Without them the plan leaves alone what runs the version already.
  const meansAll = !hostsNamed && hosts.length === on.length && !lost;
  return [
    {
      label: cut(`Roll back to ${cut(nameOf(version), 40)}${where}`, 70),
      line: meansAll && !fitsButton({ line: named }) ? line : named,
    },
  ];
}
