import { setTimeout as pause } from 'node:timers/promises';
import type { RunArgs } from '../../commands/containers/run.ts';
import { explain } from '../../docker/client/cause.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { UserError } from '../../domain/errors.ts';
import { canonical, familiar, parseReference } from '../../domain/reference.ts';
import { parseVolume } from '../../domain/volumes.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request, Run } from '../request.ts';
import { followRun } from './run/follow-run.ts';
import { lookAt } from './run/look.ts';
import { makeContainer } from './run/make.ts';
import type { RunForm, RunReport } from './run/results.ts';
import { settingsOf } from './run/settings.ts';
import { verifiedToRun } from './run/verified.ts';
import { diagnoseFor } from './why/diagnosed.ts';

export const run = handler<RunArgs, RunReport | RunForm, RunReport>()(
  ['config', 'hosts', 'live', 'log', 'now', 'proofs', 'redact', 'specs', 'store', 'tags'],
  async (request, deps, run) => {
    const [host = '', ...others] = request.hosts;
    if (others.length > 0)
      throw new UserError('host_needed', 'A container runs on one host.', `Name one: \`@${host}\`.`);
    const { image } = request.args;
    if (image === undefined) return { kind: 'run-form', line: `run --on ${host}`, host, audit: 'form' };
    return new OneRun({ ...request, args: { ...request.args, image } }, host, deps, run).carryOut();
  },
);

/** What fails at once has mostly failed by then. */
const FIRST_LOOK_MS = 1500;
const DIAGNOSIS_MS = 3000;
/** A foreground run is ended where it is followed; the worker ends what a crash left. */
const WORKER_LATER_MS = 60_000;

type RunDeps = Pick<
  Deps,
  'config' | 'hosts' | 'live' | 'log' | 'now' | 'proofs' | 'redact' | 'specs' | 'store' | 'tags'
>;

/** One container from its request to where it is left running, or to its end. */
class OneRun {
  readonly #request: Request<RunArgs & { readonly image: string }>;
  readonly #deps: RunDeps;
  readonly #run: Pick<Run<RunReport>, 'progress' | 'signal'>;
  readonly #engine: Engine;
  #report: RunReport;

