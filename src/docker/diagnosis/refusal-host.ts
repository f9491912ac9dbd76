import { code } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { freeDisk } from './next.ts';
import type { RefusalRule } from './rule.ts';

/** Refusals about the host, its kernel and its engine. */
export const HOST_RULES: readonly RefusalRule[] = [
  {
    id: 'disk-full',
    patterns: [/no space left on device/iu],
    say: (_, place) => ({
      sentence: 'The disk of the host is full.',
      advice: phrase`Free disk space with ${commandLine(`prune images --on ${place.host}`)}.`,
      next: [freeDisk(place)],
    }),
  },
  {
    id: 'name-taken',
    patterns: [/container name "?\/?([^"]{1,255})"? is already in use/iu],
    say: ([name = '']) => ({
      sentence: `Another container is already called ${code(name)}.`,
      advice: phrase`Another rollout is under way, or one was never finished: see ${commandLine('ps -a')}.`,
    }),
  },
  {
    id: 'memory-limit-too-low',
    patterns: [/OOM-killed|Minimum memory limit allowed|memory limit too low|memory limit|memoryswap/iu],
    say: (_, { limits }) => ({
      sentence:
        limits && limits.memoryBytes > 0 ? 'Its memory limit is too low to start.' : 'Its memory limits are refused.',
      advice: 'Check memory and swap: 6 MB is the least, and swap may not be below memory.',
    }),
  },
  {
    id: 'cpu-limit',
    patterns: [/Range of CPUs|Requested CPUs are not available/iu],
    say: () => ({
      sentence: 'The host has fewer CPUs than it asks for.',
      advice: 'The host has fewer CPUs: check cpus.',
    }),
  },
  {
    id: 'gpu-missing',
    patterns: [/could not select device driver/iu],
    say: () => ({
      sentence: 'The host has no driver for the GPU or device it asks for.',
      advice: 'Install the container toolkit of the GPU on the host, or start without --gpus.',
    }),
  },
  {
    id: 'device-missing',
    patterns: [/error gathering device information while adding custom device "([^"]{1,300})"/iu],
    say: ([device = '']) => ({
      sentence: `The host has no device ${code(device)}.`,
      advice: 'Check that the device is plugged in and its driver loaded, or start without it.',
    }),
  },
  {
    id: 'sysctl-refused',
    patterns: [
      /sysctl "?([\w./-]{1,200})"? is not in a separate/iu,
      /open \/proc\/sys\/([\w./-]{1,200}):/iu,
      /sysctl:? "?([\w./-]{1,200})/iu,
    ],
    say: ([name = '']) => ({
      sentence: `The kernel setting ${code(name)} cannot be set for a container.`,
      advice: 'Set it on the host, or leave it out.',
    }),
  },
  {
    id: 'security-profile',
    patterns: [/apparmor|seccomp|selinux/iu],
    say: () => ({
      sentence: 'A security profile (AppArmor, seccomp or SELinux) is missing or refused it.',
      advice: 'Load the profile on the host, or use the default.',
    }),
  },
  {
    id: 'runtime-missing',
    patterns: [/unknown (?:or invalid )?runtime(?: name| specified)?:? (\S{1,200})|cannot find runtime/iu],
    say: ([name = '']) => ({
      sentence: `The engine has no runtime ${code(name)}.`,
      advice: "Add the runtime to the host's daemon.json, or start with the default.",
    }),
  },
  {
    id: 'log-driver',
    patterns: [
      /failed to (?:initialize|create task for container: failed to initialize) logging driver:? ?(.{0,200})|logging (?:plugin|driver)/iu,
    ],
    say: () => ({
      sentence: 'Its log driver does not work: the log server is not reachable, or the plugin is missing.',
      advice: 'Check the address of the log server, or use json-file or local.',
    }),
  },
  {
    id: 'ulimit-refused',
    patterns: [/error setting rlimit/iu],
    say: () => ({
      sentence: 'A ulimit is higher than the host allows.',
      advice: 'Lower --ulimit, or raise the limit of the engine on the host.',
    }),
  },
  {
    id: 'engine-trouble',
    patterns: [/containerd.{0,200}(?:connection refused|unavailable)|transport is closing|context deadline exceeded/iu],
    say: () => ({
      sentence: 'containerd on the host does not answer the engine.',
      advice: 'On the host: systemctl status containerd docker.',
    }),
  },
];
