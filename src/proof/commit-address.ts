/** What stands before `/commit` and `/compare` in addresses of GitHub and GitLab; undefined for other sites. */
export function commitPath(repository: string): string | undefined {
  const host = URL.parse(repository)?.hostname ?? '';
  if (host === 'github.com') return '';
  return /^gitlab\./u.test(host) ? '/-' : undefined;
}
