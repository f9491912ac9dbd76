import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintDockerfile } from '../../src/dockerfile/lint.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { whyUnreadable } from '../../src/dockerfile/readable.ts';
import { suggestFor } from '../../src/dockerfile/suggest.ts';

const image = fc.constantFrom('node:20', 'python:3.12-slim', 'golang:1.22', 'alpine:3.20', 'debian', 'shop:1', 'build');
const program = fc.constantFrom(
  ...['apt-get update', 'apt-get install curl', 'apt install -y jq', 'apk add bash', 'pip install -r requirements.txt'],
  ...[
    'npm ci',
    'yarn install',
    'go mod download',
    'go build ./...',
    'cd /src',
    'cd lib',
    'make',
    'sudo make',
    'useradd -u 999999 x',
  ],
  ...[
    'rm -rf /var/lib/apt/lists/*',
    'curl -s x',
    'sh',
    'echo "a b"',
    "echo 'c",
    'X=1',
    'set -e',
    'yum install x',
    'exit 0',
    'export A=b',
  ],
);
const shell = fc
  .array(
    fc.tuple(program, fc.constantFrom(' && ', ' || ', '; ', ' | ', ' & ', ' \\\n  && ', ' \\\n# why\n && ', ' > /x ')),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((all) => all.map(([one, operator], at) => (at < all.length - 1 ? one + operator : one)).join(''));
const line = fc.oneof(
  { weight: 4, arbitrary: shell.map((text) => `RUN ${text}`) },
  { weight: 1, arbitrary: image.map((name) => `FROM ${name}`) },
  fc.tuple(image, fc.constantFrom('build', 'b')).map(([from, name]) => `FROM ${from} AS ${name}`),
  fc.constantFrom(
    'COPY . .',
    'COPY . /app',
    'ADD . /app/',
    'COPY a b c',
    'ADD x.tar /',
    'COPY --from=build /a /b',
    'COPY .env ./',
  ),
  fc.constantFrom(
    'WORKDIR /app',
    'WORKDIR lib',
    'WORKDIR $HOME',
    'USER root',
    'USER 1000',
    'EXPOSE 80',
    'HEALTHCHECK CMD true',
  ),
  shell.chain((text) => fc.constantFrom(`CMD ${text}`, `ENTRYPOINT ${text}`, 'CMD ["a"]', "CMD ['a', 'b']")),
  fc.constantFrom(
    '# a comment',
    '# hadolint ignore=DL3059',
    '',
    'MAINTAINER me',
    'ENV A=b PASSWORD=c',
    'ARG TOKEN',
    'SHELL ["/bin/bash", "-c"]',
  ),
  fc.constantFrom(
    'RUN <<EOF\napt-get update\nEOF',
    'RUN --mount=type=cache,target=/root/.cache pip install x',
    'ONBUILD RUN apt-get update',
  ),
);
const dockerfile = fc.array(line, { maxLength: 14 }).map((lines) => `FROM node:20\n${lines.join('\n')}\n`);

const countsOf = (text: string) => Map.groupBy(lintDockerfile(parseDockerfile(text)), ({ rule }) => rule);

describe('any Dockerfile', () => {
  it('gets a suggestion that parses, has fewer findings, none of them new, and needs no other', async () => {
    let suggestions = 0;
    await fc.assert(
      fc.asyncProperty(dockerfile, async (text) => {
        const suggestion = await suggestFor(text);
        if (!suggestion) return;
        suggestions += 1;
        const [had, has] = [countsOf(text), countsOf(suggestion.text)];
        expect(has.has('DL1000')).toBe(false);
        for (const [rule, all] of has) expect(all.length).toBeLessThanOrEqual(had.get(rule)?.length ?? 0);
        for (const rule of suggestion.fixed)
          expect(has.get(rule)?.length ?? 0).toBeLessThan(had.get(rule)?.length ?? 0);
        expect(await suggestFor(suggestion.text)).toBeUndefined();
        const comments = (of: string) =>
          of
            .split('\n')
            .filter((one) => one.startsWith('#'))
            .toSorted();
        expect(comments(suggestion.text)).toEqual(comments(text));
      }),
      { numRuns: 200 },
    );
    expect(suggestions).toBeGreaterThan(100);
  });

  it('keeps the commands of every RUN, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(dockerfile, async (text) => {
        const suggestion = await suggestFor(text);
        if (!suggestion || /COPY \. |ADD \. |cd |<<EOF/u.test(text)) return;
        const programs = (of: string) =>
          parseDockerfile(of)
            .instructions.filter(({ keyword }) => keyword === 'RUN')
            .flatMap(({ shell: { commands } }) => commands)
            .filter(({ program, args }) => !(program === 'rm' || (program === 'yum' && args[0]?.text === 'clean')))
            .filter(({ program, args }) => !(program === 'yarn' && args[0]?.text === 'cache'))
            .map(({ program }) => program.replace(/^apt$/u, 'apt-get'));
        expect(programs(suggestion.text)).toEqual(programs(text));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, whatever it is', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'\\`\n\t "\'$({})<>&|;#[],=-\r'),
      fc.constantFrom(
        'RUN ',
        'FROM ',
        'COPY ',
        'CMD ',
        '<<A',
        '\nA\n',
        '# escape=`',
        'ENV ',
        '--from=',
        'ONBUILD ',
        'AS ',
        '\ufeff',
        '🐳',
      ),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 60 }), async (units) => {
        const text = units.join('');
        if (whyUnreadable(text) !== undefined) return;
        lintDockerfile(parseDockerfile(text));
        await suggestFor(text);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Text that makes readers go over the same again and again, `units` times. */
const HOSTILE: Readonly<Record<string, (units: number) => string>> = {
  'unclosed quotes': (units) => `FROM a:1\nRUN ${'"x '.repeat(units)}`,
  'open substitutions': (units) => `FROM a:1\nRUN ${'$(${`'.repeat(units)}`,
  'a deep continuation': (units) => `FROM a:1\nRUN x${' \\\n && y'.repeat(Math.min(units, 900))}`,
  'half secrets': (units) => `FROM a:1\nRUN ${'curl -u a --token '.repeat(units / 4)}`,
  spaces: (units) => `FROM a:1\nRUN a${' '.repeat(units * 3)}\\${' '.repeat(units * 3)}b`,
  'here-documents': (units) => `FROM a:1\nRUN <<A\n${'cat <<B\n'.repeat(Math.min(units, 900))}A\n`,
  'one long word': (units) => `FROM a:1\nCOPY ${'.env.a-key.pem/'.repeat(units / 4)} /x\n`,
};

it.each(Object.entries(HOSTILE))('reads %s in linear time', (_, textOf) => {
  const timeOf = (text: string) => {
    expect(whyUnreadable(text)).toBeUndefined();
    const times = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      lintDockerfile(parseDockerfile(text));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    return Math.min(...times);
  };
  timeOf(textOf(500));

  const [one, four] = [timeOf(textOf(1000)), timeOf(textOf(4000))];
  // Sixteen times as long would be quadratic; the shortest times are noise.
  expect(four).toBeLessThan(Math.max(10 * one, 60));
});
