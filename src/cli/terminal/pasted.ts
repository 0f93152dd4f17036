/** Every command, by the name that is typed. */
export const COMMAND_NAMES = [
  ...['fuzz', 'conform', 'check', 'sweep', 'study', 'replay', 'explain', 'convert', 'shrink', 'show', 'explore'],
  ...['list', 'campaign', 'init', 'doctor', 'completion', 'demo'],
] as const

/** What a shell finds where the program was installed for the whole machine. It is what files and `--json` say. */
const NAME = 'turncoat'

/** How each of these starts a program of the project; they tell what they start who they are. */
const RUNNERS = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' } as const

/** Where a shell has found it by its name: not in the folder of programs that every project has. */
const ON_PATH = /(?<![\\/]\.bin)[\\/]turncoat$/

/** A command in a text, unless it says already who is to start it. */
const COMMAND = new RegExp(
  String.raw`(?<![\w/.@:-]|(?:npx|exec|yarn|bunx) )${NAME}(?= (?:${COMMAND_NAMES.join('|')}|help)\b)`,
  'g',
)

/**
 * How the reader starts this program once more. Where a shell did not find it by its name, `npx` does: it looks among
 * the programs of the project first, and then among those of the machine.
 *
 * @param script the path that Node was given
 */
export function callOf(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  script = process.argv[1] ?? '',
): string {
  const { npm_command: command, npm_config_user_agent: agent } = environment
  const runner = agent?.split('/')[0] ?? ''
  if (Object.hasOwn(RUNNERS, runner)) return `${RUNNERS[runner as keyof typeof RUNNERS]} ${NAME}`
  const isOnPath = command === undefined && ON_PATH.test(script)
  return isOnPath ? NAME : `${RUNNERS.npm} ${NAME}`
}

/** A text whose commands can be pasted by whoever reads it. */
export function pasted(text: string, call = NAME): string {
  return text.replace(COMMAND, call)
}
