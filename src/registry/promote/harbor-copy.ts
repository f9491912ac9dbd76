import type { RegistryHost } from '../calls.ts';
import type { Between } from './between.ts';
import { mustAnswer } from './must-answer.ts';

/** Parts of a repository in Harbor; those with a slash are encoded twice. */
function harborPath(path: string): { readonly project: string; readonly repository: string } {
  const slash = path.indexOf('/');
  return { project: path.slice(0, slash), repository: encodeURIComponent(encodeURIComponent(path.slice(slash + 1))) };
}

/**
 * Has Harbor copy an image with its children and accessories (`POST …/artifacts?from=`). A copy that is there already is one
 * too. Rejects with a `RegistryError`.
 */
export async function harborCopy(
  digest: string,
  { from, to, signal }: Pick<Between, 'from' | 'to' | 'signal'>,
  harbor: RegistryHost,
): Promise<void> {
  const { project, repository } = harborPath(to.path);
  const url = harbor.apiUrl(`/api/v2.0/projects/${project}/repositories/${repository}/artifacts`);
  url.searchParams.set('from', `${from.path}@${digest}`);
  // A project whose name is a number would be taken for an id.
  const headers = { 'x-is-resource-name': 'true' };
  await mustAnswer(harbor, { method: 'POST', url, headers, signal }, [201, 409]);
}
