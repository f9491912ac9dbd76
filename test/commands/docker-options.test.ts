import { describe, expect, it } from 'vitest';
import { DOCKER } from './docker-options.ts';
import { expectRight, refusal } from './told.ts';

describe("docker's own options", () => {
  const VALUES: Readonly<Record<string, string>> = {
    '--last': '3',
    '--tail': '50',
    '--since': '10m',
    '--until': '5m',
    '--memory': '512m',
    '--limit-memory': '512m',
    '--cpus': '1.5',
    '--limit-cpu': '1.5',
    '--env': 'A=1',
    '--env-add': 'A=1',
    '--publish': '8080:80',
    '--publish-add': '8080:80',
    '--volume': 'data:/data',
    '--platform': 'linux/arm64',
    '--memory-swap': '1g',
    '--pids-limit': '100',
    '--restart': 'always',
    '--timeout': '5',
    '--limit': '5',
    '--signal': 'HUP',
    '--time': '5',
  };
  const FILTERS: Readonly<Record<string, string>> = {
    ps: 'status=exited',
    images: 'dangling=true',
    image: 'dangling=true',
    search: 'is-official=true',
  };

  it.each(
    DOCKER.flatMap(({ as, line, options }) => options.split(/\s+/u).map((option) => [as, option, line] as const)),
  )('docker %s %s is taken, or it is said what to type instead', (as, option, line) => {
    const takesValue = option.endsWith('=');
    const names = option.replace('=', '').split('/');
    const long = names.at(-1) ?? '';
    const filter = as.endsWith('prune')
      ? 'until=24h'
      : (FILTERS[as] ?? FILTERS[as.split(' ')[0] ?? ''] ?? 'status=exited');
    const value = long === '--filter' ? filter : (VALUES[long] ?? 'x');
    for (const name of names)
      for (const one of takesValue ? [`${name} ${value}`, `${name}=${value}`] : [name]) {
        const tried = line.replace('OPTION', one);
        const said = refusal(tried);
        if (said)
          expect(said.message, tried).toMatch(/^There is no (?:command|option) `[^`]+`\. .*(?:`[^`]+`|fairlead)/u);
        expectRight(tried);
      }
  });
});
