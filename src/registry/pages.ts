/** The next page, when it is one of the same list: a registry may not send the account elsewhere. The address is followed, never rebuilt. */
export function nextPage(link: string | null, current: URL): URL | 'elsewhere' | undefined {
  const target = NEXT.exec((link ?? '').slice(0, 20_000))?.[1];
  if (target === undefined) return undefined;
  const url = URL.parse(target, current.href);
  return url !== null && url.origin === current.origin && url.pathname === current.pathname ? url : 'elsewhere';
}

const NEXT = /<([^<>]{1,4000})>[ \t]{0,4};[ \t]{0,4}rel="?next\b/iu;
