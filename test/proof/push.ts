import type { Content } from './shop.ts';

interface Target {
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly path: string;
}

/** Pushes what a shop has to a real registry: its blobs first, then manifests by digest, then by tag. */
export async function push({ blobs, manifests }: Content, { host, username, password, path }: Target): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const base = `http://${host}/v2/${path}`;
  const put = async (url: string, type: string, body: Buffer) => {
    const headers = { authorization, 'content-type': type };
    const response = await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(body) });
    if (response.status !== 201) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  };
  for (const [digest, bytes] of blobs) {
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: { authorization } });
    const url = new URL(begun.headers.get('location') ?? '', base);
    url.searchParams.set('digest', digest);
    await put(url.href, 'application/octet-stream', bytes);
  }
  const byDigest = [...manifests].filter(([name]) => name.startsWith('sha256:'));
  const byTag = [...manifests].filter(([name]) => !name.startsWith('sha256:'));
  for (const [name, { mediaType, bytes }] of [...byDigest, ...byTag])
    await put(`${base}/manifests/${name}`, mediaType, bytes);
}
