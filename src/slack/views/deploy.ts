import type { FormResult } from '../../handlers/deploy/form.ts';
import type { VersionsResult } from '../../handlers/deploy/versions.ts';
import type { CardResult, PlannedResult } from '../../handlers/deploy.ts';
import { cut } from '../../text/cut.ts';
import { named } from '../../text/names.ts';
import { buttons, context, type Message, type Press, section, sections } from '../blocks.ts';
import { dayAndClock, inline, plain, plural } from '../text.ts';
import { someHosts } from './over-hosts.ts';
import { planDetails, shortDigest, what } from './plan.ts';

/** What `/deploy` and `/rollback` answer themselves; the question they put stands on a card of its own. */
export function deployView(result: CardResult | PlannedResult | FormResult | VersionsResult): Message {
  switch (result.kind) {
    case 'card': {
      // Said where there is no card: at a command line.
      const text = `It is planned as ${inline(result.card)}; ${inline(`/dock plan ${result.card}`)} shows it.`;
      return { text: text.replaceAll('`', ''), blocks: [section(text)] };
    }
    case 'planned': {
      const text = `Plan to ${what(result.plan)}; nothing was asked or changed.`;
      const { blocks, ...file } = planDetails(result.plan, result.hash);
      return { ...file, text: text.replaceAll('*', ''), blocks: [section(`:clipboard: ${text}`), ...blocks] };
    }
    case 'form':
      return formAsText(result);
    case 'versions':
      return versionsView(result);
  }
}

// Where no modal can be opened (a mention, a command line), its choices are said instead.
function formAsText(result: FormResult): Message {
  const names = result.services.map(({ name }) => inline(name));
  const text =
    names.length === 0
      ? 'There is no service you may deploy here.'
      : `Say which: ${inline('/dock deploy <service> <tag>')}, with ${named(names, 2000)}, or a running container.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

const MOST_VERSIONS = 8;

function versionsView(result: VersionsResult): Message {
  if (result.versions.length === 0) {
    const text = `No version of ${result.service} was verified here yet, so there is none to go back to.`;
    return {
      text: plain(text),
      blocks: [section(plain(text)), context('What is deployed through Fairlead and passes its gate is remembered.')],
    };
  }
  const lines = result.versions.slice(0, MOST_VERSIONS).map((version) => {
    const name = inline(version.tag ?? shortDigest(version.digest), 60);
    const here = version.running.length > 0 ? ` · *runs on ${someHosts(version.running)}*` : '';
    const gone =
      version.gone.length > 0 ? ` · image no longer on ${someHosts(version.gone)}, so it would be pulled` : '';
    return `${name} · verified ${dayAndClock(version.at)} · <@${version.by}> · on ${someHosts(version.hosts)}${here}${gone}`;
  });
  const left = result.versions.length - lines.length;
  const presses: Press[] = result.versions
    .slice(0, MOST_VERSIONS)
    .filter(({ running, hosts }) => running.length < hosts.length)
    .map((version) => ({
      label: `To ${cut(version.tag ?? shortDigest(version.digest), 60)}`,
      line: `/rollback ${result.service} --to ${version.digest}${result.on === undefined ? '' : ` --on ${result.on}`}`,
    }));
  return {
    text: `Versions of ${plain(result.service)} to go back to`,
    blocks: [
      section(`*Versions of ${plain(result.service)} that were verified healthy*`),
      ...sections([
        ...lines,
        ...(left > 0
          ? [
              `… and ${plural(left, 'older version')}: ${inline(`/dock rollback ${result.service} --to <tag>`)} takes them too.`,
            ]
          : []),
      ]),
      ...buttons(presses),
      context('A click asks for it; the same people approve as for a deploy.'),
    ],
  };
}
