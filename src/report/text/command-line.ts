import { DEFAULT_N } from '../../system/index.ts'

/** How a participant is written on the command line: `r0`, `c4`, or the id alone. */
export interface Participant {
  readonly id: number
  readonly role: 'r' | 'c' | undefined
}

/** How the ids of inputs were written: which ids are clients is known only when n is. */
const written = new WeakMap<object, readonly Participant[]>()

/** Remembers how the participants of some inputs were written. */
export function writtenAs(inputs: object, participants: readonly Participant[]): void {
  written.set(inputs, participants)
}

export function participantsOf(inputs: object): readonly Participant[] {
  return written.get(inputs) ?? []
}

/** The value of `--inputs`: as it was typed, where it was typed. */
function inputsFlag(given: Readonly<Record<number, readonly string[]>>, n: number): string {
  const known =
    written.get(given) ??
    Object.keys(given).map((id): Participant => ({ id: Number(id), role: Number(id) < n ? 'r' : 'c' }))
  return known.map(({ id, role = '' }) => `${role}${id}=${given[id]!.join(',')}`).join(';') || 'none'
}

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
    return [flag, quoted(inputsFlag(value as Record<number, string[]>, n))]
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
