import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';

/** Twenty-six characters of Crockford's base 32: a ULID, made by us. */
export const FOLLOW_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/u;

/** Docker's commands that are here under another name. */
const SAME: Readonly<Record<string, string>> = {
  ls: 'ps',
  'container ls': 'ps',
  'container list': 'ps',
  'container ps': 'ps',
  'container logs': 'logs',
  'container inspect': 'inspect --type container',
  'container stats': 'stats',
  'container prune': 'prune containers',
  'containers prune': 'prune containers',
  'image ls': 'images',
  'image inspect': 'inspect --type image',
  'image list': 'images',
  'image pull': 'pull',
  'image prune': 'prune images',
  'image push': 'push',
  'image tag': 'tag',
  'images ls': 'images',
  'images prune': 'prune images',
  'volume prune': 'prune volumes',
  'volume rm': 'prune volumes',
  'volume remove': 'prune volumes',
  'network prune': 'prune networks',
  'builder prune': 'prune cache',
  'buildx prune': 'prune cache',
  'service logs': 'logs',
  'service rollback': 'rollback',
  'compose ps': 'ps',
  'compose ls': 'ps',
  'compose logs': 'logs',
  'container start': 'start',
  'container stop': 'stop',
  'container restart': 'restart',
  'container kill': 'kill',
  'container pause': 'pause',
  'container unpause': 'unpause',
  'container rename': 'rename',
  'container update': 'update',
  cp: 'cp-out',
  'container cp': 'cp-out',
  'container rm': 'rm',
  'container remove': 'rm',
  'compose start': 'start',
  'compose stop': 'stop',
  'compose restart': 'restart',
  'compose kill': 'kill',
  'compose pause': 'pause',
  'compose unpause': 'unpause',
  'compose rm': 'rm',
  'container exec': 'exec',
  'container run': 'run',
  'compose exec': 'exec',
  info: 'hosts',
  version: 'hosts',
  'system info': 'hosts',
  'system df': 'df',
  'system events': 'events',
  'container top': 'top',
  'container port': 'port',
  'container diff': 'diff',
  'compose top': 'top',
  'compose port': 'port',
  'compose events': 'events',
  'node ls': 'hosts',
  'context ls': 'hosts',
  'roll back': 'rollback',
};

const ONE_KIND = phrase`One kind at a time: ${commandLine('prune containers')}, ${commandLine('prune images -a')}, ${commandLine('prune networks')} or ${commandLine('prune cache')}.`;
const NO_SINGLE_IMAGE = phrase`Fairlead removes no single image. ${commandLine('prune images -a')} shows those that no container uses, first.`;
const DEPLOYS = phrase`Fairlead starts containers by deploying a version: ${commandLine('deploy')} opens a form.`;
const NO_STOP = phrase`${commandLine('stop shop')} stops single containers, ${commandLine('rm shop')} removes them; ${commandLine('deploy')} opens a form.`;
const NO_COPY_IN = phrase`Files are not copied into containers from chat. ${commandLine('cp-out shop:/etc/hosts')} sends you one.`;
const NO_SHELL = phrase`Fairlead opens no shell in a container. ${commandLine('help logs')} says how to read and search its logs.`;
const NO_DETAILS = phrase`Fairlead does not show that. ${commandLine('ps')} shows state, image and ports; ${commandLine('hosts')} how full each host is.`;
const LAYERS = phrase`${commandLine('slim shop:1.4.0')} shows the layers of an image, and what in them can go.`;
const NO_VOLUMES = phrase`Volumes are not listed. ${commandLine('prune volumes')} shows those that nothing uses, and removes none before it is confirmed.`;
const NO_NETWORKS = phrase`Networks are not listed. ${commandLine('prune networks')} shows those that nothing uses, and removes none before it is confirmed.`;
const GOES_BACK = phrase`${commandLine('rollback shop')} lists the versions to return to.`;
const ACCOUNTS = phrase`Accounts of registries are in the config; ${commandLine('login-check')} says whether they work.`;
const NO_BUILD = phrase`Images are built elsewhere. ${commandLine('help pull')} says how to get one to a host.`;

/** Docker's commands that are not here, and what there is to type instead. */
const NOT_HERE: Readonly<Record<string, Phrase>> = {
  'system prune': ONE_KIND,
  rmi: NO_SINGLE_IMAGE,
  'image rm': NO_SINGLE_IMAGE,
  'image remove': NO_SINGLE_IMAGE,
  'images rm': NO_SINGLE_IMAGE,
  'images remove': NO_SINGLE_IMAGE,
  ...sameFor(DEPLOYS, [
    'create',
    'service create',
    'service update',
    'compose up',
    'compose run',
    'stack deploy',
    'up',
  ]),
  ...sameFor(NO_STOP, ['down', 'service scale', 'scale', 'compose down']),
  ...sameFor(NO_SHELL, ['attach']),
  ...sameFor(NO_DETAILS, ['wait']),
  'image history': LAYERS,
  ...sameFor(NO_VOLUMES, ['volume ls', 'volume list', 'volume', 'volumes', 'volume inspect', 'volume create']),
  ...sameFor(NO_NETWORKS, ['network ls', 'network list', 'network', 'networks', 'network inspect', 'network create']),
  ...sameFor(NO_BUILD, ['build', 'buildx', 'builder', 'commit', 'import', 'load', 'save', 'export']),
  ...sameFor(GOES_BACK, ['revert', 'undo']),
  ...sameFor(ACCOUNTS, ['login', 'logout']),
  ...sameFor(NO_BUILD, ['image build', 'image save', 'image load', 'compose build']),
};

