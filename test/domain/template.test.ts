import { expect, it } from 'vitest';
import { evaluate } from '../../src/domain/template/evaluate.ts';
import { parseTemplate } from '../../src/domain/template/parse.ts';
import type { TemplateError } from '../../src/domain/template/types.ts';
import { processorTime } from '../processor-time.ts';

const CONTAINER = {
  Name: '/shop',
  RestartCount: 2,
  State: { Status: 'running', Running: true, Error: '' },
  Config: {
    Cmd: ['node', 'server.js'],
    Entrypoint: null,
    ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
    Labels: { team: 'web', 'com.example.owner': 'dana' },
  },
  NetworkSettings: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '443/tcp': null },
    Networks: { front: { IPAddress: '10.0.0.2' }, back: { IPAddress: '10.1.0.2' } },
  },
  Mounts: [{ Source: '/srv/a' }, { Source: '/srv/b' }],
};

const shown = (template: string, value: unknown = CONTAINER) => evaluate(parseTemplate(template), value);
function refused(template: string, value?: unknown): TemplateError {
  try {
    throw new Error(`made ${shown(template, value)}`);
  } catch (error) {
    return error as TemplateError;
  }
}

// What docker's own pages show, and what people paste from them.
it.each([
  ['{{.State.Status}}', 'running'],
  ['{{ .RestartCount }}', '2'],
  ['{{.Config.ExposedPorts}}', 'map[443/tcp:{} 80/tcp:{}]'],
  ['{{.Config.Cmd}}', '[node server.js]'],
  ['{{.Config.Entrypoint}}', '<no value>'],
  ['{{json .State}}', JSON.stringify(CONTAINER.State)],
  ['{{.State | json}}', JSON.stringify(CONTAINER.State)],
  ['{{json .Config.Labels}}', JSON.stringify(CONTAINER.Config.Labels)],
  ['{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', '10.1.0.2 10.0.0.2 '],
  ['{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}', 'com.example.owner=dana;team=web;'],
  ['{{range $at, $m := .Mounts}}{{$at}} {{$m.Source}} {{$.Name}},{{end}}', '0 /srv/a /shop,1 /srv/b /shop,'],
  ['{{range $m := .Mounts}}{{$m.Source}}{{end}}', '/srv/a/srv/b'],
  ['{{range .Config.Entrypoint}}x{{else}}none{{end}}', 'none'],
  ['{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', '8080'],
  ['{{range $p, $c := .NetworkSettings.Ports}}{{$p}} {{len $c}} {{end}}', '443/tcp 0 80/tcp 1 '],
  ['{{index .Config.Labels "com.example.owner"}}', 'dana'],
  ['{{index .Config.Labels "nope"}}', '<no value>'],
  ['{{join .Config.Cmd " "}}', 'node server.js'],
  ['{{.Config.Cmd | len}} {{len .Name}}', '2 5'],
  ['{{$.Name}}', '/shop'],
  ['state: {{- .State.Status -}} !', 'state:running!'],
  ['{{"}}"}}{{`a"b`}}{{3}}', '}}a"b3'],
  ['.State.Status', 'running'],
  ['no braces', 'no braces'],
])('%s', (template, text) => {
  expect(shown(template)).toBe(text);
});

it.each([
  ['{{if .State.Running}}up{{end}}', 3, /`if` is not supported/u],
  ['{{ upper .Name }}', 4, /`upper` is not supported.*`join`/u],
  ['{{.Name', 1, /not closed/u],
  ['{{index .Mounts "0}}', 1, /string is not closed/u],
  ['x{{range .Mounts}}', 2, /no `\{\{end\}\}`/u],
  ['{{end}}', 1, /without a `range`/u],
  ['{{len}}', 3, /needs one value/u],
  ['{{len index .Mounts 0}}', 7, /brackets/u],
  ['{{.Name | .State}}', 11, /only a function/u],
  ['{{.Name ; .State}}', 9, /`;`/u],
  ['{{(.Name}}', 3, /bracket is not closed/u],
  ['{{}}', 1, /missing/u],
  ['{{.State.Statsu}}', 3, /no field `\.Statsu`.*`\.Status`/u],
  ['.State.Statsu', 1, /`\.Status`/u],
  ['{{.State.Zzzzzzzzz}}', 3, /There are: Status, Running, Error/u],
  ['{{.Name.First}}', 3, /no field `\.First`/u],
  ['{{range .Name}}{{end}}', 9, /list or a map/u],
  ['{{index .Mounts 2}}', 3, /no element 2 of 2/u],
  ['{{join .Name ","}}', 3, /needs a list/u],
  ['{{$x}}', 3, /no `\$x`/u],
  ['{{.__proto__.polluted}}', 3, /no field/u],
  ['{{.constructor}}', 3, /no field/u],
  [`{{${'('.repeat(40)}.Name${')'.repeat(40)}}}`, 1, /too deep/u],
  ['x'.repeat(2001), 2001, /longer/u],
])('%s is refused at %i', (template, at, message) => {
  expect(refused(template)).toMatchObject({ at, message: expect.stringMatching(message) });
});

it('what goes through too much, or makes too much, ends soon', () => {
  const many = { A: Array.from({ length: 3000 }, (_, index) => index), T: 'x'.repeat(10_000) };
  const started = processorTime();

  expect(refused('{{range .A}}{{range $.A}}{{len $}}{{end}}{{end}}', many).message).toContain('too much');
  expect(refused('{{range .A}}{{len $.A}}{{end}}', many).message).toContain('too much');
  expect(refused('{{range .A}}{{len (json $)}}{{end}}', many).message).toContain('too long');
  expect(refused('{{range .A}}{{$.T}}{{end}}', many).message).toContain('too long');
  expect(processorTime() - started).toBeLessThan(500);
});
