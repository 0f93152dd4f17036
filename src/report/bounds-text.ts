import type { CheckResult } from '../check/result.ts'
import { liars, nameOf, type Setting } from '../model/index.ts'
import { counted, thousands } from './numbers.ts'

/** A bound as words: `view changes`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** A list as a sentence has it. */
function joined(list: readonly string[]): string {
  return list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
}

/** What the coalition could say. */
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
  const text = counted(count, several.slice(0, -1), several)
  return name === 'timeouts' ? `${text} of each participant` : text
}

/** Who says the words of the coalition, in all settings of a command; nothing where nobody lies. */
function speakers(settings: readonly Setting[]): string | undefined {
  const [first] = settings
  if (!first || first.byzantine.length === 0) return undefined
  const { n, byzantine } = first
  if (settings.length === 1) return joined(byzantine.map((id) => nameOf(id, n)))
  const clients = byzantine.filter((id) => id >= n).map((id) => nameOf(id, n))
  const replicas = liars(first) === 1 ? 'any one replica' : `any ${liars(first)} replicas`
  return joined([replicas, ...clients])
}

function coalitionText(settings: readonly Setting[], { messages, extent = {} }: Said): string[] {
  const who = speakers(settings)
  if (who === undefined) return []
  const names = settings[0]!.auth === 'none' ? " in anybody's name" : ''
  const count = `${settings.length > 1 ? 'up to' : 'the'} ${thousands(messages)}`
  const types = Object.values(extent)
  const isDeclared = types.length > 0 && types.every((how) => how === 'declared')
  const what = isDeclared
    ? `any message there is (${count} of its alphabet)`
    : `any of ${count} messages of the universe`
  return [`${what} from ${who}${names}, at any time, to anyone`]
}

/**
 * What an exhaustive search has gone through, in words: the bounds of whatever it says.
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
  const { values, crash, n, steps } = first
  const fixed = constants.map(([name, value]) => `${words(name)} ${value}`)
  const limits = [...counts.map(countText), counted(values.length, 'value')].join(', ')
  const parts = [
    `for ${limits}${fixed.length > 0 ? ` (${fixed.join(', ')})` : ''}`,
    ...coalitionText(settings, universe),
    ...(crash.length > 0 ? [`any crash of ${joined(crash.map((id) => nameOf(id, n)))}`] : []),
    steps === 'eager' ? 'any schedule of eager steps' : 'any schedule',
  ]
  const free = counts.map(([name]) => name)
  const isAll = fixed.length === 0
  const on = isAll ? 'them' : `the number of ${joined(free.map(words))}`
  const never = !cut && free.length > 0 ? `; no bound was ever hit, so the result does not depend on ${on}` : ''
  const { unsaid = [] } = universe
  const silent = unsaid.length === 0 ? '' : `; never said within the bounds, hence by no liar either: ${joined(unsaid)}`
  return parts.join(', ') + silent + never
}