  constructor(
    request: Request<RunArgs & { readonly image: string }>,
    host: string,
    deps: RunDeps,
    run: Pick<Run<RunReport>, 'progress' | 'signal'>,
  ) {
    this.#request = request;
    this.#deps = deps;
    this.#run = run;
    this.#engine = deps.hosts.engine(host);
    this.#report = {
      kind: 'run',
      id: request.id,
      host,
      name: '',
      image: '',
      state: { at: 'starting' },
      ports: [],
      shown: [],
      lines: 0,
      until: undefined,
      warnings: [],
      diagnosis: undefined,
      signed: undefined,
      audit: '',
    };
  }

  async carryOut(): Promise<RunReport> {
    const { args, id, person } = this.#request;
    const { config, now } = this.#deps;
    const { reference, warnings } = checkImage(parseReference(args.image), config, servicesSeen(this.#request, config));
    const container = settingsOf(args, reference, this.#request, config);
    const isForeground = args.rm && !args.detach;
    const lifetime = args.rm ? (args.for ?? config.run.lifetime) : undefined;
    this.#show({ name: container.name, image: familiar(reference), warnings });
    const verified = await verifiedToRun(reference, this.#report.host, this.#deps, this.#run.signal);
    this.#show({ signed: verified?.proof });
    const { registry, path, tag } = reference;
    const { digest = '' } = verified?.reference ?? reference;
    const making = {
      engine: this.#engine,
      host: this.#report.host,
      id,
      person,
      container,
      image: { repository: `${registry}/${path}`, tag, digest },
      reference: canonical(verified?.reference ?? reference),
      tag: verified && tag,
      taken: [...config.services.values()].flatMap((service) =>
        service.kind === 'container'
          ? service.container.volumes.flatMap((text) => parseVolume(text)?.source ?? [])
          : [],
      ),
    };
    const own = createRedactor(secretValues(Object.entries(container.environment ?? {}).map((pair) => pair.join('='))));
    const redact: Redact = (text) => this.#deps.redact(own(text));
    let made: string | undefined;
    try {
      made = await makeContainer(making, this.#deps, this.#run.signal, (progress) =>
        this.#show({ state: { at: 'pulling', progress } }),
      );
      // On record before it starts: whatever becomes of this process, its time is up then.
      if (lifetime !== undefined) await this.#remember(made, now() + lifetime + (isForeground ? WORKER_LATER_MS : 0));
      this.#show({ state: { at: 'starting' } });
      await this.#engine.startContainer(made, { signal: this.#run.signal });
      return isForeground ? await this.#follow(made, redact, lifetime ?? 0) : await this.#leave(made, redact);
    } catch (error) {
      if (!(error instanceof EngineError) || this.#run.signal.aborted) throw error;
      return this.#refused(error, canonical(reference), { redact, made });
    }
  }

  #show(more: Partial<RunReport>): void {
    this.#report = { ...this.#report, ...more };
    this.#run.progress(this.#report);
  }

  async #remember(container: string, until: number): Promise<void> {
    const { id, person, channel } = this.#request;
    const { host, name } = this.#report;
    await this.#deps.store.runs.begin({ id, host, container, name, person, channel, until });
    this.#show({ until });
  }

  async #leave(container: string, redact: Redact): Promise<RunReport> {
    await pause(FIRST_LOOK_MS, undefined, { signal: this.#run.signal });
    const look = await lookAt(this.#engine, container, redact, this.#run.signal);
    const hasFailed = look.state.at === 'ended' && look.state.exitCode !== 0;
    return this.#done({ ...look, diagnosis: hasFailed ? await this.#diagnose(container) : undefined });
  }

  async #follow(container: string, redact: Redact, forMs: number): Promise<RunReport> {
    const { config, live, now, store } = this.#deps;
    const { id, person, channel, shownLine } = this.#request;
    const { host, name } = this.#report;
    const place = { id, at: now(), person, channel, host, container: name };
    await store.execs.begin({ ...place, line: shownLine, granted: undefined });
    this.#show({ state: { at: 'following' } });
    const following = await live.start({ id, person, until: now() + forMs }, this.#run.signal);
    try {
      const followed = { engine: this.#engine, container, redact, forMs, outputBytes: config.run.output };
      const { state, kept, bytes, ...seen } = await followRun(followed, following.signal, ({ shown, lines }) =>
        this.#show({ shown, lines }),
      );
      const ended = state.why === 'time' ? 'timed-out' : state.why;
      const { exitCode, ms, sha256 } = state;
      await store.execs.finish(id, { ended, exitCode, ms, bytes, sha256, kept });
      if (state.isRemoved) await store.runs.ended(id, now());
      return this.#done({ ...seen, state });
    } finally {
      await following.end();
    }
  }

  async #refused(
    error: EngineError,
    reference: string,
    { redact, made }: { readonly redact: Redact; readonly made: string | undefined },
  ): Promise<RunReport> {
    const { summary, tryThis } = explain(error, { host: this.#report.host, reference });
    const engineSaid = redact(error.engineSaid);
    const diagnosis = made === undefined ? undefined : await this.#diagnose(made);
    return this.#done({ state: { at: 'refused', summary, engineSaid, tryThis }, diagnosis });
  }

  /** The card of `why`, where the host still answers. */
  async #diagnose(id: string): Promise<RunReport['diagnosis']> {
    const suspect = { engine: this.#engine, host: this.#report.host, id };
    const options = { signal: this.#run.signal, withinMs: DIAGNOSIS_MS };
    try {
      return await diagnoseFor(this.#request, suspect, this.#deps, options);
    } catch (error) {
      if (error instanceof EngineError) return undefined;
      throw error;
    }
  }

  #done(more: Partial<RunReport>): RunReport {
    const report = { ...this.#report, ...more };
    const { name, host, image, state } = report;
    const end = state.at === 'ended' ? `, ${state.why}, exit ${state.exitCode ?? 'unknown'}` : '';
    return { ...report, audit: `${name} on ${host} from ${image}: ${state.at}${end}` };
  }
}
