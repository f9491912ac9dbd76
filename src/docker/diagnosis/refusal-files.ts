import { code } from '../../domain/errors.ts';
import type { RefusalRule } from './rule.ts';

/** Refusals about programs, files and users of the image. */
export const FILE_RULES: readonly RefusalRule[] = [
  {
    id: 'mount-file-over-folder',
    patterns: [
      /Are you trying to mount a directory onto a file|not a directory: .{0,40}unknown: .{0,20}mount|mount .{0,250}: not a directory/iu,
    ],
    say: (_, { mounts = [] }) => ({
      sentence: 'A folder of the host is mounted onto a file of the image, or a file onto a folder.',
      advice: `Check that the source of each mount on the host is a file where the image has a file${
        mounts.length > 0
          ? `: ${mounts
              .map(({ destination }) => code(destination))
              .slice(0, 4)
              .join(', ')}`
          : ''
      }.`,
    }),
  },
  {
    id: 'mount-source-missing',
    patterns: [/bind source path does not exist: (\S{1,400})|error while creating mount source path '([^']{1,400})'/iu],
    say: ([path = '', other = '']) => ({
      sentence: `The mounted path ${code(path || other)} does not exist on the host.`,
      advice: 'Create the path on the host, or correct the mount.',
    }),
  },
  {
    id: 'volume-driver-missing',
    patterns: [/error looking up volume plugin (\S{1,200}):|failed to mount local volume: mount ([^:]{1,300})/iu],
    say: ([driver, source]) => ({
      sentence:
        driver === undefined
          ? `A volume cannot be mounted: its source ${code(source ?? '')} is not available on the host.`
          : `The host has no volume driver ${code(driver)}.`,
      advice:
        driver === undefined
          ? 'Check that the device, share or folder of the volume exists and answers.'
          : 'Install the plugin on the host, or use the local driver.',
    }),
  },
  {
    id: 'wrong-architecture',
    patterns: [/exec format error/iu],
    say: (_, { platform, engine }) => ({
      sentence:
        platform && engine && platform.arch !== engine.arch
          ? `The image is built for ${platform.arch}, and the host is ${engine.arch}.`
          : 'The program is built for another processor, or is no program the kernel can run.',
      advice:
        'Build or pull the image for the architecture of the host. A script needs a first line such as #!/bin/sh.',
    }),
  },
  {
    id: 'working-dir',
    patterns: [
      /chdir to cwd \("([^"]{1,300})"\)|Cannot mkdir: (\S{1,300}) is not a directory|mkdir (\S{1,300}): not a directory/iu,
    ],
    say: ([path, other, third]) => ({
      sentence: `The working directory ${code(path ?? other ?? third ?? '')} cannot be used: it is no folder, or the user may not enter it.`,
      advice: 'Correct the working directory, or its permissions in the image.',
    }),
  },
  {
    id: 'command-not-found',
    patterns: [
      /exec: "?([^":]{1,300})"?: executable file not found|exec: "?([^":]{1,300})"?: (?:stat [^:]{1,300}: )?no such file or directory|"([^"]{1,300})": executable file.{0,20}not found/iu,
    ],
    say: ([name, path, other], { image }) => ({
      sentence: `The image has no program ${code(name ?? path ?? other ?? '')}.`,
      advice: `Check command and entrypoint${image ? ` against ${code(image)}` : ''}. A shell form needs a shell in the image.`,
    }),
  },
  {
    id: 'not-executable',
    patterns: [/exec: "?([^":]{1,300})"?: (?:permission denied|is a directory)/iu],
    say: ([path = '']) => ({
      sentence: `${code(path)} may not be executed: it is a folder, or lacks the executable bit.`,
      advice: 'In the Dockerfile: RUN chmod +x on the file. Check that command and entrypoint name a program.',
    }),
  },
  {
    id: 'user-missing',
    patterns: [/unable to find (?:user|group) ([^:\s]{1,200}):/iu],
    say: ([user = '']) => ({
      sentence: `The image has no user or group ${code(user)}.`,
      advice: 'Use a user of the image, or a number such as 1000:1000.',
    }),
  },
  {
    id: 'read-only-root',
    patterns: [/read-only file system/iu],
    say: (_, { readOnlyRoot }) => ({
      sentence: readOnlyRoot
        ? 'A mount point is missing in the image and cannot be made, since the root file system is read-only.'
        : 'The engine could not write: the file system is read-only.',
      advice: 'Make the folder in the image, or start without a read-only root.',
    }),
  },
  {
    id: 'environment-too-large',
    patterns: [/argument list too long/iu],
    say: () => ({
      sentence: 'Command and environment variables are too large for the kernel.',
      advice: 'Shorten the variables, or mount them as a file.',
    }),
  },
];
