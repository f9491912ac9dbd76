import type { ImageSource } from '../../../commands/images/image-target.ts';
import type { TagArgs } from '../../../commands/images/tag.ts';
import type { Config } from '../../../config.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { versionIn } from '../../../domain/version.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { checkImage } from '../../../policy/images.ts';
import { checkPush } from '../../../policy/publish.ts';
import { withWord } from '../../choices.ts';
import type { Request } from '../../request.ts';

/** What `/tag` is asked for, checked against the config. */
export type TagWish =
  /** No new version was named. `source` has a tag or a digest. */
  | { readonly to: 'offers'; readonly source: ImageReference; readonly repository: ImageReference }
  | { readonly to: 'registry'; readonly source: ImageReference; readonly target: ImageReference }
  | { readonly to: 'hosts'; readonly source: ImageSource; readonly target: ImageReference };

/**
 * Reads a request to tag. Both names in one registry of the config, and no host named: the tag is set in that registry.
 * Anything else is a tag on a host, as docker's. Throws a `UserError` for what the config does not allow.
 */
export function readWish(request: Request<TagArgs>, config: Config): TagWish {
  const { image, target: typed } = request.args;
  const seen = servicesSeen(request, config);
  const source: ImageSource =
    image.by === 'id' ? image : { by: 'name', reference: checkImage(image.reference, config, seen).reference };
  if (source.by === 'id') {
    if (typed === undefined || typed.tag === undefined) throw noTarget(source.id);
    return { to: 'hosts', source, target: targetOf(typed, config, seen) };
  }
  const repository = typed ?? { ...source.reference, tag: undefined, digest: undefined };
  refuseBareVersion(request, repository, source.reference);
  const isSame = repository.path === source.reference.path && repository.registry === source.reference.registry;
  if (repository.tag === undefined || (isSame && repository.tag === source.reference.tag))
    return { to: 'offers', source: source.reference, repository: { ...repository, tag: undefined } };
  const target = targetOf(repository, config, seen);
  const inRegistry =
    !request.hostsNamed && target.registry === source.reference.registry && config.registries.has(target.registry);
  if (!inRegistry) return { to: 'hosts', source, target };
  checkPush(target, config, seen);
  return { to: 'registry', source: source.reference, target };
}

function targetOf(target: ImageReference, config: Config, seen: readonly string[]): ImageReference {
  if (target.digest !== undefined)
    throw new UserError('bad_input', 'A digest cannot be given to an image: name a tag.', undefined, {
      field: 'target',
    });
  return checkImage(target, config, seen).reference;
}

function noTarget(id: string): UserError {
  return new UserError(
    'bad_input',
    `Say which name ${code(id.slice(0, 12))} gets, such as \`shop:1.4.3\`.`,
    undefined,
    {
      field: 'target',
    },
  );
}

/** Docker would make a repository called `1.4.3`, which nobody means. */
function refuseBareVersion(request: Request<TagArgs>, target: ImageReference, source: ImageReference): void {
  const version = target.path.replace(/^library\//u, '');
  if (target.registry !== 'docker.io' || target.tag !== undefined || versionIn(version) === null) return;
  const meant = familiar({ ...source, tag: version, digest: undefined });
  const line = withWord(request.line, version, meant);
  throw new UserError('bad_input', `${code(version)} would be a repository of that name.`, `Write ${code(meant)}.`, {
    field: 'target',
    choices: line === undefined ? [] : [{ label: version, line }],
  });
}
