import { z } from 'zod';

import type { RegistryKind } from '../../config/registries.ts';
import type { ImageReference } from '../../domain/reference.ts';
import type { Registries } from '../calls.ts';
import { DIGEST } from '../descriptor.ts';
import { readDigest } from '../manifest.ts';
import { askJson } from './ask-json.ts';
import { harborDetail } from './harbor-artifact.ts';
import { hubDetail } from './hub-tag.ts';
import { manifestDetail } from './manifest-detail.ts';
import { quayDate } from './quay-tag.ts';
import { signatureOf } from './signature.ts';
import type { TagNames } from './tag-names.ts';
import type { TagDetail } from './types.ts';

/** The tags of a repository whose details are read: those of one page. */
export interface DetailsQuery {
  readonly reference: Pick<ImageReference, 'registry' | 'path'>;
  readonly kind: RegistryKind | undefined;
  readonly names: TagNames;
  readonly signal: AbortSignal;
}

type Detail = Omit<TagDetail, 'signature' | 'scan'> & Partial<Pick<TagDetail, 'signature' | 'scan'>>;

/** Bytes of an answer about one tag. */
const MOST_ANSWER = 1_000_000;

/**
 * What a registry says of one tag: by the API of its product, where the account may use that, else by its manifest. Rejects
 * with a `RegistryError`.
 */
export async function readDetail(registries: Registries, tag: string, query: DetailsQuery): Promise<TagDetail> {
  const { reference, names, signal } = query;
  const repository = registries.repository(reference);
  const found = (await productDetail(registries, tag, query)) ?? (await ownDetail(registries, tag, query));
  const digest = found.digest !== undefined && DIGEST.test(found.digest) ? found.digest : undefined;
  const known = names.known.get(tag);
  const isSigned = digest !== undefined && names.signed.has(digest);
  return {
    ...found,
    digest,
    bytes: found.bytes ?? known?.bytes,
    date: known?.date ?? found.date,
    signature: found.signature === 'present' || isSigned ? 'present' : await signatureOf(repository, digest, signal),
    scan: found.scan,
  };
}

/** Undefined where the product's API has nothing for the account: the Distribution API is asked then. */
async function productDetail(
  registries: Registries,
  tag: string,
  { reference, kind, signal }: DetailsQuery,
): Promise<Detail | undefined> {
  const host = registries.host(reference.registry);
  const ask = async (path: string) =>
    (await askJson(host, z.unknown(), { url: host.apiUrl(path), signal, most: MOST_ANSWER, headers: HEADERS })).body;
  try {
    if (kind === 'harbor' && reference.path.includes('/'))
      return harborDetail(await ask(harborPath(reference.path, tag)), tag);
    if (kind === 'dockerhub') return hubDetail(await ask(hubPath(reference.path, tag)));
    return undefined;
  } catch {
    return undefined;
  }
}

/** Without it Harbor takes a project whose name is a number for one by its id. */
const HEADERS = { 'x-is-resource-name': 'true' };

/** Harbor reads the name of a repository encoded twice. */
function harborPath(path: string, tag: string): string {
  const slash = path.indexOf('/');
  const project = path.slice(0, slash);
  const repository = encodeURIComponent(encodeURIComponent(path.slice(slash + 1)));
  const what = 'with_tag=true&with_scan_overview=true&with_accessory=true';
  return `/api/v2.0/projects/${project}/repositories/${repository}/artifacts/${encodeURIComponent(tag)}?${what}`;
}

function hubPath(path: string, tag: string): string {
  const [namespace = '', repository = ''] = path.split('/');
  return `/v2/namespaces/${namespace}/repositories/${repository}/tags/${encodeURIComponent(tag)}`;
}

async function ownDetail(registries: Registries, tag: string, query: DetailsQuery): Promise<Detail> {
  const { reference, kind, names, signal } = query;
  const repository = registries.repository(reference);
  // A manifest that is read counts as a pull there; a digest does not.
  if (kind === 'dockerhub') {
    const digest = await readDigest(repository, tag, signal);
    return { digest, date: undefined, bytes: undefined, sizeOf: undefined, platforms: [] };
  }
  const [detail, date] = await Promise.all([
    manifestDetail(repository, tag, signal),
    kind === 'quay' && !names.known.has(tag) ? dateOfQuay(registries, tag, query) : undefined,
  ]);
  return { ...detail, date: date ?? detail.date };
}

async function dateOfQuay(registries: Registries, tag: string, { reference, signal }: DetailsQuery) {
  const host = registries.host(reference.registry);
  const url = host.apiUrl(`/api/v1/repository/${reference.path}/tag/`);
  url.searchParams.set('specificTag', tag);
  url.searchParams.set('onlyActiveTags', 'true');
  try {
    return quayDate((await askJson(host, z.unknown(), { url, signal, most: MOST_ANSWER })).body, tag);
  } catch {
    return undefined;
  }
}
