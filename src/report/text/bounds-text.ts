import type { CheckResult } from '../../check/result/result.ts'
import { byzantineCount, nameOf, type Setting } from '../../model/index.ts'
import { counted, listed } from './numbers.ts'

/** A bound as words: `view changes`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** The messages that the coalition could send. */
type Said = Pick<CheckResult['universe'], 'messages' | 'unsaid'> & Partial<Pick<CheckResult['universe'], 'extent'>>

/**
 * Bounds with a plural for a name count something; the others, and those that more than `within` reads, are constants
 * of the protocol, like an interval or the number of a leader.
 */
function sorted(
  { bounds }: Setting,
  read: readonly string[],
): { readonly counts: [string, number][]; readonly constants: [string, number][] } {
  const all = Object.entries(bounds)
  const isCount = ([name]: [string, number]): boolean => name.endsWith('s') && !read.includes(name)
  return { counts: all.filter(isCount), constants: all.filter((bound) => !isCount(bound)) }
}

function countText([name, count]: [string, number]): string {
  const several = words(name)
  const text = counted(
    count,
    several.replace(/(ies|s)$/, (end) => (end === 'ies' ? 'y' : '')),
    several,
  )
  return name === 'timeouts' || name === 'restarts' ? `${text} of each participant` : text
}

/** Who is Byzantine, in all settings of a command; nothing where nobody is. */
function speakers(settings: readonly Setting[]): string | undefined {
  const [first] = settings
  if (!first || first.byzantine.length === 0) return undefined
  const { n, byzantine } = first
  if (settings.length === 1) return listed(byzantine.map((id) => nameOf(id, n)))
  const clients = byzantine.filter((id) => id >= n).map((id) => nameOf(id, n))
  const replicas = byzantineCount(first) === 1 ? 'any one replica' : `any ${byzantineCount(first)} replicas`
  return listed([replicas, ...clients])
}

function coalitionText(settings: readonly Setting[], { messages, extent = {} }: Said): string[] {
  const who = speakers(settings)
  if (who === undefined) return []
  const names = settings[0]!.auth === 'none' ? " in anybody's name" : ''
  const count = `${settings.length > 1 ? 'up to ' : ''}${counted(messages, 'message')}`
  const types = Object.values(extent)
  const isDeclared = types.length > 0 && types.every((how) => how === 'declared')
  const what = isDeclared ? `any of the ${count} of the alphabet` : `any of ${count}`
  return [`${who} may send ${what} to anyone at any time${names}`]
}

/**
 * What an exhaustive search covers: the bounds of each of its verdicts.
 *
 * @param read bounds that more than `within` looks at: the result depends on them
 */
export function boundsText(
  settings: readonly Setting[],
  universe: Said,
  cut: boolean,
  read: readonly string[] = [],
): string {
  const [first] = settings
  if (!first) return 'no setting'
  const { counts, constants } = sorted(first, read)
  const { values, crash, restart = [], n, steps } = first
  const fixed = constants.map(([name, value]) => `${words(name)} ${value}`)
  const limits = [...counts.map(countText), counted(values.length, 'value')].join(', ')
  const parts = [
    `${limits}${fixed.length > 0 ? ` (${fixed.join(', ')})` : ''}`,
    ...coalitionText(settings, universe),
    ...(crash.length > 0 ? [`${listed(crash.map((id) => nameOf(id, n)))} may crash at any time`] : []),
    ...(restart.length > 0 ? [`${listed(restart.map((id) => nameOf(id, n)))} may restart at any time`] : []),
    steps === 'eager' ? 'all schedules of eager steps' : 'all schedules',
  ]
  const free = counts.map(([name]) => name)
  const isAll = fixed.length === 0
  const on = isAll ? 'them' : `the number of ${listed(free.map(words))}`
  const never = !cut && free.length > 0 ? [`no bound was hit, so the result does not depend on ${on}`] : []
  const { unsaid = [] } = universe
  const silent = unsaid.length === 0 ? [] : [`nobody sends ${listed(unsaid)}`]
  return [...parts, ...silent, ...never].join('; ')
}
