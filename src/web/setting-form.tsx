import type { Configuration } from '../model/index.ts'

/** The fields of a setting as they are typed: a field that is empty leaves the choice to the protocol. */
export const FIELDS = [
  ['n', 'n: replicas', '4'],
  ['f', 'f: faults that constants are for', 'as the protocol says'],
  ['byzantine', 'Byzantine replicas', '0,3 or none; empty: every choice'],
  ['bounds', 'bounds', 'views=2 slots=1'],
  ['claims', 'claims', 'all safety claims'],
] as const

export type FormValues = Readonly<Record<string, string>>

/** Something in a field that means nothing. */
class FieldError extends Error {
  override readonly name = 'UsageError'
}

function wholeIn(form: FormValues, name: string): number | undefined {
  const text = (form[name] ?? '').trim()
  if (text === '') return undefined
  if (!/^\d{1,4}$/.test(text)) throw new FieldError(`${name} is "${text}": write a whole number`)
  return Number(text)
}

/** @throws FieldError where a field cannot be read; what is read may still be no setting */
export function configurationIn(form: FormValues): Configuration {
  const [n, f] = [wholeIn(form, 'n'), wholeIn(form, 'f')]
  const ids = (form['byzantine'] ?? '').trim()
  if (!/^(?:none|(?:r?\d+\s*[,\s]\s*)*r?\d+)?$/.test(ids)) {
    throw new FieldError(`Byzantine is "${ids}": write ids as 0,3, or none`)
  }
  const byzantine =
    ids === '' ? undefined : ids === 'none' ? [] : ids.split(/[,\s]+/).map((id) => Number(id.replace('r', '')))
  const bounds = (form['bounds'] ?? '').split(/[,\s]+/).filter(Boolean)
  const read = bounds.map((bound) => {
    const [, name, value] = bound.match(/^(\w+)=(\d+)$/) ?? []
    if (name === undefined) throw new FieldError(`bounds has "${bound}": write views=2`)
    return [name, Number(value)] as const
  })
  return {
    ...(n === undefined ? {} : { n }),
    ...(f === undefined ? {} : { f }),
    ...(byzantine === undefined ? {} : { byzantine }),
    bounds: Object.fromEntries(read),
  }
}

/** The claims that are asked about; nothing where that is left open. */
export function claimsIn(form: FormValues): readonly string[] | undefined {
  const names = (form['claims'] ?? '').split(/[,\s]+/).filter(Boolean)
  return names.length > 0 ? names : undefined
}

/** The same as flags of the command line. */
export function flagsIn(form: FormValues): string[] {
  const { n, f, byzantine, bounds = {} } = configurationIn(form)
  return [
    ...(n === undefined ? [] : [`--n ${n}`]),
    ...(f === undefined ? [] : [`--f ${f}`]),
    ...(byzantine === undefined ? [] : [`--byzantine ${byzantine.join() || 'none'}`]),
    ...Object.entries(bounds).map(
      ([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`,
    ),
  ]
}

interface Props {
  readonly form: FormValues
  readonly change: (form: FormValues) => void
}

export function SettingForm({ form, change }: Props) {
  return (
    <div class="setting">
      {FIELDS.map(([name, label, hint]) => (
        <label key={name}>
          <span>{label}</span>
          <input
            name={name}
            value={form[name] ?? ''}
            placeholder={hint}
            autocomplete="off"
            onInput={(event) => change({ ...form, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
    </div>
  )
}
