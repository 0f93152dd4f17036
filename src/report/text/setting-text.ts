import { byzantineCount, nameOf, type Setting } from '../../model/index.ts'
import type { Paint } from './paint.ts'
import { valueText } from './value.ts'

/** Who takes part: `n = 4, f = 1, b = 1 (r0)`. */
export function whoText(setting: Setting): string {
  const { n, f, byzantine, crash, restart = [], clients } = setting
  const names = byzantine.map((id) => nameOf(id, n)).join(', ')
  const parts = [
    `n = ${n}`,
    `f = ${f}`,
    byzantine.length ? `b = ${byzantineCount(setting)} (Byzantine: ${names})` : 'b = 0',
  ]
  if (crash.length) parts.push(`may crash: ${crash.map((id) => nameOf(id, n)).join(', ')}`)
  if (restart.length) parts.push(`may restart: ${restart.map((id) => nameOf(id, n)).join(', ')}`)
  if (clients) parts.push(`${clients} ${clients === 1 ? 'client' : 'clients'}`)
  return parts.join(', ')
}

/** What surrounds them: authentication, network, steps, bounds. */
export function aroundText({ auth, network, steps, bounds }: Setting): string {
  const on = Object.entries(network).flatMap(([name, value]) => (value ? [name] : []))
  const rounds = ['rounds in lockstep']
  const free = [`network ${on.length ? on.join(', ') : 'delivers once, in any order'}`, `${steps} steps`]
  const parts = [`authentication ${auth}`, ...(steps === 'lockstep' ? rounds : free)]
  const limits = Object.entries(bounds).map(([name, value]) => `${name} ${value}`)
  if (limits.length) parts.push(`bounds ${limits.join(', ')}`)
  return parts.join(' · ')
}

/** Inputs by participant, where there are any. */
export function inputsText({ inputs, n }: Setting): string {
  const offered = inputs.flatMap((list, id) =>
    list.length ? [`${nameOf(id, n)}: ${list.map(valueText).join(' or ')}`] : [],
  )
  return offered.length ? `inputs ${offered.join('; ')}` : 'no inputs'
}

/** The settings of one command in one line: one of them, or what they have in common. */
export function settingsText(settings: readonly Setting[]): string {
  const [first] = settings
  if (!first) return 'no setting'
  if (settings.length === 1) return whoText(first)
  const { n, f } = first
  return `n = ${n}, f = ${f}, b = ${byzantineCount(first)} (${settings.length} choices of who is Byzantine)`
}

/** What surrounds a run, and what it is given: the second and third line about it. */
export function surroundings(setting: Setting, paint: Paint): string[] {
  return [paint.dim(aroundText(setting)), paint.dim(inputsText(setting))]
}
