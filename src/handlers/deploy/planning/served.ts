import type { Config } from '../../../config.ts';
import type { RunningNow } from '../../../docker/rollout/types.ts';
import { UserError } from '../../../domain/errors.ts';
import { parseReference } from '../../../domain/reference.ts';
import { checkImage } from '../../../policy/images.ts';
import type { Version } from '../../../store/versions.ts';

/** The running versions that the config still allows: a rollback to another image would be refused. */
export function returnable(now: RunningNow, config: Config): RunningNow {
  const { served } = now;
  if (!served || !('image' in served)) return now;
  const { repository, digest, tag } = served.image;
  try {
    checkImage({ ...parseReference(repository), digest, tag }, config);
    return now;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...now, served: { why: `\`images.allow\` does not permit ${repository}` } };
  }
}

interface Seen extends Pick<Version, 'service' | 'deployment' | 'by' | 'at'> {
  readonly hosts: readonly { readonly host: string; readonly now: RunningNow | undefined }[];
}

/** Records of versions that served on these hosts and can be rolled back to. */
export function servedVersions({ hosts, ...known }: Seen): Version[] {
  return hosts.flatMap(({ host, now }): Version[] => {
    if (!now?.served || !('image' in now.served)) return [];
    const { repository, digest, tag } = now.served.image;
    return [{ ...known, host, repository, digest, tag, verdict: 'served' }];
  });
}
