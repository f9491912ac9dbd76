/** Who asked for a change, and who said yes where that was somebody else. */
export function byWhom({
  requestedBy,
  answeredBy,
}: {
  readonly requestedBy: string;
  readonly answeredBy: string;
}): string {
  return requestedBy === answeredBy ? `<@${requestedBy}>` : `<@${requestedBy}>, approved by <@${answeredBy}>`;
}

/** As many digits of a digest or id as docker shows. */
export const short = (digest: string | undefined) => (digest ?? '').replace(/^sha256:/u, '').slice(0, 12);
