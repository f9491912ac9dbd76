import { fill, h } from './dom.ts';
import { bytes, drawRefusal } from './message.ts';
import { capital, channelName, personName, you } from './names.ts';
import type { ContainerSeen, HostSeen, ImageSeen, RefusalSeen, TourStepSeen } from './protocol.ts';

export interface PanelOptions {
  /** Becomes the person of a step, opens its channel and writes its command into the composer. */
  readonly follow: (step: TourStepSeen) => void;
}

export interface Panel {
  readonly element: HTMLElement;
  showTour(steps: readonly TourStepSeen[]): void;
  showHosts(hosts: readonly HostSeen[]): void;
  showRefusals(refusals: readonly RefusalSeen[]): void;
}

const SKIPPED = 'fairlead-tour-skipped';

/** Creates the panel beside the conversation: the tour, the state of the hosts, and the calls that Slack refused. */
export function createPanel({ follow }: PanelOptions): Panel {
  const tour = h('section', { class: 'card tour', 'aria-label': 'Guided tour', hidden: true });
  const hosts = h('section', { class: 'hosts', 'aria-label': 'Hosts' });
  const refused = h('section', { class: 'card refusals', 'aria-label': 'Refused by Slack', hidden: true });
  const element = h('div', { class: 'panel-body' }, tour, hosts, refused);
  let steps: readonly TourStepSeen[] = [];

  const drawTour = () => {
    tour.hidden = steps.length === 0;
    const current = steps.findIndex((step) => !step.done);
    if (localStorage.getItem(SKIPPED) !== null) {
      fill(
        tour,
        tourLink('Take the tour', () => localStorage.removeItem(SKIPPED)),
      );
      return;
    }
    const finished = current < 0;
    fill(
      tour,
      h(
        'header',
        {},
        h('h2', {}, 'Guided tour'),
        h('span', { class: 'quiet' }, `${steps.filter((step) => step.done).length} of ${steps.length}`),
        tourLink(finished ? 'Close' : 'Skip the tour', () => localStorage.setItem(SKIPPED, 'yes')),
      ),
      h(
        'ol',
        {},
        steps.map((step, index) => drawStep(step, index === current)),
      ),
      finished && h('p', { class: 'done' }, 'Tour finished. Everything here is real: try any command you like.'),
    );
  };
  const tourLink = (label: string, before: () => void) =>
    h(
      'button',
      {
        type: 'button',
        class: 'text-button',
        onclick: () => {
          before();
          drawTour();
        },
      },
      label,
    );
  const drawStep = (step: TourStepSeen, isCurrent: boolean) => {
    const who = step.person === you() ? 'You' : `As ${personName(step.person)}`;
    const where = `${who} in #${channelName(step.channel)}`;
    return h(
      'li',
      {
        class: step.done ? 'step done' : isCurrent ? 'step current' : 'step',
        'aria-current': isCurrent ? 'step' : undefined,
      },
      h('b', {}, step.title),
      isCurrent && h('p', {}, step.text),
      isCurrent &&
        h(
          'p',
          { class: 'step-do' },
          step.line !== undefined && h('code', {}, step.line),
          h(
            'button',
            { type: 'button', class: 'button primary', onclick: () => follow(step) },
            step.line === undefined ? `Go there as ${personName(step.person)}` : 'Type it for me',
          ),
          h('span', { class: 'quiet' }, where),
        ),
    );
  };

  return {
    element,
    showTour(given) {
      steps = given;
      drawTour();
    },
    showHosts(given) {
      const open = new Set(
        [...hosts.querySelectorAll('details')].filter((one) => !one.open).map((one) => one.dataset['of']),
      );
      fill(
        hosts,
        given.map((host) => drawHost(host, open)),
      );
    },
    showRefusals(given) {
      refused.hidden = given.length === 0;
      fill(refused, h('h2', {}, 'Refused by Slack'), given.slice(-5).toReversed().map(drawRefusal));
    },
  };
}

function drawHost(host: HostSeen, closed: ReadonlySet<string | undefined>): HTMLElement {
  const part = (kind: 'Containers' | 'Images', rows: HTMLElement[]) => {
    const of = `${host.name} ${kind}`;
    const box = h(
      'details',
      { open: !closed.has(of) },
      h('summary', {}, kind, h('span', { class: 'quiet' }, ` ${rows.length}`)),
      rows.length > 0 ? h('ul', {}, rows) : h('p', { class: 'quiet' }, 'none'),
    );
    box.dataset['of'] = of;
    return box;
  };
  return h(
    'section',
    { class: 'card host', 'aria-label': `Host ${host.name}` },
    h(
      'header',
      {},
      dot(host.down === undefined ? 'good' : 'bad', host.down === undefined ? 'up' : 'down'),
      h('h2', {}, host.name),
    ),
    host.down !== undefined
      ? h('p', { class: 'quiet' }, host.down)
      : [part('Containers', host.containers.map(drawContainer)), part('Images', host.images.map(drawImage))],
  );
}

/** Draws an image's name without the registry's address and the digest; the full name is the title. */
function short(name: string): HTMLElement {
  return h('span', { title: name }, name.replace(/^127\.0\.0\.1:\d+\//u, '').replace(/(:[^/@]+)@sha256:.*$/u, '$1'));
}

function drawContainer(one: ContainerSeen): HTMLElement {
  const running = one.state === 'running';
  const look =
    one.health === 'unhealthy' || one.state === 'restarting'
      ? 'bad'
      : one.health === 'starting'
        ? 'wait'
        : running
          ? 'good'
          : 'off';
  return h(
    'li',
    {},
    dot(look, one.health ?? one.state),
    h('span', { class: 'what' }, h('b', {}, one.name), h('span', { class: 'quiet' }, short(one.image))),
    h(
      'span',
      { class: 'state quiet' },
      running && one.health !== undefined ? one.health : capital(one.state).toLowerCase(),
    ),
  );
}

function drawImage(one: ImageSeen): HTMLElement {
  return h(
    'li',
    {},
    dot(one.inUse ? 'good' : 'off', one.inUse ? 'in use' : 'unused'),
    h('span', { class: 'what' }, h('b', {}, short(one.name)), h('span', { class: 'quiet' }, one.id)),
    h('span', { class: 'state quiet' }, bytes(one.bytes)),
  );
}

function dot(look: 'good' | 'bad' | 'wait' | 'off', means: string): HTMLElement {
  return h('span', { class: `dot ${look}`, role: 'img', 'aria-label': means, title: means });
}