const LISTS_CONTAINERS = phrase`${commandLine('ps')} lists containers.`;
const SHOWS_HOSTS = phrase`${commandLine('hosts')} shows the hosts.`;

/** Docker's words for kinds of things: behind one comes what to do with it. */
const KINDS: Readonly<Record<string, Phrase>> = {
  container: LISTS_CONTAINERS,
  containers: LISTS_CONTAINERS,
  image: phrase`${commandLine('images')} lists images.`,
  service: phrase`${commandLine('deployments')} shows what was deployed; ${commandLine('ps')} lists containers.`,
  stack: LISTS_CONTAINERS,
  compose: LISTS_CONTAINERS,
  swarm: SHOWS_HOSTS,
  node: SHOWS_HOSTS,
  context: SHOWS_HOSTS,
  system: SHOWS_HOSTS,
};

function sameFor(say: Phrase, names: readonly string[]): Record<string, Phrase> {
  return Object.fromEntries(names.map((name) => [name, say]));
}

/** What a line's first words mean: words of ours for so many of them, or nothing that is here. */
export type Meant =
  | { readonly kind: 'ours'; readonly words: readonly string[]; readonly taken: number }
  | { readonly kind: 'not-here'; readonly say: Phrase };

/**
 * Reads docker's names for commands: `docker ps`, `container ls`, `rmi`. Undefined where the first word is nothing of
 * docker's, and is to be read as it is.
 */
export function meantOf(words: readonly string[]): Meant | undefined {
  let taken = 0;
  let isDocker = false;
  while (/^(?:sudo|docker|podman|docker-compose)$/u.test(words[taken]?.toLowerCase() ?? '')) {
    isDocker = true;
    if (words[taken]?.toLowerCase() === 'docker-compose') break;
    taken += 1;
  }
  const [first = 'help', second = ''] = words.slice(taken).map((word) => word.toLowerCase());
  const name = first === 'docker-compose' ? 'compose' : first;
  // Docker's version is that of the hosts.
  if (/^--?(?:v|version)$/u.test(name))
    return { kind: 'ours', words: [isDocker ? 'hosts' : 'status'], taken: taken + 1 };
  if (/^--?(?:h|help)$/u.test(words[taken] ?? '')) return { kind: 'ours', words: ['help'], taken: taken + 1 };
  if (isDocker && name.startsWith('-'))
    return { kind: 'not-here', say: phrase`Choose hosts after the command: ${commandLine('ps --on all')}.` };
  // Messages of before that were followed have a button with this line.
  if (name === 'stop' && FOLLOW_ID.test(words[taken + 1] ?? '') && words.length === taken + 2)
    return { kind: 'ours', words: ['unfollow'], taken: taken + 1 };
  if (/^(?:container )?cp /u.test(`${name} ${second} `) && copiesIn(words.slice(taken)))
    return { kind: 'not-here', say: NO_COPY_IN };
  for (const [key, count] of [[`${name} ${second}`, 2] as const, [name, 1] as const]) {
    const same = Object.hasOwn(SAME, key) ? SAME[key] : undefined;
    if (same !== undefined) return { kind: 'ours', words: same.split(' '), taken: taken + count };
    if (Object.hasOwn(NOT_HERE, key))
      return { kind: 'not-here', say: phrase`There is no command \`${key}\`. ${NOT_HERE[key] ?? ''}` };
  }
  if (name === 'container' && /^(?:exec|inspect|stats|top|run|create)$/u.test(second))
    return meantOf(['docker', ...words.slice(taken + 1)]);
  if (Object.hasOwn(KINDS, name))
    return { kind: 'not-here', say: phrase`There is no command \`${name}\`. ${KINDS[name] ?? ''}` };
  return isDocker ? { kind: 'ours', words: [name], taken: taken + 1 } : undefined;
}

/** `cp ./shop.conf shop:/etc/`: into a container. */
function copiesIn(words: readonly string[]): boolean {
  const named = words.slice(1).filter((word) => !word.startsWith('-') && !word.startsWith('@') && word !== 'cp');
  return named.length > 1 && !named[0]?.includes(':') && named[1]?.includes(':') === true;
}
