/** A word as a shell takes it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function inputsText(inputs: Record<number, string[]>): string {
  const parts = Object.entries(inputs).map(([id, values]) => `r${id}=${values.join(',')}`)
  return parts.length > 0 ? parts.join(';') : 'none'
}

/** Flags whose own values have commas: several of these are said by saying the flag again. */
const REPEATED = ['network', 'partition']

/** A flag and its value, as they are typed. */
export function flagText(name: string, value: unknown): string[] {
  if (value === undefined || value === false) return []
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (value === true) return [flag]
  if (Array.isArray(value) && REPEATED.includes(name)) return value.flatMap((one) => flagText(name, one))
  if (Array.isArray(value)) return [flag, quoted(value.length > 0 ? value.join(',') : 'none')]
  if (name === 'inputs' && typeof value === 'object')
    return [flag, quoted(inputsText(value as Record<number, string[]>))]
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
  return ['turncoat', command, ...subjects.map(quoted), ...said.flatMap(([name, value]) => flagText(name, value))].join(
    ' ',
  )
}
