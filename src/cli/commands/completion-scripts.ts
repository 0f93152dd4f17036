import { quoted } from '../../report/text/command-line.ts'

/** What may stand behind one command. */
export interface Completions {
  readonly name: string
  readonly description: string
  readonly flags: readonly CompletedFlag[]
  /** What its arguments may be, as far as it has a name: subjects, studies. Files are offered besides. */
  readonly words: readonly string[]
}

export interface CompletedFlag {
  /** `--claim` */
  readonly long: string
  readonly description: string
  readonly takesValue: boolean
  /** All values that there are, where they have names. */
  readonly values: readonly string[]
}

/** Scripts that make a shell complete `turncoat`, by the name of the shell. */
export const SCRIPTS = { bash, zsh, fish } as const

export type Shell = keyof typeof SCRIPTS

const list = (words: readonly string[]): string => quoted(words.join(' '))

/** Patterns of `case` for the flags that are followed by a value, with what may be that value. */
function valuesAfterFlags(commands: readonly Completions[], line: (values: readonly string[]) => string): string[] {
  return commands.flatMap(({ name, flags }) => {
    const named = flags.filter(({ values }) => values.length > 0)
    const others = flags.filter(({ takesValue, values }) => takesValue && values.length === 0)
    return [
      ...named.map(({ long, values }) => `    '${name} ${long}') ${line(values)} ;;`),
      ...(others.length > 0 ? [`    ${others.map(({ long }) => `'${name} ${long}'`).join('|')}) ${line([])} ;;`] : []),
    ]
  })
}

function bash(commands: readonly Completions[]): string[] {
  return [
    '# Completion of turncoat in bash. In ~/.bashrc: eval "$(turncoat completion bash)"',
    '_turncoat() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W ${list(commands.map(({ name }) => name))} -- "$word"))`,
    '    return',
    '  fi',
    '  case "$command $previous" in',
    ...valuesAfterFlags(commands, (values) => `words=${list(values)}`),
    '    *) case "$command $word" in',
    ...commands.flatMap(({ name, flags, words }) => [
      `      '${name} -'*) words=${list(flags.map(({ long }) => long))} ;;`,
      `      '${name} '*) words=${list(words)} ;;`,
    ]),
    '    esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    '# Where nothing that has a name fits, files are offered.',
    'complete -o default -F _turncoat turncoat',
  ]
}

function zsh(commands: readonly Completions[]): string[] {
  const described = (all: readonly (readonly [string, string])[]): string =>
    all.map(([name, about]) => quoted(`${name.replaceAll(':', '\\:')}:${about}`)).join(' ')
  return [
    '#compdef turncoat',
    '# Completion of turncoat in zsh. In ~/.zshrc, after compinit: eval "$(turncoat completion zsh)"',
    '_turncoat() {',
    '  local command=$words[2] previous=$words[CURRENT-1] word=$words[CURRENT]',
    '  local -a offered',
    '  if (( CURRENT == 2 )); then',
    `    offered=(${described(commands.map(({ name, description }) => [name, description]))})`,
    "    _describe 'command' offered",
    '    return',
    '  fi',
    '  case "$command $previous" in',
    ...valuesAfterFlags(commands, (values) => (values.length > 0 ? `compadd -- ${values.join(' ')}` : '_files')),
    '    *) case "$command $word" in',
    ...commands.flatMap(({ name, flags, words }) => [
      `      '${name} -'*) offered=(${described(flags.map(({ long, description }) => [long, description]))})`,
      "        _describe 'flag' offered ;;",
      `      '${name} '*) ${words.length > 0 ? `compadd -- ${words.join(' ')}; ` : ''}_files ;;`,
    ]),
    '    esac ;;',
    '  esac',
    '}',
    '# Either a file that zsh has found in its path of functions, or one that was read by hand.',
    'if [ "$funcstack[1]" = _turncoat ]; then _turncoat "$@"; else compdef _turncoat turncoat; fi',
  ]
}

function fish(commands: readonly Completions[]): string[] {
  const text = (words: string): string => `'${words.replace(/[\\']/g, '\\$&')}'`
  const first = `not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`
  return [
    '# Completion of turncoat in fish. turncoat completion fish > ~/.config/fish/completions/turncoat.fish',
    ...commands.flatMap(({ name, description, flags, words }) => {
      const behind = `complete -c turncoat -n '__fish_seen_subcommand_from ${name}'`
      return [
        `complete -c turncoat -f -n ${text(first)} -a ${name} -d ${text(description)}`,
        ...(words.length > 0 ? [`${behind} -a ${text(words.join(' '))}`] : []),
        ...flags.map(({ long, description: about, takesValue, values }) => {
          const value = values.length > 0 ? ` -x -a ${text(values.join(' '))}` : takesValue ? ' -r' : ''
          return `${behind} -l ${long.slice(2)}${value} -d ${text(about)}`
        }),
      ]
    }),
  ]
}
