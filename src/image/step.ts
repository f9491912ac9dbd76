import type { Redact } from '../policy/redact.ts';
import { cutHidden } from '../text/cut.ts';
import { withoutBuildValues } from './build-values.ts';

const MOST_STEP = 300;

/** A step of a build as its Dockerfile has it, on one line: no shell words of the builder, no values, no secrets. */
export function cleanStep(step: string, hide: Redact): string {
  const line = withoutBuildValues(step.slice(0, 20_000))
    .replace(/^(?:RUN )?(?:\|\d{1,3} .{0,2000}? )?\/bin\/sh -c #\(nop\)\s{1,10}/u, '')
    .replace(/^(?:RUN )?\/bin\/sh -c /u, 'RUN ')
    .replace(/ # buildkit$/u, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return cutHidden(line, MOST_STEP, hide);
}
