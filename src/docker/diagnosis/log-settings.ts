import { code } from '../../domain/errors.ts';
import type { ContainerFacts } from './facts.ts';
import type { LogRule } from './log-rule.ts';
import { first } from './rule.ts';

/** What is wrong with its settings: variables, configuration, arguments, data it expects. */
export const LOG_SETTING_RULES: readonly LogRule[] = [
  {
    id: 'variable-missing',
    patterns: [
      /environment var(?:iable)?s?:? ["'`$]{0,2}([A-Z][A-Z0-9_]{2,80})/u,
      /["'`$]{0,2}\b([A-Z][A-Z0-9_]{2,80})["'`]?:? (?:environment variable )?(?:is|was|must be|needs to be|has to be) (?:not )?(?:set|defined|required|missing|empty|specified|provided|undefined)/u,
      /\b([A-Z][A-Z0-9_]{2,80})["'`]?: (?:unbound variable|parameter (?:not set|null or not set)|(?:is )?required|missing|Field required)/u,
      /(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset)(?: required)?(?: env(?:ironment)?)?(?: var(?:iable)?s?)?:? ["'`$]{0,2}([A-Z][A-Z0-9_]{2,80})\b/u,
      /KeyError: '([A-Z][A-Z0-9_]{2,80})'/u,
      /(?:specify|set|define|provide)(?: at least)?(?: one of)?(?: the)? ["'`$]{0,2}([A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,80})/u,
    ],
    say: (found, facts) => variableMissing(first(found), facts),
  },
  {
    id: 'variable-missing',
    patterns: [/Database is uninitialized and|(?:missing|no) (?:required )?env(?:ironment)? var/iu],
    say: () => ({
      sentence: 'It needs an environment variable that is not set.',
      advice: 'Set the variable that its log names with -e, or in the settings of the service.',
    }),
  },
  {
    id: 'database-missing',
    patterns: [/database "([^"]{1,100})" does not exist|Unknown database '([^']{1,100})'/iu],
    say: (found) => ({
      sentence: `The database ${code(first(found))} does not exist on its server.`,
      advice: 'Create the database, or correct its name in the settings.',
    }),
  },
  {
    id: 'migration-missing',
    patterns: [
      /(?:relation|table) ["'`]?([\w.]{1,100})["'`]? (?:does not|doesn't) exist|no such table: (\S{1,100})|Table '([^']{1,100})' doesn't exist|column ["'`]?([\w.]{1,100})["'`]? does not exist|pending migrations?|migrations? (?:are )?pending/iu,
    ],
    say: (found) => ({
      sentence: `Its database lacks ${first(found) === '' ? 'a migration' : code(first(found))}: a migration was not run, or it is another database.`,
      advice: 'Run the migrations of this version, or check which database it uses.',
    }),
  },
  {
    id: 'unknown-option',
    patterns: [
      /(?:unknown|unrecognized|invalid|illegal|unsupported) (?:command[- ]line )?(?:flag|option|argument|command|subcommand|switch)s?:?(?: --)? ?["'`]?(\S{1,100}?)["'`]?(?:\s|$)|flag provided but not defined: (\S{1,100})|Unrecognized (?:VM )?option '?(\S{1,100}?)'?(?:\s|$)|unexpected argument '([^']{1,100})'/iu,
    ],
    say: (found) => ({
      sentence: `The program does not know ${first(found) === '' ? 'an option it was given' : code(first(found))}.`,
      advice: 'Compare the command with the options of this version of the program.',
    }),
  },
  {
    id: 'configuration-invalid',
    patterns: [
      /\[emerg\]|unknown directive|invalid (?:config|configuration|value|yaml|json|toml|port|url|setting)|(?:config|configuration)(?: file)?.{0,80}(?:invalid|error|failed|malformed|wrong)|(?:failed|unable|cannot|could not|error) (?:to )?(?:pars|load|read|decod|unmarshal)\w{0,4}.{0,60}(?:config|yaml|json|toml|ini|settings|\.conf)|(?:yaml|json|toml): .{0,100}(?:line|error|unexpected|invalid|cannot)|unmarshal errors|mapping values are not allowed|unexpected (?:token|end of JSON)|SyntaxError.{0,60}JSON|bad (?:config|directive|configuration)|parse error/iu,
    ],
    say: () => ({
      sentence: 'Its configuration is not valid.',
      advice: 'Correct the setting that its log names; a mounted file may be an older one.',
    }),
  },
  {
    id: 'license-missing',
    patterns: [
      /licen[cs]e.{0,60}(?:missing|expired|invalid|required|not accepted|must accept)|accept(?:_|\s)(?:the )?(?:eula|licen[cs]e)/iu,
    ],
    say: () => ({
      sentence: 'Its licence is missing, expired or not accepted.',
      advice: 'Give it the licence, or set the variable that accepts it.',
    }),
  },
];

function variableMissing(name: string, { variables, emptyVariables }: ContainerFacts) {
  const state = emptyVariables.includes(name)
    ? 'which is set to nothing'
    : variables.includes(name)
      ? 'which is set, but not to what it expects'
      : 'which is not set';
  return {
    sentence: `It needs the environment variable ${code(name)}, ${state}.`,
    advice: 'Set it with -e, or in the settings of the service.',
  };
}
