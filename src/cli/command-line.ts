import { DEFAULT_N } from '../system/index.ts'
import { inputsText } from './parse.ts'

/** A word as a shell takes it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Flags whose own values have commas: several of these are said by saying the flag again. */
const REPEATED = ['network', 'partition']

/** A flag and its value, as they are typed. */
export function flagText(name: string, value: unknown, n = DEFAULT_N): string[] {
  if (value === undefined || value === false) return []
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (value === true) return [flag]
  if (Array.isArray(value) && REPEATED.includes(name)) return value.flatMap((one) => flagText(name, one))
  if (Array.isArray(value)) return [flag, quoted(value.length > 0 ? value.join(',') : 'none')]
  if (name === 'inputs' && typeof value === 'object')
    return [flag, quoted(inputsText(value as Record<number, string[]>, n))]
  if (name === 'network') {
    const on = Object.entries(value as object).flatMap(([key, is]) => (is ? [key] : []))
    return [flag, on.length > 0 ? on.join(',') : 'none']
  }
  return [flag, quoted(String(value))]
}

/** Flags that change what is printed or how fast, and never what is found. */
const WITHOUT_EFFECT = ['json', 'quiet', 'color', 'workers', 'time', 'out']

/** The one line that, pasted, does the same again. */
export function commandLine(
  command: string,
  subject: string | readonly string[],
  flags: Readonly<Record<string, unknown>>,
): string {
  const said = Object.entries(flags).filter(([name]) => !WITHOUT_EFFECT.includes(name))
  const subjects = typeof subject === 'string' ? [subject] : subject
  const n = typeof flags['n'] === 'number' ? flags['n'] : undefined
  const typed = said.flatMap(([name, value]) => flagText(name, value, n))
  return ['turncoat', command, ...subjects.map(quoted), ...typed].join(' ')
}
