import { type Instruction, keptStages, type Stage } from '../model.ts';
import { packagings } from './package-commands.ts';
import type { Found, Rule } from './rule.ts';

const MANAGERS = /^(?:apt-get|apk|yum|dnf|microdnf)$/u;
const BUILD_TOOLS =
  /^(?:gcc|g\+\+|make|cmake|clang|build-essential|build-base|alpine-sdk|musl-dev|libc6?-dev|linux-headers|autoconf|automake|golang(?:-go)?|go|cargo|rustc?|maven|gradle|(?:openjdk[\w.-]*|default)-jdk(?:-headless)?|python3?-dev|nasm|bison|flex)$/u;
const REMOVALS = /^(?:del|purge|remove|autoremove|erase)$/u;

/** Images made for building, and what builds with them. */
const SDKS: readonly { readonly image: RegExp; readonly builds: RegExp; readonly run: string }[] = [
  { image: /(?:^|\/)golang(?:[:@]|$)/u, builds: /^go$/u, run: 'the binary' },
  { image: /(?:^|\/)rust(?:[:@]|$)/u, builds: /^cargo$/u, run: 'the binary' },
  { image: /(?:^|\/)maven(?:[:@]|$)/u, builds: /^mvnw?$/u, run: 'the jar, on a JRE' },
  { image: /(?:^|\/)gradle(?:[:@]|$)/u, builds: /^gradlew?$/u, run: 'the jar, on a JRE' },
  {
    image: /(?:^|\/)(?:eclipse-temurin|openjdk|amazoncorretto):.*/u,
    builds: /^(?:mvnw?|gradlew?|javac)$/u,
    run: 'the jar, on a JRE',
  },
  {
    image: /(?:^|\/)dotnet\/sdk(?:[:@]|$)/u,
    builds: /^dotnet$/u,
    run: 'what `dotnet publish` wrote, on dotnet/aspnet',
  },
  { image: /(?:^|\/)gcc(?:[:@]|$)/u, builds: /^(?:gcc|g\+\+|make|cmake)$/u, run: 'the binary' },
];

const runsOf = ({ instructions }: Stage): Instruction[] => instructions.filter(({ keyword }) => keyword === 'RUN');

function compilersIn(stage: Stage): Found[] {
  return runsOf(stage).flatMap((run) => {
    const tools = packagings(run, MANAGERS, /^(?:install|add)$/u).flatMap(({ names }) =>
      names.map(({ text }) => text.split(/[=~]/u, 1)[0] ?? ''),
    );
    const found = tools.filter((tool) => BUILD_TOOLS.test(tool));
    const isRemoved = packagings(run, MANAGERS, REMOVALS).length > 0;
    if (found.length === 0 || isRemoved) return [];
    const says = `Build tools stay in the image (${found.slice(0, 3).join(', ')}): build in a stage of its own, and copy the result with \`COPY --from\`.`;
    return [{ line: run.line, says }];
  });
}

function sdkIn(stage: Stage): Found[] {
  if (stage.parent) return [];
  const sdk = SDKS.find(({ image }) => image.test(stage.image));
  if (!sdk || !runsOf(stage).some(({ shell }) => shell.commands.some(({ program }) => sdk.builds.test(program))))
    return [];
  const says = `The image has everything it was built with: add a stage with only ${sdk.run}, copied with \`COPY --from\`.`;
  return [{ line: stage.from.line, says }];
}

export const STAGE_RULES: readonly Rule[] = [
  {
    id: 'FL2001',
    severity: 'warning',
    find: ({ file }) => [...keptStages(file)].flatMap((stage) => [...sdkIn(stage), ...compilersIn(stage)]),
  },
];
