/** Longer than a line of any Dockerfile. */
const MOST_LENGTH = 50_000;
const STEP = /(?:^|#\(nop\)\s{1,4})(?:ENV|ARG)\s/u;
const BUILD_ARGS = /^RUN \|\d/u;

/**
 * A step of an image's build with the values of `ENV`, `ARG` and build arguments taken out, as environments are shown: by
 * their names. Any other text as it is.
 */
export function withoutBuildValues(step: string): string {
  if (step.length > MOST_LENGTH) return step;
  if (BUILD_ARGS.test(step)) {
    // `RUN |2 TOKEN=abc VERSION=1 /bin/sh -c make`: as many arguments as it says.
    const end = step.search(/ (?:\/bin\/|\/usr\/|sh |bash )/u);
    const head = end < 0 ? step : step.slice(0, end);
    return masked(head) + step.slice(head.length);
  }
  const at = step.search(STEP);
  if (at < 0) return step;
  const from = step.search(/(?:ENV|ARG)\s/u) + 4;
  const rest = step.slice(from);
  return step.slice(0, from) + (rest.includes('=') ? masked(rest) : rest.replace(/^(\S{1,200})\s[\s\S]*$/u, '$1 ***'));
}

/** `NAME=***` for each `NAME=value`; what stands between two names belongs to the value before. */
function masked(pairs: string): string {
  const names = [...pairs.matchAll(/(?<![^\s])([A-Za-z_][\w.-]{0,200})=/gu)];
  if (names.length === 0) return pairs;
  const first = names[0]?.index ?? 0;
  return pairs.slice(0, first) + names.map(([, name]) => `${name}=***`).join(' ');
}
