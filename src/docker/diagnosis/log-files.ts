import { code } from '../../domain/errors.ts';
import type { Cause } from './cause.ts';
import type { ContainerFacts } from './facts.ts';
import type { LogRule } from './log-rule.ts';
import { first } from './rule.ts';

/** What is wrong with files: of the image, and of mounts. */
export const LOG_FILE_RULES: readonly LogRule[] = [
  {
    id: 'wrong-architecture',
    patterns: [/exec format error/iu],
    say: (_, { platform, engine }) => ({
      rank: 92,
      sentence:
        platform && engine && platform.arch !== engine.arch
          ? `The image is built for ${platform.arch}, and the host is ${engine.arch}.`
          : 'Its program cannot be run by this host: it is built for another processor, or is a script without a first line such as #!/bin/sh.',
      advice: 'Build or pull the image for the architecture of the host.',
    }),
  },
  {
    id: 'interpreter-missing',
    patterns: [
      /(?:^|: )exec:? "?([^\s":]{1,300})"?: no such file or directory|exec user process caused:? "?no such file or directory|(?:env|\/usr\/bin\/env): .{0,3}([^\s:]{1,100}?)(?:\\r)?.{0,3}: No such file or directory|bad interpreter: (?:No such file|.{0,100})|\\r': command not found|\$'\\r'/iu,
    ],
    say: (found) => ({
      rank: 91,
      sentence: `${first(found) === '' ? 'Its script' : code(first(found))} cannot start: the interpreter in its first line is not in the image, or the file has Windows line ends (CRLF).`,
      advice:
        'Save the script with Unix line ends (dos2unix), and check its first line. A program for glibc does not start on Alpine.',
    }),
  },
  {
    id: 'not-executable',
    patterns: [/(?:^|: )exec:? "?([^\s":]{1,300})"?: permission denied/iu],
    say: (found) => ({
      rank: 91,
      sentence: `${code(first(found))} may not be executed: it lacks the executable bit.`,
      advice: 'In the Dockerfile: RUN chmod +x on the file.',
    }),
  },
  {
    id: 'library-missing',
    patterns: [
      /error while loading shared libraries: ([^\s:]{1,200})|version `?([\w.]{1,60})'? not found|Error loading shared library ([^\s:]{1,200})|symbol not found|cannot open shared object file/iu,
    ],
    say: (found) => ({
      sentence: `The image lacks the library ${code(first(found) || 'it needs')}, or has another version of it.`,
      advice: 'Install the library in the image; build and run on the same base image.',
    }),
  },
  {
    id: 'read-only-file-system',
    patterns: [/read-only file system|\bEROFS\b/iu],
    say: (_, facts, line) => readOnly(pathIn(line), facts),
  },
  {
    id: 'wrong-ownership',
    patterns: [
      /(?:wrong ownership|wrong permissions|bad permissions|invalid permissions|permissions .{0,40}(?:too open|are too)|must be owned by|has group or world access)/iu,
    ],
    say: (_, { user }) => ({
      sentence: `A data folder or key belongs to the wrong user, or has the wrong mode${user === '' ? '' : ` for user ${code(user)}`}.`,
      advice:
        'On the host: chown the folder or volume to the user of the container, and set the mode that its log asks for.',
    }),
  },
  {
    id: 'permission-denied',
    patterns: [/permission ?denied|PermissionError|\bEACCES\b|\bEPERM\b|operation not permitted|AccessDenied|\(13: /iu],
    say: (_, facts, line) => permissionDenied(pathIn(line), facts),
  },
  {
    id: 'mounted-folder-for-file',
    patterns: [/is a directory|\bEISDIR\b/iu],
    say: (_, facts, line) => {
      const mount =
        mountOf(pathIn(line), facts) ??
        facts.mounts.find(({ type, destination }) => type === 'bind' && /\.\w{1,5}$/u.test(destination));
      return {
        sentence: mount
          ? `${code(mount.destination)} is a folder in the container: ${code(mount.source)} did not exist on the host, so the engine made an empty folder for it.`
          : 'It reads a file, and a folder is there.',
        advice: 'Remove that folder on the host, put the file there, and create the container anew.',
      };
    },
  },
  {
    id: 'module-missing',
    patterns: [
      /Cannot find (?:module|package) '([^']{1,300})'|No module named '?([\w.-]{1,200})'?|ClassNotFoundException: (\S{1,200})|Could not find or load main class (\S{1,200})|cannot load such file -- (\S{1,200})|Unable to access jarfile (\S{1,300})|Class ["']?([\w\\]{1,200})["']? not found|Could not open input file: (\S{1,300})|can't open file '([^']{1,300})'|Could not find (\S{1,200}) in (?:locally installed gems|any of the sources)|The framework '([^']{1,200})'|missing script: (\S{1,100})/iu,
    ],
    say: (found, { workingDir }) => ({
      sentence: `The image lacks a part of the program: ${code(first(found))}.`,
      advice: `Check that the build copies and installs it${workingDir === '' ? '' : `, and the working directory ${code(workingDir)}`}; a mount over the folder hides what the image has.`,
    }),
  },
  {
    id: 'file-missing',
    patterns: [
      /no such file or directory|\bENOENT\b|FileNotFound|(?:cannot|can't|could not) open|(?:file|directory|folder|path)s? (?:\S{1,200} )?(?:does not exist|not found)|\(2: /iu,
    ],
    say: (_, facts, line) => fileMissing(pathIn(line), facts),
  },
  {
    id: 'data-folder-not-empty',
    patterns: [
      /data directory has files in it|directory .{0,200}(?:exists but )?is not empty|already (?:been )?initiali[sz]ed/iu,
    ],
    say: () => ({
      sentence:
        'It wants to set up its data folder, and finds files there: of another program, or of a first start that failed.',
      advice: 'Give it an empty volume, or the data that belongs to this program.',
    }),
  },
  {
    id: 'data-folder-locked',
    patterns: [
      /lock file .{0,200} already exists|another (?:\w+ )?(?:server|process|instance|postmaster).{0,60}(?:running|using|locked)|(?:could not|failed to) (?:acquire|obtain|get) .{0,30}lock|database is locked|already locked|unable to lock/iu,
    ],
    say: () => ({
      sentence: 'Its data is locked: another process uses it, or an earlier one left its lock file.',
      advice: 'Check that nothing else uses the volume; then remove the lock file it names.',
    }),
  },
  {
    id: 'data-of-another-version',
    patterns: [
      /database files are incompatible|initialized by PostgreSQL version|downgrade.{0,60}not supported|created by a newer version|unsupported (?:data|database|schema) version|Cannot (?:upgrade|downgrade)|incompatible (?:data|database|index) (?:format|version)/iu,
    ],
    say: () => ({
      sentence: 'Its data was written by another version of the program, which this one cannot read.',
      advice: 'Go back to the earlier version, or migrate the data as its manual says.',
    }),
  },
  {
    id: 'data-damaged',
    patterns: [
      /(?:database|data|file|index|table|disk image) .{0,30}(?:is )?(?:corrupt(?:ed)?|malformed)|corrupted (?:data|page|block)|checksum mismatch|PANIC: .{0,100}checkpoint/iu,
    ],
    say: () => ({
      sentence: 'Its data is damaged.',
      advice: 'Stop it, keep a copy of the volume, and restore from a backup or with the repair tool of the program.',
    }),
  },
];

/** The first absolute path in a line. */
const pathIn = (line: string): string => /(?:^|[\s'"`(=])(\/[^\s'"`:,()]{1,300})/u.exec(line)?.[1] ?? '';

type Said = Pick<Cause, 'sentence' | 'advice'> & Partial<Cause>;

const mountOf = (path: string, { mounts }: ContainerFacts) =>
  mounts
    .filter(({ destination }) => path === destination || path.startsWith(`${destination.replace(/\/$/u, '')}/`))
    .toSorted((a, b) => b.destination.length - a.destination.length)[0];

function readOnly(path: string, facts: ContainerFacts): Said {
  const mount = mountOf(path, facts);
  const where = path === '' ? '' : ` to ${code(path)}`;
  if (mount && !mount.writable)
    return {
      id: 'read-only-mount',
      sentence: `It cannot write${where}: ${code(mount.destination)} is mounted read-only.`,
      advice: 'Mount it without :ro, or write elsewhere.',
    };
  return {
    sentence: `It cannot write${where}: ${facts.readOnlyRoot ? 'its root file system is read-only' : 'the file system is read-only'}.`,
    advice: facts.readOnlyRoot
      ? 'Mount a volume or a tmpfs where it writes (--tmpfs /tmp), or start without --read-only.'
      : 'Check the disk of the host: a damaged one is remounted read-only.',
  };
}

function permissionDenied(path: string, facts: ContainerFacts): Said {
  const mount = mountOf(path, facts);
  const as = facts.user === '' || facts.user === '0' || facts.user === 'root' ? '' : ` as user ${code(facts.user)}`;
  if (mount)
    return {
      id: 'mount-permission',
      sentence: `It may not use ${code(path)}${as}: the mounted ${mount.type === 'volume' ? 'volume' : 'folder'} ${code(mount.source)} belongs to another user.`,
      advice: `On the host: chown it to the user of the container${facts.user === '' ? '' : ` (${facts.user})`}, or run as its owner.`,
    };
  return {
    sentence: `It lacks a permission${path === '' ? '' : `: ${code(path)}`}${as}.`,
    advice:
      as === ''
        ? 'It may need a capability, or the folder another owner or mode.'
        : 'Give the folder to that user in the image, or mount one that belongs to it.',
  };
}

function fileMissing(path: string, facts: ContainerFacts): Said {
  const mount = mountOf(path, facts);
  return {
    sentence: `A file it needs is missing${path === '' ? '' : `: ${code(path)}`}${mount ? `, in the mounted ${mount.type === 'volume' ? 'volume' : 'folder'} ${code(mount.source)}` : ''}.`,
    advice: mount
      ? 'Put the file there; a mount over a folder hides what the image has in it.'
      : 'Check that the image has it, or mount it.',
  };
}
