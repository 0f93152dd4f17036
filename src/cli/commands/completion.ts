import { Argument, Command, type Option } from 'commander'
import { strategies } from '../../adversary/index.ts'
import { choosers } from '../../fuzz/schedule/choosers.ts'
import { registry } from '../../protocols/index.ts'
import { studies } from '../../studies/index.ts'
import type { Session } from '../flags/session.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { type CompletedFlag, type Completions, SCRIPTS, type Shell } from './completion-scripts.ts'

const AFTER = `
bash: put this into ~/.bashrc:
  eval "$(turncoat completion bash)"
zsh: put this into ~/.zshrc, after compinit:
  eval "$(turncoat completion zsh)"
fish:
  turncoat completion fish > ~/.config/fish/completions/turncoat.fish

The word turncoat is completed. Where only npx finds the program, make it a word of the shell first:
  turncoat() { npx turncoat "$@"; }                 # bash, zsh
  function turncoat; npx turncoat $argv; end        # fish

Commands, flags, and the names of subjects, variants, studies, strategies and schedulers are completed, and files.`

/** Values of flags that have names, besides those that commander knows of. */
const VALUES: { readonly [flag: string]: readonly string[] } = {
  '--strategy': strategies.map(({ name }) => name),
  '--scheduler': choosers.map(({ name }) => name),
}

export function completionCommand(session: Session): Command {
  return new Command('completion')
    .description('print a script that makes your shell complete commands, flags and subjects')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', AFTER)
    .action((shell: Shell, flags: CommonFlags, command: Command) => {
      const script = `${SCRIPTS[shell](completionsOf(command.parent!)).join('\n')}\n`
      if (flags.json) new Output(session.io, flags).json({ command: 'completion', shell, script })
      else session.io.stdout(script)
    })
}

/** What there is to complete behind each command of the program, and behind `help`. */
function completionsOf(program: Command): Completions[] {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: command.createHelp().visibleOptions(command).concat(command.options).filter(isFirst).map(completed),
    words: command.registeredArguments.flatMap(wordsOf),
  }))
  const names = commands.map(({ name }) => name)
  return [...commands, { name: 'help', description: 'explain a command', flags: [], words: names }]
}

/** Of two options of one name, the first. Bounds are hidden from help, and completed all the same. */
function isFirst({ long }: Option, i: number, all: readonly Option[]): boolean {
  return Boolean(long) && all.findIndex((option) => option.long === long) === i
}

function completed({ long, description, required, optional, argChoices }: Option): CompletedFlag {
  const values = argChoices ?? VALUES[long!] ?? []
  return { long: long!, description: description.replace(/\s+/g, ' '), takesValue: required || optional, values }
}

function wordsOf({ description, argChoices }: Argument): readonly string[] {
  if (argChoices) return argChoices
  // Arguments say in their help what they stand for, and in the same words for each command.
  if (description === 'a study') return studies.map(({ name }) => name)
  if (!description.includes('registered name')) return []
  return registry.flatMap(({ protocol, variants }) => [protocol, ...variants].map(({ subject }) => subject))
}
