import { InvalidArgumentError } from 'commander'
import { UsageError } from '../../model/index.ts'
import { type Participant, participantsOf, writtenAs } from '../../report/text/command-line.ts'

/** A whole number from `least` up. */
export function wholeNumber(least = 0, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    const upTo = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`
    throw new InvalidArgumentError(`Give a whole number from ${least} ${upTo}.`)
  }
}

type Role = NonNullable<Participant['role']>
const ROLES = { r: 'replica', c: 'client' } as const

function participant(text: string): Participant {
  const [, role, id] = text.trim().match(/^([rc])?(\d+)$/) ?? []
  if (id === undefined) throw new InvalidArgumentError(`"${text}" names no participant; write ids as 0,3 or r0,r3.`)
  return { id: Number(id), role: role as Role | undefined }
}

function listed(text: string): Participant[] {
  return text === 'none' || text === '' ? [] : text.split(',').map(participant)
}

/** `0,3`, `r0,r3` or `none`. */
export function ids(text: string): number[] {
  return listed(text).map(({ id }) => id)
}

/** Ids of one role; `instead` is where those of the other belong. */
function idsOf(only: Role, instead: string): (text: string) => number[] {
  return (text) => {
    const odd = listed(text).find(({ role }) => role !== undefined && role !== only)
    if (odd === undefined) return ids(text)
    const { id, role } = odd
    throw new InvalidArgumentError(`${role}${id} is a ${ROLES[role!]}, and here stand ${ROLES[only]}s; ${instead}.`)
  }
}

export const replicas = idsOf('r', 'Byzantine clients are named with --byzantine-clients')
export const clients = idsOf('c', 'Byzantine replicas are named with --byzantine')

/** `a,b`. */
export function names(text: string): string[] {
  const list = text.split(',').filter(Boolean)
  if (list.length === 0) throw new InvalidArgumentError('Give at least one name, separated by commas.')
  return [...new Set(list)]
}

/** A flag that takes several names, may be repeated, and may have commas: all come out as one list. */
export function collected(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...names(text)]
}

/** `r0=a;r1=a,b`, `any`, or `none`. */
export function inputs(text: string): 'any' | Record<number, string[]> {
  if (text === 'any') return 'any'
  if (text === 'none') return {}
  const result: Record<number, string[]> = {}
  const written: Participant[] = []
  for (const part of text.split(';').filter(Boolean)) {
    const [who, what] = part.split('=')
    if (!who || what === undefined) throw new InvalidArgumentError('Write inputs as r0=a or r0=a;r1=a,b, or any.')
    const one = participant(who)
    result[one.id] = names(what)
    written.push(one)
  }
  writtenAs(result, written)
  return result
}

/** @throws UsageError where inputs name a replica as a client, or the other way round */
export function assertRoles(given: object, n: number): void {
  for (const { id, role } of participantsOf(given)) {
    const is: Role = id < n ? 'r' : 'c'
    if (role === undefined || role === is) continue
    throw new UsageError(
      `--inputs: ${role}${id} is no ${ROLES[role]} where n is ${n}`,
      `replicas are r0 to r${n - 1}, and clients count on from c${n}`,
    )
  }
}

export const NETWORK_FLAGS = ['duplicate', 'lose', 'fifo', 'gossip'] as const
export type NetworkFlags = Record<(typeof NETWORK_FLAGS)[number], boolean>

/** The list of what the network does; what is not in it, it does not do. */
export function network(text: string): NetworkFlags {
  const on = text === 'none' ? [] : names(text)
  for (const name of on) {
    if ((NETWORK_FLAGS as readonly string[]).includes(name)) continue
    throw new InvalidArgumentError(
      `"${name}" is not something that a network does; write ${NETWORK_FLAGS.join(', ')}, or none.`,
    )
  }
  const is = (name: string): boolean => on.includes(name)
  return { duplicate: is('duplicate'), lose: is('lose'), fifo: is('fifo'), gossip: is('gossip') }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `30s`, `500ms`, `2m`, `1h`; a bare number is seconds. In milliseconds. */
export function time(text: string): number {
  const found = text.match(/^(\d+(?:\.\d+)?)(ms|s|m|h)?$/)
  const value = found ? Number(found[1]) * UNITS[found[2] ?? 's']! : 0
  if (value > 0) return value
  throw new InvalidArgumentError('Write a time as 30s, 500ms or 2m.')
}
