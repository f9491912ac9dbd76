import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { commandsOf } from './config/access.ts';
import type { AdoptConfig } from './config/adopt.ts';
import type { ApprovalRule, BreakGlassConfig, FreezeConfig } from './config/approvals.ts';
import type { ChangesConfig } from './config/changes.ts';
import { execRulesOf, type PlacedExecRule } from './config/exec.ts';
import { ConfigFile } from './config/file.ts';
import type { GuardrailsConfig } from './config/guardrails.ts';
import type { HostConfig } from './config/hosts.ts';
import { type Env, readYaml, refuse } from './config/read.ts';
import type { RegistryConfig } from './config/registries.ts';
import type { RunConfig } from './config/run.ts';
import type { ScannerConfig } from './config/scanner.ts';
import { type ServiceConfig, shapeService } from './config/services.ts';
import { type SourceConfig, shapeSource } from './config/sources.ts';
import { type OptionSchema, problemsOf, withoutEchoes } from './config/spelling.ts';
import { readRules, type VerifyRule } from './config/verify.ts';
import type { WaiverConfig } from './config/waivers.ts';
import { messageOf, UserError } from './domain/errors.ts';

export type { GrantConfig } from './config/access.ts';
export type { ApprovalRule, FreezeConfig } from './config/approvals.ts';
export {
  type ChangesConfig,
  type ChangeType,
  type ReceiverConfig,
  type ReceiverOf,
  receiverSecrets,
  receiversOf,
} from './config/changes.ts';
export type { ContainerConfig } from './config/container.ts';
export { type Environment, loadEnvironment, recordKeys } from './config/environment.ts';
export type { PlacedExecRule, WordPattern } from './config/exec.ts';
export type { Guarded, GuardrailsConfig } from './config/guardrails.ts';
export type { HostConfig } from './config/hosts.ts';
export type { RegistryConfig } from './config/registries.ts';
export type { RunConfig } from './config/run.ts';
export type { ScannerConfig } from './config/scanner.ts';
export type { RolloutConfig, ServiceConfig, Wave } from './config/services.ts';
export type { SourceConfig } from './config/sources.ts';
export type { SignerRule, VerifyRule } from './config/verify.ts';
export type { WaiverConfig } from './config/waivers.ts';

/** The config file, validated, with records as maps so that no typed text can reach a prototype. */
export interface Config {
  readonly slack: ConfigFile['slack'];
  readonly hosts: ReadonlyMap<string, HostConfig>;
  readonly registries: ReadonlyMap<string, RegistryConfig>;
  readonly images: ConfigFile['images'];
  /** The rules of `images.verify`, their files read. */
  readonly verify: readonly VerifyRule[];
  readonly groups: ReadonlyMap<string, ConfigFile['groups'][string]>;
  /** Role name to every command it names, inherited ones too. */
  readonly roles: ReadonlyMap<string, ReadonlySet<string>>;
  /** Role name to the roles it extends, as written. */
  readonly roleParents: ReadonlyMap<string, readonly string[]>;
  /** Role name to what its holders may run in containers, inherited rules too. */
  readonly execRules: ReadonlyMap<string, readonly PlacedExecRule[]>;
  readonly channels: ReadonlyMap<string, ConfigFile['channels'][string]>;
  readonly services: ReadonlyMap<string, ServiceConfig>;
  /** Repositories that Dockerfiles are read from. */
  readonly sources: ReadonlyMap<string, SourceConfig>;
  readonly adopt: readonly AdoptConfig[];
  readonly approvals: readonly ApprovalRule[];
  readonly breakGlass: BreakGlassConfig | undefined;
  readonly freeze: readonly FreezeConfig[];
  readonly guardrails: GuardrailsConfig;
  readonly run: RunConfig;
  /** Undefined where images are not scanned. */
  readonly scanner: ScannerConfig | undefined;
  readonly gates: ConfigFile['gates'];
  readonly waivers: readonly WaiverConfig[];
  readonly audit: ConfigFile['audit'];
  /** Receivers of change events, by name. */
  readonly changes: ChangesConfig;
  readonly budget: { readonly commands: number; readonly perMs: number };
  readonly inlineBudgetMs: number;
  /** Every value that came from the environment: to be masked wherever it shows up. */
  readonly secrets: readonly string[];
  /** The folder relative paths in the file start from. */
  readonly folder: string;
}

/** Reads and validates the file; throws a `UserError` whose text has one `file:line:column  path: what` line a mistake. */
export function loadConfig(path: string, env: Env): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'not_configured',
      `${path} cannot be read: ${messageOf(error)}`,
      'Run `fairlead init`, or copy fairlead.example.yml to fairlead.yml, or set FAIRLEAD_CONFIG.',
    );
  }
  return parseConfig(text, path, env);
}

export function parseConfig(text: string, path: string, env: Env): Config {
  const { value, secrets, where } = readYaml(text, path, env);
  // Compiling the schema to code pays for what is parsed many times.
  const result = ConfigFile.safeParse(value, { jitless: true });
  if (!result.success)
    return refuse(
      withoutEchoes(result.error.issues.flatMap((issue) => problemsOf(issue, { value, schema: configSchema }))).map(
        (problem) => `${where(problem.path)}  ${nameOf(problem.path)} ${problem.text}`,
      ),
    );
  const folder = dirname(resolve(path));
  const { rules, problems } = readRules(result.data.images.verify, folder);
  if (problems.length > 0)
    return refuse(problems.map((problem) => `${where(problem.path)}  ${problem.path.join('.')}: ${problem.text}`));
  return { ...shape(result.data, secrets, folder), verify: rules };
}

const nameOf = (path: readonly PropertyKey[]) => (path.length === 0 ? 'the file' : `${path.join('.')}:`);

function shape(file: ConfigFile, secrets: readonly string[], folder: string): Omit<Config, 'verify'> {
  return {
    slack: file.slack,
    hosts: new Map(Object.entries(file.hosts)),
    registries: new Map(Object.entries(file.registries)),
    images: file.images,
    groups: new Map(Object.entries(file.groups)),
    roles: new Map(Object.keys(file.roles).map((name) => [name, commandsOf(name, file.roles)])),
    execRules: new Map(Object.keys(file.roles).map((name) => [name, execRulesOf(name, file.roles)])),
    roleParents: new Map(Object.entries(file.roles).map(([name, role]) => [name, role.extends])),
    channels: new Map(Object.entries(file.channels)),
    services: new Map(Object.entries(file.services).map(([name, service]) => [name, shapeService(name, service)])),
    sources: new Map(Object.entries(file.sources).map(([name, source]) => [name, shapeSource(source)])),
    adopt: file.adopt,
    approvals: file.approvals,
    breakGlass: file.breakGlass,
    freeze: file.freeze,
    guardrails: file.guardrails,
    run: file.run,
    scanner: file.scanner,
    gates: file.gates,
    waivers: file.waivers,
    audit: file.audit,
    changes: { ...file.changes, receivers: new Map(Object.entries(file.changes.receivers)) },
    budget: { commands: file.budget.commands, perMs: file.budget.per },
    inlineBudgetMs: Math.min(2500, file.slack.inlineBudget),
    secrets,
    folder,
  };
}

/** The JSON Schema editors use, as it is written to `fairlead.schema.json`. */
export function configSchema(): OptionSchema {
  return z.toJSONSchema(ConfigFile, { io: 'input', unrepresentable: 'any' }) as OptionSchema;
}
